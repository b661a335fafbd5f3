package supervise

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"mingjing/internal/trade"
)

// A Term is how long somebody has: "30m" is minutes through days and nights,
// "3wd" working days to the end of the last. "" is no end.
type Term string

// parse splits a term; ok is false when it is none.
func (t Term) parse() (n int, working, ok bool) {
	text, working := strings.CutSuffix(string(t), "wd")
	if !working {
		if text, ok = strings.CutSuffix(string(t), "m"); !ok {
			return 0, false, false
		}
	}
	n, err := strconv.Atoi(text)
	return n, working, err == nil && n > 0 && n <= 100_000
}

// Known reports whether the term is one.
func (t Term) Known() bool { _, _, ok := t.parse(); return ok }

// End is when the term is over that begins at a moment, times over; zero for no
// term. It is provisional beyond the last year whose days off are known.
func (t Term) End(from time.Time, times int) (end time.Time, provisional bool) {
	n, working, ok := t.parse()
	if !ok || from.IsZero() {
		return time.Time{}, false
	}
	if !working {
		return from.Add(time.Duration(n*times) * time.Minute), false
	}
	last, provisional := trade.China().AddWorkingDays(trade.DayOf(from), n*times)
	return last.End(), provisional
}

// An InstructionRule is how soon one kind of instruction wants to be answered.
type InstructionRule struct {
	Kind        InstructionKind `yaml:"kind" json:"kind"`
	From        string          `yaml:"from" json:"from" doc:"First day for which it holds"`
	Persons     int             `yaml:"persons" json:"persons" doc:"2: one proposes it, another person seconds it"`
	Second      Term            `yaml:"second" json:"second,omitempty" doc:"How long a proposal waits for another person"`
	Acknowledge Term            `yaml:"acknowledge" json:"acknowledge" doc:"How soon the trading system says that it has it: minutes (30m) or working days (1wd)"`
	Execute     Term            `yaml:"execute" json:"execute" doc:"How soon it is carried out"`
	Article     string          `yaml:"article" json:"article"`
	Power       string          `yaml:"power" json:"power" doc:"What the article gives power for"`
	Verified    bool            `yaml:"verified" json:"verified" doc:"false: the periods are settings of the platform, not of a law"`
}

//go:embed instructions.yaml
var instructionsYAML []byte

var instructionRules = sync.OnceValue(func() []InstructionRule {
	rules, err := readInstructionRules(instructionsYAML)
	if err != nil {
		panic(err) // the program's own file
	}
	return rules
})

func readInstructionRules(text []byte) ([]InstructionRule, error) {
	var file struct {
		Edition      string            `yaml:"edition"`
		Instructions []InstructionRule `yaml:"instructions"`
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("instructions.yaml: %w", err)
	}
	for i := range file.Instructions {
		r := &file.Instructions[i]
		_, err := trade.ParseDay(r.From)
		switch {
		case !slices.Contains(InstructionKinds(), r.Kind), err != nil:
			return nil, fmt.Errorf("instructions.yaml: line %d: want a kind of instruction and the day from which it holds, not %q and %q", i+1, r.Kind, r.From)
		case r.Persons != 1 && r.Persons != 2, !r.Acknowledge.Known(), !r.Execute.Known(), r.Persons == 2 && !r.Second.Known():
			return nil, fmt.Errorf("instructions.yaml: %s from %s: want 1 or 2 persons and terms such as 30m or 3wd", r.Kind, r.From)
		case r.Article == "":
			return nil, fmt.Errorf("instructions.yaml: %s from %s: name the article", r.Kind, r.From)
		}
	}
	slices.SortStableFunc(file.Instructions, func(a, b InstructionRule) int { return strings.Compare(a.From, b.From) })
	return file.Instructions, nil
}

// InstructionRuleAt is the rule by which an instruction of a kind is given at a
// moment; false when there is none.
func InstructionRuleAt(kind InstructionKind, at time.Time) (InstructionRule, bool) {
	day := trade.DayOf(at).String()
	rules := instructionRules()
	for i := range slices.Backward(rules) {
		if rules[i].Kind == kind && rules[i].From <= day {
			return rules[i], true
		}
	}
	return InstructionRule{}, false
}
