package detect

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// EditionChanges say what an edition changed against the one before it.
type EditionChanges struct {
	From    string       `json:"from"`    // id of the edition before
	Percent int          `json:"percent"` // of the spread of a group, by how much a quantile must move to be named
	Added   []string     `json:"added"`   // keys of groups that were not there
	Gone    []string     `json:"gone"`    // keys of groups that are there no more
	Moved   []GroupMoved `json:"moved"`   // groups of which a quantile moved, by key
	Same    int          `json:"same"`    // groups of which none did
}

// A GroupMoved is a group with the quantiles that moved.
type GroupMoved struct {
	Key       string  `json:"key"`
	Count     [2]int  `json:"count"` // lots measured, before and now
	Quantiles []Moved `json:"quantiles"`
}

// A Moved is one quantile before and now.
type Moved struct {
	P    float64 `json:"p"`
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// Changes compares an edition with the one before. A quantile moved when it is
// further from what it was than a share, in percent, of the spread of the older
// group: from its quantile of 5 % to that of 95 %. In a group without spread
// any other value has moved. Groups too small to be compared with are as good
// as not there.
func (e *Edition) Changes(before *Edition, percent int) *EditionChanges {
	c := &EditionChanges{From: before.ID, Percent: percent, Added: []string{}, Gone: []string{}, Moved: []GroupMoved{}}
	usable := func(g Group) bool { return g.Count >= minGroup && len(g.Quantiles) > 0 }
	for _, key := range slices.Sorted(maps.Keys(e.Groups)) {
		now, old := e.Groups[key], before.Groups[key]
		switch {
		case !usable(now):
		case !usable(old):
			c.Added = append(c.Added, key)
		default:
			if m := moved(old, now, percent); len(m) > 0 {
				c.Moved = append(c.Moved, GroupMoved{key, [2]int{old.Count, now.Count}, m})
			} else {
				c.Same++
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(before.Groups)) {
		if usable(before.Groups[key]) && !usable(e.Groups[key]) {
			c.Gone = append(c.Gone, key)
		}
	}
	return c
}

func moved(old, now Group, percent int) []Moved {
	at := func(g Group, p float64) (float64, bool) {
		i := slices.IndexFunc(g.Quantiles, func(q Quantile) bool { return q.P == p })
		if i < 0 {
			return 0, false
		}
		return g.Quantiles[i].V, true
	}
	low, _ := at(old, 0.05)
	high, _ := at(old, 0.95)
	least := (high - low) * float64(percent) / 100
	var out []Moved
	for _, q := range now.Quantiles {
		if was, ok := at(old, q.P); ok && math.Abs(q.V-was) > least {
			out = append(out, Moved{q.P, was, q.V})
		}
	}
	slices.SortFunc(out, func(a, b Moved) int { return cmp.Compare(a.P, b.P) })
	return out
}

// EditionMoved is the share, in percent of a group's spread, from which an
// edition names a quantile as moved, as the last line of settings has it.
func (s *Settings) EditionMoved() int {
	percent := 10
	for i := range s.lines {
		if s.lines[i].EditionMoved != nil {
			percent = *s.lines[i].EditionMoved
		}
	}
	return percent
}

// PeersChange is what an edition changed of the group with which a lot is
// compared by an indicator.
type PeersChange struct {
	From  string  `json:"from" doc:"Id of the edition before"`
	Added bool    `json:"added,omitzero" doc:"The group was not there, or too small"`
	Moved []Moved `json:"moved" doc:"Quantiles that moved by more than the setting; none: none did"`
	Count [2]int  `json:"count" doc:"Lots measured, before and now; absent where nothing moved"`
}

// PeersChange says what the edition changed of a group; nil when it was
// compared with none.
func (e *Edition) PeersChange(g Group) *PeersChange {
	if e == nil || e.Since == nil {
		return nil
	}
	key := GroupKey(g.Indicator, g.Class, g.Region, g.Method)
	c := &PeersChange{From: e.Since.From, Added: slices.Contains(e.Since.Added, key), Moved: []Moved{}}
	if i := slices.IndexFunc(e.Since.Moved, func(m GroupMoved) bool { return m.Key == key }); i >= 0 {
		c.Moved, c.Count = e.Since.Moved[i].Quantiles, e.Since.Moved[i].Count
	}
	return c
}
