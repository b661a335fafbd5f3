package timeline

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// A Stage is one step of the life of a class's transactions: a line of
// stages.yaml with the data sets of which it consists.
type Stage struct {
	Step trade.Step `yaml:"step"`
	Need bool       `yaml:"need"` // a transaction that went further without it lacks something
	Or   trade.Step `yaml:"or"`   // stands for it
	ZH   string     `yaml:"zh"`
	EN   string     `yaml:"en"`
	Sets []string   `yaml:"-"` // numbers of data sets: of the class, and extensions that go with every class
}

//go:embed stages.yaml
var stagesYAML []byte

var stages = sync.OnceValue(func() map[trade.Class][]Stage {
	m, err := readStages(stagesYAML, standard.Default())
	if err != nil {
		panic(err) // the embedded file is part of the program and tested
	}
	return m
})

// Stages returns the steps of a class in the order in which they come; nil for
// a class that has none. The slice must not be changed.
func Stages(class trade.Class) []Stage { return stages()[class] }

func readStages(b []byte, c *standard.Catalogue) (map[trade.Class][]Stage, error) {
	var file struct {
		Classes map[trade.Class][]Stage `yaml:"classes"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("timeline: stages: %w", err)
	}
	for class, list := range file.Classes {
		for i := range list {
			s := &list[i]
			if s.ZH == "" {
				s.ZH, s.EN = s.Step.ZH(), string(s.Step)
			}
			if s.Step.Stage() == "" || s.EN == "" {
				return nil, fmt.Errorf("timeline: stages: %s: step %q: want a step of the catalogue, and both names or none", class, s.Step)
			}
			if s.Or != "" && !slices.ContainsFunc(list, func(o Stage) bool { return o.Step == s.Or }) {
				return nil, fmt.Errorf("timeline: stages: %s: step %q: or names no step of the class", class, s.Step)
			}
			for _, ds := range c.Datasets() {
				if ds.Step == s.Step && (ds.Class == class || ds.Group == "platform-extension" && extends(ds.Class)) {
					s.Sets = append(s.Sets, ds.No)
				}
			}
			if len(s.Sets) == 0 {
				return nil, fmt.Errorf("timeline: stages: %s: no data set has step %q", class, s.Step)
			}
		}
	}
	return file.Classes, nil
}

// extends reports whether an extension of that class goes with every class.
func extends(c trade.Class) bool { return c == trade.Construction || c == trade.Procurement }

// StageOf returns the step of a class to which a data set belongs; false when it has none.
func StageOf(class trade.Class, dataset string) (Stage, bool) {
	for _, s := range Stages(class) {
		if slices.Contains(s.Sets, dataset) {
			return s, true
		}
	}
	return Stage{}, false
}

// SetsOf returns the data sets whose rows tell of an event of events.yaml.
func SetsOf(event string) []string {
	var out []string
	for _, s := range eventsByID()[event].Sources {
		if s.Dataset != "" && !slices.Contains(out, s.Dataset) {
			out = append(out, s.Dataset)
		}
	}
	return out
}
