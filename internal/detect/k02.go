package detect

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// k02: a stage of a lot has been reached and an earlier one has sent nothing, or
// rows refer to a data set of which there are no rows (a 511 without 506). Late
// parents are ordinary, so that the hours of the setting are waited first. What
// may be sealed still is not missed.
type k02 struct{}

func (k02) Info() Info {
	return Info{ID: "K02", Version: 1, ZH: "缺少环节或上级数据", EN: "stage or parent missing", Grade: Fact, Datasets: []string{"500-523", "550-557", "600-1121", "1800-1900", "9001-9021"}}
}

func (r k02) Look(d *docket.Docket, env Env) []Finding { return eachLot(d, env, r.lot) }

// A gap in the data: a data set that lacks, and the row that shows it should be there.
type missing struct {
	dataset string // "503/505" for alternatives
	row     *docket.Entry
}

func (m missing) since() time.Time {
	if !m.row.First.IsZero() {
		return m.row.First
	}
	return m.row.Received
}

func (r k02) lot(d *docket.Docket, lot string, env Env) Finding {
	set, ok := env.Settings.For("K02", d, trade.DayOf(env.At))
	l := start(r.Info(), d, lot, set)
	switch {
	case !ok || set.Hours == nil && set.Applies != "no":
		return l.notApplicable("该地区和类别未设阈值", "no threshold is set for this region and class")
	case set.Applies == "no":
		return l.notApplicable(set.Reason, set.Reason)
	}
	l.threshold(fmt.Sprintf("%d h", *set.Hours))
	by := map[string][]*docket.Entry{}
	for _, dataset := range d.Datasets() {
		if rows := timeline.Rows(d, dataset, lot); len(rows) > 0 && numbered(dataset) {
			by[dataset] = rows
		}
	}
	sets := make([]string, 0, len(by))
	for dataset := range by {
		sets = append(sets, dataset)
	}
	sort.Strings(sets)
	if !slices.ContainsFunc(sets, func(s string) bool { return s != "500" && s != "501" && s != "550" }) {
		return l.lacks("any record after the project (500, 501, 550)")
	}
	gaps := append(r.stages(d, lot, by, set), r.parents(d, lot, by, sets, set)...)
	seen := map[string]bool{}
	var due, wait []missing
	hush := ""
	for _, m := range gaps {
		if seen[m.dataset] {
			continue
		}
		seen[m.dataset] = true
		until := m.since().Add(time.Duration(*set.Hours) * time.Hour)
		if env.At.Before(until) {
			wait = append(wait, m)
			if l.f.Again.IsZero() || until.Before(l.f.Again) {
				l.again(until)
			}
			continue
		}
		if since, silent := env.silent(m.row.Origin, until); silent {
			hush = silentReason(m.row.Origin, since)
			continue
		}
		due = append(due, m)
	}
	if len(due) == 0 && hush != "" {
		return l.hushed(hush, env.At)
	}
	if len(due) > 0 {
		names, zh := []string{}, []string{}
		for _, m := range due {
			l.see(timeline.RefOf(m.row, shown(m.row)), m.dataset)
			l.f.Subjects = append(l.f.Subjects, "dataset:"+m.dataset)
			names, zh = append(names, m.dataset), append(zh, m.dataset+name(m.dataset))
		}
		value := strings.Join(names, ", ")
		return l.answer(Fired, value, fmt.Sprintf("已有后续环节的数据，而缺少：%s，建议核查报送是否完整。", strings.Join(zh, "、")),
			fmt.Sprintf("Later stages have come, and these lack: %s; checking is suggested.", value))
	}
	for _, s := range sets {
		l.see(timeline.RefOf(by[s][0], shown(by[s][0])), s)
	}
	if len(wait) > 0 {
		return l.answer(Clear, fmt.Sprintf("%d awaited", len(wait)), fmt.Sprintf("尚缺 %d 类数据，等待期（%d 小时）未满。", len(wait), *set.Hours), fmt.Sprintf("%d data set(s) lack; the %d hours of grace are running.", len(wait), *set.Hours))
	}
	return l.answer(Clear, "0", "各环节数据齐全（以已报送的最后环节为准）。", "No stage lacks, as far as the tender has come.")
}

// stages finds the links of the setting's chain of which there are no rows
// though a later one has some.
func (r k02) stages(d *docket.Docket, lot string, by map[string][]*docket.Entry, set effective) []missing {
	var out []missing
	for i, link := range set.Chain {
		if r.there(link, by) || r.excused(d, lot, link) {
			continue
		}
		var first *docket.Entry // the row that came first of those that should have waited
		for _, later := range set.Chain[i+1:] {
			for _, s := range later {
				for _, e := range by[s] {
					if first == nil || (missing{row: e}).since().Before((missing{row: first}).since()) {
						first = e
					}
				}
			}
		}
		if first != nil {
			out = append(out, missing{strings.Join(link, "/"), first})
		}
	}
	return out
}

// parents finds the data sets that rows refer to, by the catalogue, and that have none.
func (r k02) parents(d *docket.Docket, lot string, by map[string][]*docket.Entry, sets []string, set effective) []missing {
	var out []missing
	for _, child := range sets {
		c := standard.Default().Dataset(child)
		if c == nil {
			continue
		}
		for _, p := range c.Parents {
			if parent := standard.Default().Dataset(p); parent == nil || string(parent.Class) != d.Class {
				continue // a register's row, or one of another class: no docket of this class holds it
			}
			link := []string{p}
			for _, l := range set.Chain {
				if slices.Contains(l, p) {
					link = l
				}
			}
			if slices.Contains(link, child) || r.there(link, by) || r.excused(d, lot, link) {
				continue
			}
			first := by[child][0]
			for _, e := range by[child] {
				if (missing{row: e}).since().Before((missing{row: first}).since()) {
					first = e
				}
			}
			out = append(out, missing{strings.Join(link, "/"), first})
		}
	}
	return out
}

func (k02) there(link []string, by map[string][]*docket.Entry) bool {
	return slices.ContainsFunc(link, func(s string) bool { return len(by[s]) > 0 })
}

// excused reports whether nobody can say that a link is missing: one of its data
// sets may be sealed still, or the law does not ask for it.
func (k02) excused(d *docket.Docket, lot string, link []string) bool {
	for _, s := range link {
		set := standard.Default().Dataset(s)
		if set == nil || set.Bulk {
			return true
		}
		if set.Seal != standard.Open && !unsealed(d, lot, set.Seal) {
			if s == "505" && !invited(d) {
				continue // nobody is invited to an open tender
			}
			return true
		}
	}
	return slices.Contains(link, "511") && !timeline.MustTender(d)
}

// shown is the field by which a row is cited: the time of its event, else its arrival.
func shown(e *docket.Entry) string {
	if s := standard.Default().Dataset(e.Dataset); s != nil && s.Time != "" {
		return s.Time
	}
	return "@received"
}

// name is the Chinese name of a data set, or of the first of several, in brackets.
func name(datasets string) string {
	first, _, _ := strings.Cut(datasets, "/")
	if s := standard.Default().Dataset(first); s != nil {
		return "（" + s.NameZH + "）"
	}
	return ""
}
