package detect

import (
	"cmp"
	"slices"
	"strings"
)

// A Rate says how often an indicator fires: among the dockets that it could
// judge, those in which it fired for some lot or group of subjects.
type Rate struct {
	Indicator     string  `json:"indicator"`
	Fired         int64   `json:"fired"`        // dockets in which it fired
	Clear         int64   `json:"clear"`        // judged, and did not fire
	Insufficient  int64   `json:"insufficient"` // could not be judged: data lack or are sealed
	NotApplicable int64   `json:"not_applicable"`
	Failed        int64   `json:"failed"`
	Share         float64 `json:"share"` // Fired / (Fired + Clear); 0 when none was judged
}

// Judged is how many dockets the indicator could judge.
func (r Rate) Judged() int64 { return r.Fired + r.Clear }

// Over reports whether the indicator fires on more than a share of the dockets
// that it judges: then it says little of the one, and more of its settings or
// of the data. Too few dockets say nothing.
func (r Rate) Over(most float64) bool { return r.Judged() >= minGroup && r.Share > most }

// Rates counts how dockets were answered. Its zero value is ready.
type Rates struct{ of map[string]*Rate }

// Add counts a docket by its vector, in the form of Vector. What cannot be
// read in it is passed over.
func (r *Rates) Add(vector string) {
	if r.of == nil {
		r.of = map[string]*Rate{}
	}
	for _, part := range strings.Fields(vector) {
		id, letters, ok := strings.Cut(part, ":")
		if !ok || id == "" || letters == "" {
			continue
		}
		one := r.of[id]
		if one == nil {
			one = &Rate{Indicator: id}
			r.of[id] = one
		}
		// A docket counts once, by what says most.
		switch {
		case strings.Contains(letters, "f"):
			one.Fired++
		case strings.Contains(letters, "c"):
			one.Clear++
		case strings.Contains(letters, "x"):
			one.Failed++
		case strings.Contains(letters, "i"):
			one.Insufficient++
		case strings.Contains(letters, "n"):
			one.NotApplicable++
		}
	}
}

// List returns the rates by indicator.
func (r *Rates) List() []Rate {
	out := make([]Rate, 0, len(r.of))
	for _, one := range r.of {
		if n := one.Judged(); n > 0 {
			one.Share = float64(one.Fired) / float64(n)
		}
		out = append(out, *one)
	}
	slices.SortFunc(out, func(a, b Rate) int { return cmp.Compare(a.Indicator, b.Indicator) })
	return out
}
