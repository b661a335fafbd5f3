package detect

import (
	"slices"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// termed is an indicator that asks whether legal periods were kept: those that
// its setting names, from package timeline. All such indicators are this one
// mechanism; they differ in their periods, which are data, and, where the first
// event of a kind does not belong to the first of the other, in how the two
// ends of a period find each other.
type termed struct {
	info Info
	// ends finds the two ends of a period, by the period's id. A period without
	// an entry takes those of the settings' timeline.Table.
	ends map[string]pairing
	// missing says what lacks when nothing of a lot can be measured; "" for
	// what the mechanism finds out itself.
	missing func(d *docket.Docket, lot string) string
	// observed reports whether a period whose end the nation's data sets do not
	// carry can be judged for the lot all the same; nil: it cannot.
	observed func(d *docket.Docket, lot string, set effective) bool
	// excused gives a reason for which a broken period is none, with its evidence.
	excused  func(d *docket.Docket, s timeline.Step, set effective) (zh, en string, ok bool)
	apart    bool      // a finding for each period, with the period's id as its subject, instead of one for all
	notBegun [2]string // zh and en of why the question does not arise while no period has begun
	part     string    // of an indicator that answers more than once a lot: which answer this is
	peers    bool      // the measured value is compared with peers
	pending  string    // a field of the row that begins a period: while it says nothing the end has not come, and is not merely undated
	quiet    bool      // a period that has not begun is data that lack, not a question that does not arise
}

// A pairing finds the two ends of a period of a lot, in a fixed order; to is
// nil when it has not come.
type pairing func(d *docket.Docket, lot string, p timeline.Period) []span

// A span is the two ends of one period, with the body that it concerns, if any.
type span struct {
	from, to *timeline.Occurrence
	who      string
}

// A measured span with the setting that it was judged by.
type measured struct {
	timeline.Step
	who    string
	period timeline.Period
	set    effective
}

func (r termed) Info() Info { return r.info }

func (r termed) Look(d *docket.Docket, env Env) []Finding {
	env = env.filled().of(d)
	now, _ := env.Settings.For(r.info.ID, d, trade.DayOf(env.At))
	periods := now.periods()
	steps := r.steps(d, env, periods)
	var fs []Finding
	for _, lot := range timeline.Lots(d) {
		if r.apart && len(periods) > 0 {
			fs = append(fs, r.each(d, lot, env, now, periods, steps)...)
			continue
		}
		fs = append(fs, r.lot(d, lot, env, now, periods, steps))
	}
	return fs
}

// steps are the timeline's answers for those periods whose ends the indicator
// does not pair itself.
func (r termed) steps(d *docket.Docket, env Env, periods []timeline.Period) []timeline.Step {
	var ids []string
	for _, p := range periods {
		if _, own := r.ends[p.ID]; !own && p.ID != "" {
			ids = append(ids, p.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(env.of(d).steps()), func(s timeline.Step) bool { return !slices.Contains(ids, s.Period) })
}

// each answers for the periods one by one, leaving out those that do not
// arise; when none does, once for all.
func (r termed) each(d *docket.Docket, lot string, env Env, now effective, periods []timeline.Period, steps []timeline.Step) []Finding {
	var fs []Finding
	for _, p := range periods {
		one := r
		one.part = "period:" + p.ID
		if f := one.lot(d, lot, env, now, []timeline.Period{p}, steps); f.State != NotApplicable || len(f.Evidence) > 0 {
			fs = append(fs, f)
		}
	}
	if len(fs) == 0 {
		fs = append(fs, r.lot(d, lot, env, now, periods, steps))
	}
	return fs
}

// alone answers for one lot, for an indicator that asks more than its periods.
func (r termed) alone(d *docket.Docket, lot string, env Env) Finding {
	now, _ := env.Settings.For(r.info.ID, d, trade.DayOf(env.At))
	periods := now.periods()
	return r.lot(d, lot, env, now, periods, r.steps(d, env, periods))
}

func (r termed) lot(d *docket.Docket, lot string, env Env, now effective, periods []timeline.Period, steps []timeline.Step) Finding {
	if len(periods) == 0 && now.Applies == "no" {
		return r.open(d, lot, now).notApplicable(now.Reason, now.Reason)
	}
	if len(periods) == 0 {
		return r.open(d, lot, now).notApplicable("该地区和类别未设期限", "no term is set for this region and class")
	}
	var all []measured
	var silent *look // why a period that has its ends was not asked
	for _, p := range periods {
		for _, s := range r.spans(d, lot, p, env) {
			day := s.from.At.Day()
			set, ok := env.Settings.For(r.info.ID, d, day)
			q, named := set.periodOf(p.ID)
			if no := r.asked(d, lot, env, set, q, day, ok && named); no != nil {
				silent = no
				continue
			}
			if r.observed != nil && r.observed(d, lot, set) {
				q.Observed = ""
			}
			m := measured{timeline.Judge(q, lot, s.from, s.to, env.At, env.Calendar), s.who, q, set}
			m.doubt(d, lot, steps, env.Settings.Table())
			all = append(all, m)
		}
	}
	if len(all) > 0 {
		return r.judge(d, lot, env, all)
	}
	l := r.open(d, lot, now)
	l.threshold(thresholds(periods))
	switch no := r.unasked(d, lot, env, now, periods); {
	case silent != nil:
		return silent.done()
	case no != nil:
		return no.done()
	}
	return r.nothing(l, d, lot, periods, steps)
}

// doubt takes back a breach that the timeline would not tell: the end of the
// period lacks for a reason that proves nothing, or it is not known whether the
// period is one of this form of trade.
func (m *measured) doubt(d *docket.Docket, lot string, steps []timeline.Step, table *timeline.Table) {
	i := slices.IndexFunc(steps, func(s timeline.Step) bool { return s.From == m.From }) // the very one: the indicator paired nothing itself
	if i < 0 || m.State != timeline.Short && m.State != timeline.Late && m.State != timeline.Due {
		return
	}
	switch {
	case m.To == nil && steps[i].State == timeline.Insufficient:
		m.State, m.Reason, m.Again = timeline.Insufficient, steps[i].Reason, time.Time{}
	case m.State != timeline.Due && len(m.period.Form) > 0 && table.Form(d, lot, timeline.Row(d, m.From.Ref)) == "":
		m.State, m.Reason, m.Again = timeline.Insufficient, timeline.ReasonForm, time.Time{}
	}
}

func (r termed) open(d *docket.Docket, lot string, set effective) *look {
	l := start(r.info, d, lot, set)
	if timeline.Foreign(d) {
		l.f.Article = ""
	}
	if r.part != "" {
		l.f.Subjects = append(l.f.Subjects, r.part)
	}
	return l
}

// asked says why a period is not asked of a docket on a day; nil when it is.
func (r termed) asked(d *docket.Docket, lot string, env Env, set effective, p timeline.Period, day trade.Day, named bool) *look {
	l := r.open(d, lot, set)
	switch {
	case !named:
		l.notApplicable("该地区和类别未设期限", "no term is set for this region and class")
	case set.Applies == "no":
		l.notApplicable(set.Reason, set.Reason)
	case p.ID != "" && !p.Holds(d, env.At):
		l.notApplicable("该规定不适用于此类交易或此地区", "the rule is not one of this class or region")
	case p.Must && !timeline.MustTender(d):
		l.notApplicable("非依法必须招标项目", "the law does not order this tender (501 IS_TO_LAW = 0)")
	case !p.In(day):
		l.notApplicable("该规定当时未施行", "the rule was not in effect then")
	default:
		return nil
	}
	return l
}

// unasked is asked for all periods of a setting when nothing could be measured:
// a reason only when none of them is one of the docket's.
func (r termed) unasked(d *docket.Docket, lot string, env Env, set effective, periods []timeline.Period) *look {
	var last *look
	for _, p := range periods {
		day := trade.DayOf(env.At)
		if p.Since != nil && day < *p.Since {
			day = *p.Since // not yet in effect is no reason before anything has happened
		}
		if last = r.asked(d, lot, env, set, p, day, true); last == nil {
			return nil
		}
	}
	return last
}

// spans are the ends of a period: by the indicator's own pairing, else those of
// the timeline's steps.
func (r termed) spans(d *docket.Docket, lot string, p timeline.Period, env Env) []span {
	if own, ok := r.ends[p.ID]; ok {
		return own(d, lot, p)
	}
	var out []span
	steps := env.steps()
	for i := range steps {
		if s := &steps[i]; s.Period == p.ID && s.Lot == lot && s.From != nil {
			out = append(out, span{from: s.From, to: s.To})
		}
	}
	return out
}

// judge answers for a lot of which something was measured. A period that was
// broken goes before one that is still running, that before one that cannot be
// told, and that before those that were kept.
func (r termed) judge(d *docket.Docket, lot string, env Env, all []measured) Finding {
	var broken, running, lacking, kept []measured
	var sorryZH, sorryEN string
	for _, m := range all {
		switch m.State {
		case timeline.Late, timeline.Short:
			if m.To == nil && (!r.awaited(d, m) && undated(d, lot, m.period.To) != "" || untied(d, m) != "") {
				lacking = append(lacking, m)
				continue
			}
			if m.To == nil && stopped(d, lot, m.From.At) {
				kept = append(kept, m)
				sorryZH, sorryEN = "其后已报告招标异常，不再计算。", " Afterwards the tender was reported as failed or ended."
				continue
			}
			if r.excused != nil {
				if zh, en, ok := r.excused(d, m.Step, m.set); ok {
					kept = append(kept, m)
					sorryZH, sorryEN = zh, en
					continue
				}
			}
			if since, hush := env.silent(m.From.Ref.Origin, m.Due); hush && m.To == nil {
				m.Reason = silentReason(m.From.Ref.Origin, since)
				lacking = append(lacking, m)
				continue
			}
			broken = append(broken, m)
		case timeline.Due:
			if m.period.Sense == timeline.Min {
				lacking = append(lacking, m)
			} else {
				running = append(running, m)
			}
		case timeline.Insufficient:
			lacking = append(lacking, m)
		default:
			kept = append(kept, m)
		}
	}
	chosen := kept
	state := Clear
	switch {
	case len(broken) > 0:
		chosen, state = broken, Fired
	case len(running) > 0:
		chosen = running
	case len(lacking) > 0:
		chosen, state = lacking, InsufficientData
	}
	worst := chosen[0]
	for _, m := range chosen[1:] {
		if m.excess() > worst.excess() {
			worst = m
		}
	}
	l := r.open(d, lot, worst.set)
	l.threshold(worst.limit())
	if l.f.Article != "" && len(r.article(worst)) > 0 {
		l.f.Article = r.article(worst)
	}
	for _, m := range chosen {
		l.seeEvent(*m.From)
		if m.To != nil && (m.State != timeline.Due || !m.To.At.Earliest().After(env.At)) {
			l.seeEvent(*m.To)
		}
		if m.who != "" {
			l.f.Subjects = append(l.f.Subjects, m.who)
		}
		l.f.Provisional = l.f.Provisional || m.Provisional
	}
	for _, m := range all { // whatever is answered now, it changes when a running period ends
		if !m.Again.IsZero() && (l.f.Again.IsZero() || m.Again.Before(l.f.Again)) {
			l.again(m.Again)
		}
	}
	if worst.period.Unverified || byArrival(worst.period.To) {
		l.f.Grade = Clue // the dates are facts; the number they are held against, or what they stand for, is not
	}
	if state == InsufficientData && strings.HasPrefix(worst.Reason, silentPrefix) {
		return l.hushed(worst.Reason, env.At)
	}
	if state == InsufficientData {
		return r.short(l, d, lot, worst)
	}
	if l.terse && state == Clear && !r.peers {
		return l.answer(Clear, worst.value(), "", "")
	}
	zh, en := worst.words(len(chosen))
	if worst.period.Unverified {
		zh, en = zh+"（该期限的天数未经与条文核实）", en+" (the number of days of this period was not verified against the text of the article)"
	}
	peerZH, peerEN := "", ""
	if r.peers {
		peerZH, peerEN = l.compare(d, env, float64(worst.Value), worst.unit())
	}
	if state == Fired {
		return l.answer(Fired, worst.value(), zh+"，建议核查。"+peerZH, en+"; checking is suggested."+peerEN)
	}
	return l.answer(Clear, worst.value(), zh+"。"+sorryZH+peerZH, en+"."+sorryEN+peerEN)
}

// awaited reports whether the row that begins a period says that its end is
// still to come.
func (r termed) awaited(d *docket.Docket, m measured) bool {
	row := timeline.Row(d, m.From.Ref)
	return r.pending != "" && row != nil && nothing(row.Fields[r.pending])
}

// article is that of the period when an indicator has periods of several articles.
func (r termed) article(m measured) string {
	if m.period.Article != "" && strings.Contains(r.info.Article, "；") {
		return m.period.Article
	}
	return ""
}

// byArrival reports whether an event is seen only by when its record came here.
func byArrival(event string) bool {
	e, _ := timeline.EventByID(event)
	return slices.ContainsFunc(e.Sources, func(s timeline.Source) bool { return s.Arrival })
}

// foreignSet reports whether a data set is one of another class of trade.
// Registers and extensions go with every class.
func foreignSet(d *docket.Docket, dataset string) bool {
	set := standard.Default().Dataset(dataset)
	return set != nil && !set.Extension() && !set.Class.Register() && string(set.Class) != or(d.Class, string(trade.Construction))
}

// unsealed reports whether a seal of the lot is off.
func unsealed(d *docket.Docket, lot string, seal standard.Seal) bool {
	for _, r := range d.Releases {
		if r.Seal == seal && r.State == docket.StateOpened && (r.Lot == lot || r.Lot == "" || lot == "") {
			return true
		}
	}
	return false
}

// stopped reports whether the lot's tender was reported as failed or ended
// after a moment: what was to follow is not owed any more.
func stopped(d *docket.Docket, lot string, after trade.Moment) bool {
	for _, e := range ended(d, lot) {
		m, ok := trade.ParseMoment(e.Fields["APPROVAL_TIME"])
		if ok && m.Day() >= after.Day() {
			return true
		}
	}
	return false
}

// excess orders broken periods: how much is too little or too much. One that
// has not ended is the worst.
func (m *measured) excess() int {
	switch {
	case m.To == nil:
		return 1 << 30
	case m.period.Sense == timeline.Min:
		return m.period.Days - m.Value
	}
	return m.Value - m.period.Days
}

// awaits reports whether the event that ends the period has not happened yet.
func (m *measured) awaits() bool { return m.To == nil || m.State == timeline.Due }
