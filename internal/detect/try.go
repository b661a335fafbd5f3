package detect

import (
	"cmp"
	"fmt"
	"slices"

	"mingjing/internal/docket"
)

// A Trial compares, docket by docket, what fires under the settings in force
// with what would fire under others. It changes nothing.
type Trial struct {
	env   Env
	next  *Settings
	rules []Rule

	// Dockets is how many were looked at.
	Dockets int
	sides   map[string]*[2]Rates // by indicator: now, then
	come    []Finding
	gone    []Finding
	most    int
}

// NewTrial prepares to try lines of settings over those of env: a file in the
// form of settings.yaml. Only indicators that a line names are asked; a line
// that names none (days of a legal period) concerns them all. It keeps at most
// `most` findings that would come, and as many that would go.
func NewTrial(env Env, lines []byte, most int) (*Trial, error) {
	own, err := ReadSettings(lines)
	if err != nil {
		return nil, err
	}
	if len(own.lines) == 0 {
		return nil, fmt.Errorf("detect: no lines of settings to try: want settings with id, date, indicator and source / 没有可试算的设置：需要编号、日期、指标和依据")
	}
	env = env.filled()
	t := &Trial{env: env, next: env.Settings.With(own), sides: map[string]*[2]Rates{}, most: most}
	all := slices.ContainsFunc(own.lines, func(l Setting) bool { return l.Indicator == "" })
	for _, r := range Rules() {
		id := r.Info().ID
		if all || slices.ContainsFunc(own.lines, func(l Setting) bool { return l.Indicator == id }) {
			t.rules = append(t.rules, r)
			t.sides[id] = &[2]Rates{}
		}
	}
	return t, nil
}

// Look asks about one docket under both settings.
func (t *Trial) Look(d *docket.Docket) {
	t.Dockets++
	d = d.Indexed()
	now, then := t.env.of(d), t.env
	then.Settings, then.steps = t.next, nil
	then = then.of(d)
	for _, r := range t.rules {
		before, after := ask(r, d, now), ask(r, d, then)
		side := t.sides[r.Info().ID]
		side[0].Add(Vector(before))
		side[1].Add(Vector(after))
		t.come = t.differ(t.come, after, before)
		t.gone = t.differ(t.gone, before, after)
	}
}

// differ adds the findings that fire in one list and not in the other.
func (t *Trial) differ(to, in, other []Finding) []Finding {
	for _, f := range in {
		same := func(o Finding) bool { return o.Key == f.Key && o.State == Fired }
		if f.State == Fired && len(to) < t.most && !slices.ContainsFunc(other, same) {
			to = append(to, f)
		}
	}
	return to
}

// A TrialResult is what an indicator would do: its rates now and then.
type TrialResult struct {
	Indicator string `json:"indicator"`
	Now       Rate   `json:"now"`
	Then      Rate   `json:"then"`
}

// Results returns the rates of the indicators that were tried, in order.
func (t *Trial) Results() []TrialResult {
	var out []TrialResult
	for id, side := range t.sides {
		r := TrialResult{Indicator: id, Now: Rate{Indicator: id}, Then: Rate{Indicator: id}}
		for _, one := range side[0].List() {
			r.Now = one
		}
		for _, one := range side[1].List() {
			r.Then = one
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b TrialResult) int { return cmp.Compare(a.Indicator, b.Indicator) })
	return out
}

// Come returns findings that would fire and do not now.
func (t *Trial) Come() []Finding { return t.come }

// Gone returns findings that fire now and would not.
func (t *Trial) Gone() []Finding { return t.gone }
