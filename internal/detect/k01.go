package detect

import (
	"fmt"
	"sort"
	"strconv"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// k01: records came later after their event than the setting allows. One
// finding a data set, with the worst of its rows. Records that came through a
// history window are not asked.
type k01 struct{}

func (k01) Info() Info {
	return Info{ID: "K01", Version: 1, ZH: "数据上传不及时", EN: "late upload", Grade: Fact, Datasets: []string{"500-523", "9001-9021"}}
}

func (r k01) Look(d *docket.Docket, env Env) []Finding {
	env = env.filled()
	set, ok := env.Settings.For("K01", d, trade.DayOf(env.At))
	l := start(r.Info(), d, "", set)
	switch {
	case !ok || set.Hours == nil && set.Applies != "no":
		return one(l.notApplicable("该地区和类别未设阈值", "no threshold is set for this region and class"))
	case set.Applies == "no":
		return one(l.notApplicable(set.Reason, set.Reason))
	}
	sets := d.Datasets()
	fs := make([]Finding, 0, len(sets))
	for _, dataset := range sets {
		if numbered(dataset) {
			fs = append(fs, r.dataset(d, dataset, timeline.Rows(d, dataset, ""), set))
		}
	}
	if len(fs) == 0 {
		return one(l.lacks("no record of a data set of the standard"))
	}
	sort.Slice(fs, func(i, j int) bool { return fs[i].Subjects[0] < fs[j].Subjects[0] })
	return fs
}

func (r k01) dataset(d *docket.Docket, dataset string, rows []*docket.Entry, set effective) Finding {
	l := start(r.Info(), d, "", set)
	l.f.Subjects = append(l.f.Subjects, "dataset:"+dataset)
	limit := time.Duration(*set.Hours) * time.Hour
	l.threshold(strconv.Itoa(*set.Hours) + " h")
	var worst *upload
	history, late, asked := 0, 0, 0
	for _, e := range rows {
		if e.History {
			history++
			continue
		}
		u, ok := uploadOf(e, set.EventTimes[dataset])
		if !ok {
			continue
		}
		asked++
		if u.late() > limit {
			late++
		}
		if worst == nil || u.late() > worst.late() {
			worst = &u
		}
	}
	switch {
	case asked == 0 && history > 0:
		return l.notApplicable("历史数据窗口期内上传", "history: came through a history window")
	case asked == 0:
		return l.lacks(dataset + " " + or(set.EventTimes[dataset], "occurred"))
	}
	l.see(timeline.RefOf(worst.row, worst.field), worst.event.String()).see(timeline.RefOf(worst.row, "@received"), worst.came.UTC().Format(time.RFC3339Nano))
	hours := strconv.FormatInt(int64(worst.late()/time.Hour), 10)
	value := hours + " h"
	came := worst.came.In(trade.Zone).Format(time.DateTime)
	if late == 0 {
		return l.answer(Clear, value, fmt.Sprintf("数据集 %s 已核 %d 条，最迟的在事项发生后 %s 小时内收到。", dataset, asked, hours),
			fmt.Sprintf("Data set %s: of %d record(s) the slowest came %s h after its event.", dataset, asked, hours))
	}
	return l.answer(Fired, value,
		fmt.Sprintf("数据集 %s 有 %d 条超过 %d 小时才上传，最迟的发生于 %s、收到于 %s（%s 小时），建议核查。", dataset, late, *set.Hours, worst.event, came, hours),
		fmt.Sprintf("Data set %s: %d record(s) came more than %d h after their event, the slowest (%s) on %s, %s h after; checking is suggested.", dataset, late, *set.Hours, worst.event, came, hours))
}

// An upload is one row's event and the time at which the row came.
type upload struct {
	row   *docket.Entry
	field string // where the event's time stands
	event trade.Moment
	came  time.Time
}

func (u upload) late() time.Duration { return max(0, u.came.Sub(u.event.Latest())) }

// uploadOf reads when a row's event happened: by the record itself, else by the
// data set's field. A row that came in time and was corrected later is not
// late: its first version counts, unless the event is younger than that.
func uploadOf(e *docket.Entry, field string) (upload, bool) {
	u := upload{row: e, field: "@occurred"}
	m, ok := trade.ParseMoment(e.Occurred)
	if !ok {
		u.field = field
		if m, ok = trade.ParseMoment(e.Fields[field]); !ok {
			return u, false
		}
	}
	u.event, u.came = m, e.Received
	if !e.First.IsZero() && !m.Earliest().After(e.First) {
		u.came = e.First
	} else if e.First.IsZero() && e.Versions > 1 {
		return u, false // nobody knows when it first came
	}
	return u, true
}

func or(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// numbered reports whether a data set is one of the standard's, not one of the
// platform's own ("release", "ocds", …).
func numbered(dataset string) bool {
	_, err := strconv.Atoi(dataset)
	return err == nil
}
