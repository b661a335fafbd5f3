package supervise

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mingjing/internal/standard"
)

// step makes a step of instruction "i" on docket T, minutes after the begin.
func step(position int64, s Step, change ...func(*InstructionAct)) InstructionAct {
	a := InstructionAct{
		ID: "s" + string(rune('a'+position)), Instruction: "i", Step: s, Docket: "T", To: "P1", Person: "li", Name: "李", Office: "洛阳市发改委", Text: "请说明",
		At: begin.Add(time.Duration(position) * time.Minute), Position: position,
	}
	switch {
	case s == Give:
		a.ID, a.Kind, a.Within, a.Until = "i", Ask, "30m", "3wd"
	case s.Answers():
		a.Person, a.Name, a.Office, a.Source = "", "", "", "luoyang-city"
	}
	for _, c := range change {
		c(&a)
	}
	return a
}

func stop(a *InstructionAct)   { a.Kind, a.Waits = Stop, "5wd" }
func byWang(a *InstructionAct) { a.Person, a.Name = "wang", "王" }

func TestFoldInstructions(t *testing.T) {
	for _, c := range []struct {
		name  string
		acts  []InstructionAct
		state InstructionState
		sent  string
	}{
		{"one person asks", []InstructionAct{step(1, Give)}, Issued, "i"},
		{"acknowledged", []InstructionAct{step(1, Give), step(2, Acknowledge)}, Acknowledged, "i"},
		{"executed", []InstructionAct{step(1, Give), step(2, Acknowledge), step(3, Execute)}, Executed, "i"},
		{"answered at once", []InstructionAct{step(1, Give), step(3, Execute)}, Executed, "i"},
		{"declined, which is the end of it", []InstructionAct{step(1, Give), step(2, DeclineOrder), step(3, Execute)}, OrderDeclined, "i"},
		{"recalled", []InstructionAct{step(1, Give), step(2, Recall)}, Recalled, "i sc"},
		{"recalled by another", []InstructionAct{step(1, Give), step(2, Recall, byWang)}, Issued, "i"},
		{"recalled when done", []InstructionAct{step(1, Give), step(2, Execute), step(3, Recall)}, Executed, "i"},
		{"a stop waits for another person", []InstructionAct{step(1, Give, stop)}, Waiting, ""},
		{"nobody seconds their own", []InstructionAct{step(1, Give, stop), step(2, Second)}, Waiting, ""},
		{"nor under another post", []InstructionAct{step(1, Give, stop), step(2, Second, func(a *InstructionAct) { a.Office = "河南省水利厅" })}, Waiting, ""},
		{"nor in a post lent by the proposer", []InstructionAct{step(1, Give, stop), step(2, Second, byWang, func(a *InstructionAct) { a.For = "li" })}, Waiting, ""},
		{"nor in the post in which another proposed it", []InstructionAct{step(1, Give, stop, byWang, func(a *InstructionAct) { a.For = "li" }), step(2, Second)}, Waiting, ""},
		{"another person does", []InstructionAct{step(1, Give, stop), step(2, Second, byWang)}, Issued, "sc"},
		{"another person turns it down", []InstructionAct{step(1, Give, stop), step(2, Turn, byWang), step(3, Second, byWang)}, Turned, ""},
		{"recalled before", []InstructionAct{step(1, Give, stop), step(2, Recall), step(3, Second, byWang)}, Recalled, ""},
		{"one does not recall what two gave", []InstructionAct{step(1, Give, stop), step(2, Second, byWang), step(3, Recall)}, Issued, "sc"},
		{"what did not go out is not answered", []InstructionAct{step(1, Give, stop), step(2, Execute)}, Waiting, ""},
		{"seconded too late", []InstructionAct{step(1, Give, stop), step(2, Second, byWang, func(a *InstructionAct) { a.At = begin.AddDate(0, 0, 8) })}, Waiting, ""},
		{"another system answers", []InstructionAct{step(1, Give), step(2, Execute, func(a *InstructionAct) { a.To = "P2" })}, Issued, "i"},
	} {
		got := FoldInstructions(c.acts)
		if len(got) != 1 || got[0].State != c.state || strings.Join(got[0].Sendings(), " ") != c.sent {
			t.Errorf("%s: %+v, sent %v; want %s, sent %s", c.name, got, got[0].Sendings(), c.state, c.sent)
		}
	}
	if got := FoldInstructions([]InstructionAct{step(1, Second), step(2, Execute)}); len(got) != 0 {
		t.Errorf("steps about nothing make %+v", got)
	}
}

// The order in which steps are read does not matter, nor whether one is read
// twice; after what ends an instruction nothing changes it.
func TestFoldInstructionsIsOfTheLog(t *testing.T) {
	steps := []Step{Give, Second, Turn, Recall, Acknowledge, Execute, DeclineOrder}
	rapid.Check(t, func(t *rapid.T) {
		acts := []InstructionAct{}
		for i := range rapid.IntRange(1, 15).Draw(t, "n") {
			acts = append(acts, step(int64(i), rapid.SampledFrom(steps).Draw(t, "step"), func(a *InstructionAct) {
				if !a.Step.Answers() && rapid.Bool().Draw(t, "wang") {
					byWang(a)
				}
				if a.Step == Give && rapid.Bool().Draw(t, "stop") {
					stop(a)
				}
			}))
		}
		want := FoldInstructions(acts)
		mixed := append(append([]InstructionAct{}, acts...), acts[0])
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if got := FoldInstructions(mixed); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, want %+v", got, want)
		}
		for n := range acts {
			before := FoldInstructions(acts[:n])
			if len(before) == 1 && !before[0].Open() && !reflect.DeepEqual(before, want) {
				t.Fatalf("ended as %+v, then became %+v", before, want)
			}
			if len(before) == 1 && len(before[0].Sendings()) > 0 && before[0].Waits != "" && Apart(before[0].Given.hand(), before[0].Decided.hand()) != nil {
				t.Fatalf("one person gave what needs two: %+v", before)
			}
		}
	})
}

// What is silent climbs, level by level, by minutes or by working days.
func TestInstructionClimbs(t *testing.T) {
	friday := time.Date(2026, 11, 27, 16, 0, 0, 0, time.FixedZone("", 8*3600))
	given := func(within, until Term) Instruction {
		return FoldInstructions([]InstructionAct{step(1, Give, func(a *InstructionAct) { a.Within, a.Until, a.At = within, until, friday })})[0]
	}
	acknowledged := func(within, until Term) Instruction {
		return FoldInstructions([]InstructionAct{step(1, Give, func(a *InstructionAct) { a.Within, a.Until, a.At = within, until, friday }), step(2, Acknowledge, func(a *InstructionAct) { a.At = friday.Add(time.Minute) })})[0]
	}
	for _, c := range []struct {
		name    string
		i       Instruction
		after   time.Duration
		overdue bool
		climbed int
		again   time.Duration
	}{
		{"in time", given("30m", "1wd"), 29 * time.Minute, false, 0, 30 * time.Minute},
		{"over", given("30m", "1wd"), 30 * time.Minute, true, 1, 60 * time.Minute},
		{"over again", given("30m", "1wd"), 61 * time.Minute, true, 2, 0},
		{"not beyond the province", given("30m", "1wd"), 400 * time.Minute, true, 2, 0},
		{"a working day is Monday to its end", given("1wd", "3wd"), 79 * time.Hour, false, 0, 80 * time.Hour},
		{"then Tuesday", given("1wd", "3wd"), 80 * time.Hour, true, 1, 104 * time.Hour},
		{"acknowledged, to be carried out by Wednesday", acknowledged("30m", "3wd"), 127 * time.Hour, false, 0, 128 * time.Hour},
		{"and was not", acknowledged("30m", "3wd"), 128 * time.Hour, true, 1, 248 * time.Hour}, // Monday 7 December
	} {
		s := c.i.At(friday.Add(c.after))
		again := time.Duration(0)
		if !s.Again.IsZero() {
			again = s.Again.Sub(friday)
		}
		if s.Overdue != c.overdue || s.Climbed != c.climbed || again != c.again {
			t.Errorf("%s: overdue %v, climbed %d, again after %v; want %v, %d, %v", c.name, s.Overdue, s.Climbed, again, c.overdue, c.climbed, c.again)
		}
	}
	done := FoldInstructions([]InstructionAct{step(1, Give), step(2, Execute)})[0]
	if s := done.At(begin.AddDate(1, 0, 0)); s.Overdue || s.Climbed != 0 || !s.Again.IsZero() {
		t.Errorf("what is done is overdue: %+v", s)
	}
	waiting := FoldInstructions([]InstructionAct{step(1, Give, stop)})[0]
	if s := waiting.At(begin.AddDate(0, 0, 8)); s.State != Lapsed {
		t.Errorf("a proposal of last week is %s", s.State)
	}
}

func TestInstructionFits(t *testing.T) {
	one := func(kind InstructionKind, state InstructionState) Instruction {
		return Instruction{Kind: kind, State: state, Lot: "L", To: "P1", Within: "30m", Until: "1wd"}
	}
	for _, c := range []struct {
		name  string
		kind  InstructionKind
		among []Instruction
		fits  bool
	}{
		{"pause", Pause, nil, true},
		{"pause twice", Pause, []Instruction{one(Pause, Issued)}, false},
		{"pause after a pause was declined", Pause, []Instruction{one(Pause, OrderDeclined)}, true},
		{"resume nothing", ResumeTrade, nil, false},
		{"resume a pause", ResumeTrade, []Instruction{one(Pause, Executed)}, true},
		{"resume twice", ResumeTrade, []Instruction{one(Pause, Executed), one(ResumeTrade, Issued)}, false},
		{"stop twice", Stop, []Instruction{one(Stop, Executed)}, false},
		{"stop after a stop was turned down", Stop, []Instruction{one(Stop, Turned)}, true},
		{"ask about what is stopped", Ask, []Instruction{one(Stop, Executed)}, true},
		{"evaluate anew what is stopped", Reevaluate, []Instruction{one(Stop, Executed)}, false},
		{"evaluate anew once more", Reevaluate, []Instruction{one(Reevaluate, Executed)}, true},
	} {
		if err := Fits(c.kind, "L", "P1", c.among, begin); (err == nil) != c.fits {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if err := Fits(ResumeTrade, "other", "P1", []Instruction{one(Pause, Executed)}, begin); err == nil {
		t.Error("the pause of one lot is resumed for another")
	}
}

func TestInstructionRecordAndBack(t *testing.T) {
	set := standard.Default().Dataset("instruction")
	if set == nil {
		t.Fatal("the catalogue has no data set of instructions")
	}
	for _, a := range []InstructionAct{
		step(1, Give, stop, func(a *InstructionAct) { a.Lot, a.For, a.ForName = "T001", "zhao", "赵" }), step(2, Second, byWang), step(3, Acknowledge), step(4, DeclineOrder),
	} {
		r := a.Record()
		if got, ok := ReadInstruction(&r, a.At, a.Position); !ok || got != a {
			t.Errorf("%s: %+v, %v", a.Step, got, ok)
		}
		for name := range r.Fields {
			if f := set.Field(name); f == nil || f.Disclosure == standard.Public {
				t.Errorf("field %s is not in the catalogue, or public", name)
			}
		}
		if own := r.Origin == "P1"; own != a.Step.Answers() {
			t.Errorf("%s is a record of %s", a.Step, r.Origin)
		}
		r.Origin = "12410000415800000X"
		if _, ok := ReadInstruction(&r, a.At, a.Position); ok {
			t.Errorf("a record of another trading system passes for %s", a.Step)
		}
	}
	for name, a := range map[string]InstructionAct{
		"unknown step":           step(1, "praise"),
		"unknown kind":           step(1, Give, func(a *InstructionAct) { a.Kind = "praise" }),
		"no words":               step(1, Give, func(a *InstructionAct) { a.Text = " " }),
		"declined without words": step(1, DeclineOrder, func(a *InstructionAct) { a.Text = "" }),
		"nobody":                 step(1, Give, func(a *InstructionAct) { a.Person = "" }),
		"a person answers":       step(1, Execute, func(a *InstructionAct) { a.Person, a.Source = "li", "" }),
		"a system instructs":     step(1, Give, func(a *InstructionAct) { a.Person, a.Source = "", "x" }),
		"a term that is none":    step(1, Give, func(a *InstructionAct) { a.Within = "soon" }),
		"too long":               step(1, Give, func(a *InstructionAct) { a.Text = strings.Repeat("字", MaxText+1) }),
	} {
		if a.Check() == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// Every kind has a rule on every day of the platform, and those that end
// something need two persons. The numbers say that no law sets them.
func TestInstructionRules(t *testing.T) {
	for _, kind := range InstructionKinds() {
		r, ok := InstructionRuleAt(kind, begin)
		if !ok || r.Article == "" || r.Verified {
			t.Errorf("%s: %+v", kind, r)
		}
		if two := kind == Stop || kind == Reevaluate; (r.Persons == 2) != two || (r.Second != "") != two {
			t.Errorf("%s needs %d persons, seconded in %q", kind, r.Persons, r.Second)
		}
		if _, ok := InstructionRuleAt(kind, time.Date(2017, 12, 1, 0, 0, 0, 0, time.UTC)); ok {
			t.Errorf("%s has a rule before the policy", kind)
		}
	}
	for name, text := range map[string]string{
		"a kind":      "{kind: praise, from: 2017-12-25, persons: 1, acknowledge: 1wd, execute: 1wd, article: x}",
		"a term":      "{kind: ask, from: 2017-12-25, persons: 1, acknowledge: soon, execute: 1wd, article: x}",
		"three":       "{kind: ask, from: 2017-12-25, persons: 3, acknowledge: 1wd, execute: 1wd, article: x}",
		"no second":   "{kind: stop, from: 2017-12-25, persons: 2, acknowledge: 1wd, execute: 1wd, article: x}",
		"no article":  "{kind: ask, from: 2017-12-25, persons: 1, acknowledge: 1wd, execute: 1wd}",
		"other words": "{kind: ask, from: 2017-12-25, persons: 1, acknowledge: 1wd, execute: 1wd, article: x, hours: 3}",
	} {
		if _, err := readInstructionRules([]byte("instructions:\n  - " + text)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
