package detect

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// The words of termed: what it answers, and what it says when something lacks.

// short answers that the other end of a period is not known.
func (r termed) short(l *look, d *docket.Docket, lot string, m measured) Finding {
	switch m.Reason {
	case timeline.ReasonHistory:
		return l.notApplicable("历史数据，何时到达本平台不说明何时公开", "history: when it came here does not say when it was published")
	case timeline.ReasonForm:
		l.lacks(timeline.ReasonForm)
		l.f.TextZH = "标题和代码均未说明交易形式，不能判断“" + m.ZH + "”是否适用"
		l.f.TextEN = "Neither title nor code says of which form the trade is, so it is not known whether this holds: " + m.EN
		return l.f
	case timeline.ReasonSealed:
		return l.lacks(Sealed)
	}
	for _, u := range []string{untied(d, m), undated(d, lot, m.period.To)} {
		if u != "" {
			return l.lacks(u)
		}
	}
	if len(ended(d, lot)) > 0 && !wentOn(d, lot) {
		return l.notApplicable("招标已终止或失败", "the tender was reported as failed or ended")
	}
	return l.lacks(lackOf(d, lot, m.period.To))
}

// nothing answers when no period of the lot has begun.
func (r termed) nothing(l *look, d *docket.Docket, lot string, periods []timeline.Period, steps []timeline.Step) Finding {
	if r.missing != nil {
		if what := r.missing(d, lot); what != "" {
			return l.lacks(what)
		}
	}
	for _, p := range periods {
		if u := undated(d, lot, p.From); u != "" {
			return l.lacks(u)
		}
	}
	for _, p := range periods {
		_, own := r.ends[p.ID]
		ended := func(s timeline.Step) bool { return s.Period == p.ID && s.Lot == lot && s.From == nil }
		alone := len(timeline.Occurrences(d, p.To, lot)) > 0 && len(timeline.Occurrences(d, p.From, lot)) == 0
		if own && alone && p.By == "" && !p.Each || slices.ContainsFunc(steps, ended) {
			return l.lacks(lackOf(d, lot, p.From))
		}
	}
	if r.quiet {
		return l.lacks(lackOf(d, lot, periods[0].From))
	}
	return l.notApplicable(or(r.notBegun[0], "期限尚未开始"), or(r.notBegun[1], "the period has not begun"))
}

// fields names the places in which an event's time stands in a docket of its
// class: "503/505 FIELD".
func fields(d *docket.Docket, event string) string {
	e, _ := timeline.EventByID(event)
	var names []string
	byField := map[string][]string{}
	for _, s := range e.Sources {
		dataset, field := s.Dataset, s.Field
		if s.Announced == docket.KindDeadline {
			dataset, field = "503/504", "BID_DOC_REFER_END_TIME"
			if d.Class == string(trade.Procurement) {
				dataset, field = "551", "BID_CLOSING_TIME"
			}
		}
		if dataset == "" || field == "" || foreignSet(d, dataset) || slices.Contains(byField[field], dataset) {
			continue
		}
		if byField[field] == nil {
			names = append(names, field)
		}
		byField[field] = append(byField[field], dataset)
	}
	for i, f := range names {
		names[i] = strings.Join(byField[f], "/") + " " + f
	}
	if len(names) == 0 {
		return event
	}
	return strings.Join(names, " / ")
}

// undated names the field of an event that rows of a lot should carry and do
// not; "" when there are no such rows, or some row carries it.
func undated(d *docket.Docket, lot, event string) string {
	if len(timeline.Occurrences(d, event, lot)) > 0 {
		return ""
	}
	e, _ := timeline.EventByID(event)
	for _, s := range e.Sources {
		if s.Dataset == "" {
			continue
		}
		for _, row := range timeline.Rows(d, s.Dataset, lot) {
			if _, ok := trade.ParseMoment(row.Fields[s.Field]); !ok && len(s.When) == 0 && len(s.Unless) == 0 {
				return fields(d, event)
			}
		}
	}
	return ""
}

// untied names the field that should tie what ends a period to what began it,
// where the latter's row does not carry it; "" when it does or nothing is tied.
func untied(d *docket.Docket, m measured) string {
	if m.period.By == "" || m.period.By == timeline.ByRow || m.To != nil {
		return ""
	}
	if row := timeline.Row(d, m.From.Ref); row != nil && row.Fields[m.period.By] != "" {
		return ""
	}
	return m.From.Ref.Dataset + " " + m.period.By
}

// lackOf names what lacks when an event is not known: Sealed while all data
// sets that could carry it are closed for the lot.
func lackOf(d *docket.Docket, lot, event string) string {
	e, _ := timeline.EventByID(event)
	closed := len(e.Sources) > 0
	for _, s := range e.Sources {
		set := standard.Default().Dataset(s.Dataset)
		closed = closed && set != nil && set.Seal != standard.Open && !unsealed(d, lot, set.Seal)
	}
	if closed {
		return Sealed
	}
	return fields(d, event)
}

// unit is the letter in which a period is counted.
func (m *measured) unit() string { return unitOf(m.period) }

func unitOf(p timeline.Period) string {
	switch p.Kind {
	case timeline.Hours:
		return "h"
	case timeline.Working:
		return "working d"
	}
	return "d"
}

func (m *measured) unitZH() string {
	switch m.period.Kind {
	case timeline.Hours:
		return "小时"
	case timeline.Working:
		return "个工作日"
	}
	return "日"
}

func limitOf(p timeline.Period) string {
	if p.Sense == timeline.Same {
		return "same time"
	}
	return strconv.Itoa(p.Days) + " " + unitOf(p)
}

func (m *measured) limit() string { return limitOf(m.period) }

func thresholds(ps []timeline.Period) string {
	var out []string
	for _, p := range ps {
		if s := limitOf(p); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, " / ")
}

func (m *measured) value() string {
	switch {
	case m.awaits() && m.State == timeline.Due:
		return "none yet"
	case m.awaits():
		return "none in " + m.limit()
	case m.period.Sense == timeline.Same:
		return gap(m.To.At.Time.Sub(m.From.At.Time))
	}
	return strconv.Itoa(m.Value) + " " + m.unit()
}

// words is the sentence without its end.
func (m *measured) words(n int) (zh, en string) {
	from, _ := timeline.EventByID(m.period.From)
	to, _ := timeline.EventByID(m.period.To)
	fromZH, fromEN, toZH, toEN := or(from.ZH, "起"), or(from.EN, "begin"), or(to.ZH, "止"), or(to.EN, "end")
	zh, en = fmt.Sprintf("%s：%s；", fromZH, m.From.At), fmt.Sprintf("%s: %s; ", fromEN, m.From.At)
	last := trade.DayOf(m.Due.Add(-time.Second)).String()
	if m.period.Kind == timeline.Hours {
		last = m.Due.In(trade.Zone).Format(time.DateTime)
	}
	switch {
	case m.awaits() && m.State == timeline.Due && m.period.Sense == timeline.Max:
		zh, en = zh+fmt.Sprintf("期限至 %s，尚未见%s", last, toZH), en+fmt.Sprintf("due by %s; %s not seen yet", last, toEN)
	case m.awaits() && m.State == timeline.Due:
		zh, en = zh+"尚未见"+toZH, en+toEN+" not seen yet"
	case m.awaits():
		zh, en = zh+fmt.Sprintf("应于 %s 前（含）%s，至今未见", last, toZH), en+fmt.Sprintf("due by %s, and %s has not come to this day", last, toEN)
	case m.period.Sense == timeline.Same:
		zh, en = zh+fmt.Sprintf("%s：%s（%s）", toZH, m.To.At, m.value()), en+fmt.Sprintf("%s: %s (%s)", toEN, m.To.At, m.value())
	default:
		zh, en = zh+fmt.Sprintf("%s：%s，间隔 %d %s", toZH, m.To.At, m.Value, m.unitZH()), en+fmt.Sprintf("%s: %s, %d %s", toEN, m.To.At, m.Value, m.unit())
		switch {
		case m.State == timeline.Short && m.Value >= m.period.Days:
			last := trade.DayOf(m.Due).String()
			zh, en = zh+"；第 "+strconv.Itoa(m.period.Days)+" 日为法定休假日，顺延至 "+last+"，未满", en+", ended before "+last+", to which "+m.limit()+" are lengthened because the last is a day off"
		case m.State == timeline.Short:
			zh, en = zh+fmt.Sprintf("，少于规定的 %d %s", m.period.Days, m.unitZH()), en+", fewer than "+m.limit()
		case m.State == timeline.Late:
			zh, en = zh+fmt.Sprintf("，超过规定的 %d %s（应于 %s 前，含当日）", m.period.Days, m.unitZH(), last), en+", more than "+m.limit()+" (due by "+last+")"
		case m.period.Sense == timeline.Min:
			zh, en = zh+fmt.Sprintf("，不少于 %d %s", m.period.Days, m.unitZH()), en+", not fewer than "+m.limit()
		default:
			zh, en = zh+fmt.Sprintf("，未超过 %d %s", m.period.Days, m.unitZH()), en+", not more than "+m.limit()
		}
	}
	if n > 1 {
		zh, en = zh+fmt.Sprintf("（同类共 %d 处，此为最甚）", n), en+fmt.Sprintf(" (%d of the kind; this is the furthest)", n)
	}
	return zh, en
}

// gap writes a difference of times: "+12 min", "-1 h 30 min".
func gap(d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign, d = "-", -d
	}
	s := int64(d / time.Second)
	var out []string
	for _, u := range []struct {
		n    int64
		name string
	}{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}} {
		if n := s / u.n; n > 0 {
			out = append(out, strconv.FormatInt(n, 10)+" "+u.name)
			s %= u.n
		}
	}
	if len(out) == 0 {
		return "0 s"
	}
	return sign + strings.Join(out, " ")
}
