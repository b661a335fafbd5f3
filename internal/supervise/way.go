package supervise

import (
	"bytes"
	_ "embed" // the ways of complaint
	"fmt"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"

	"mingjing/internal/trade"
)

// Days is a number of days that a rule gives, with its article.
type Days struct {
	Days     int    `yaml:"days"`
	Working  bool   `yaml:"working"` // working days; else days of the calendar
	Article  string `yaml:"article"`
	Verified *bool  `yaml:"verified"` // false: the article was not read in the law's own text
}

// Unverified reports whether the days are to be checked before anybody relies on them.
func (t Days) Unverified() bool { return t.Verified != nil && !*t.Verified }

// Ends is the last of the days that begin after a day; provisional when the
// calendar does not know its year yet.
func (t Days) Ends(from trade.Day, c *trade.Calendar) (last trade.Day, provisional bool) {
	if t.Working {
		return c.AddWorkingDays(from, t.Days)
	}
	return c.AddDays(from, t.Days, t.Days > 0) // a term ends on no day off (民法典 203); what is due at once is no term
}

// A Way is how a complaint goes for some classes of trade, from a day on.
type Way struct {
	ID        string   `yaml:"id"`
	From      string   `yaml:"from"`
	Classes   []string `yaml:"classes"` // "*": all others
	File      Days     `yaml:"file"`    // from the day on which the complainant knew, or should have known
	Admit     Days     `yaml:"admit"`   // from the filing to the answer whether it is accepted
	Decide    Days     `yaml:"decide"`  // from the acceptance to the decision
	Objection struct {
		Against []string `yaml:"against"` // what must have been objected to first
		Article string   `yaml:"article"`
	} `yaml:"objection"`
	Suspension Days `yaml:"suspension"`
}

//go:embed remedy.yaml
var remedyYAML []byte

var ways = sync.OnceValues(func() ([]Way, error) { return readWays(remedyYAML) })

func readWays(text []byte) ([]Way, error) {
	var file struct {
		Ways []Way `yaml:"ways"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("supervise: ways of complaint: %w", err)
	}
	for _, w := range file.Ways {
		if _, err := trade.ParseDay(w.From); err != nil || w.ID == "" || len(w.Classes) == 0 || w.File.Days < 1 || w.Admit.Days < 1 || w.Decide.Days < 1 {
			return nil, fmt.Errorf("supervise: ways of complaint: %q lacks a day, its classes or its terms", w.ID)
		}
		for _, a := range w.Objection.Against {
			if !slices.Contains(Againsts(), Against(a)) {
				return nil, fmt.Errorf("supervise: ways of complaint: %s: %q is none of %v", w.ID, a, Againsts())
			}
		}
	}
	return file.Ways, nil
}

// WayOf is the way of complaint for a class of trade on a day.
func WayOf(class string, day trade.Day) *Way {
	all, err := ways()
	if err != nil {
		panic(err) // the file is part of the program and tested
	}
	for _, want := range []string{class, "*"} {
		for i := len(all) - 1; i >= 0; i-- {
			from, _ := trade.ParseDay(all[i].From)
			if slices.Contains(all[i].Classes, want) && day >= from {
				return &all[i]
			}
		}
	}
	return nil
}
