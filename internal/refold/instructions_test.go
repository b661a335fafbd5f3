package refold

import (
	"errors"
	"testing"
	"time"

	"mingjing/internal/ledger"
	"mingjing/internal/store"
	"mingjing/internal/store/pgtest"
	"mingjing/internal/supervise"
)

func TestInstructions(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { instructions(t, newBench(t)) })
	t.Run("postgres", func(t *testing.T) { instructions(t, newBenchOn(t, pgtest.Database(t))) })
}

var (
	sourceA = ledger.Author{Kind: "source", ID: "sys-a", Key: "k"}
	sourceB = ledger.Author{Kind: "source", ID: "sys-b", Key: "k"}
)

// An instruction goes from the person over another person to its trading system
// and back, through the log; nobody else is told, and what is in the log alone is
// enough to make it again.
func instructions(t *testing.T, b *bench) {
	ctx := t.Context()
	s := &Instructions{Store: b.db, Ledger: b.ledger, Clock: b.clock.Now}
	do := func(act supervise.InstructionAct) (*supervise.Instruction, error) {
		act.Docket, act.To = ten, sysA
		return s.Do(ctx, act)
	}
	proposed, err := do(supervise.InstructionAct{Step: supervise.Give, Kind: supervise.Stop, Lot: lot1, Text: "评标委员会组成不合法，终止评标", Person: "li", Name: "李"})
	if err != nil || proposed.State != supervise.Waiting {
		t.Fatalf("%+v %v", proposed, err)
	}
	tell := func(platform, after string) []Told {
		t.Helper()
		list, err := s.Tell(ctx, []string{platform}, after, 10, 0)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if got := tell(sysA, ""); len(got) > 0 {
		t.Fatalf("a proposal left the house: %+v", got)
	}
	if _, _, _, err := s.Answer(ctx, sourceA, []string{sysA}, supervise.InstructionAct{Instruction: proposed.ID, Step: supervise.Acknowledge}, nil); !errors.Is(err, supervise.ErrNoInstruction) {
		t.Errorf("a proposal was acknowledged: %v", err)
	}
	if _, err := do(supervise.InstructionAct{Step: supervise.Second, Instruction: proposed.ID, Person: "li"}); !errors.Is(err, supervise.ErrAct) {
		t.Errorf("seconded by who proposed it: %v", err)
	}

	// Who waits is told as soon as it is seconded.
	got := make(chan []Told, 1)
	go func() {
		list, err := s.Tell(ctx, []string{sysA}, "", 10, 20*time.Second)
		if err != nil {
			t.Error(err)
		}
		got <- list
	}()
	if _, err := do(supervise.InstructionAct{Step: supervise.Second, Instruction: proposed.ID, Person: "wang"}); err != nil {
		t.Fatal(err)
	}
	told := <-got
	if len(told) != 1 || told[0].Instruction.ID != proposed.ID || told[0].Instruction.State != supervise.Issued {
		t.Fatalf("told %+v", told)
	}
	if got := tell(sysB, ""); len(got) > 0 {
		t.Errorf("another system is told %+v", got)
	}
	if _, err := s.Tell(ctx, []string{sysB}, told[0].Step, 10, 0); !errors.Is(err, ErrCursor) {
		t.Errorf("another's cursor: %v", err)
	}
	if got := tell(sysA, told[0].Step); len(got) > 0 {
		t.Errorf("told twice: %+v", got)
	}

	answer := func(by ledger.Author, platform string, step supervise.Step, text string) (*supervise.Instruction, ledger.Receipt, bool, error) {
		return s.Answer(ctx, by, []string{platform}, supervise.InstructionAct{Instruction: proposed.ID, Step: step, Text: text}, nil)
	}
	if _, _, _, err := answer(sourceB, sysB, supervise.Execute, "x"); !errors.Is(err, supervise.ErrNoInstruction) {
		t.Errorf("another system answers: %v", err)
	}
	_, first, again, err := answer(sourceA, sysA, supervise.Acknowledge, "")
	if err != nil || again {
		t.Fatal(err, again)
	}
	_, second, again, err := answer(sourceA, sysA, supervise.Acknowledge, "")
	if err != nil || !again || second.Position != first.Position || second.Leaf != first.Leaf {
		t.Errorf("acknowledged again: %v %+v, first %+v, %v", again, second, first, err)
	}
	i, _, _, err := answer(sourceA, sysA, supervise.Execute, "已终止")
	if err != nil || i.State != supervise.Executed || i.Answered.Source != "sys-a" {
		t.Fatalf("%+v %v", i, err)
	}
	if _, _, again, err := answer(sourceA, sysA, supervise.Execute, "已终止"); err != nil || !again {
		t.Errorf("the same report again: %v %v", again, err)
	}
	for _, other := range []struct {
		step supervise.Step
		text string
	}{{supervise.Execute, "没有终止"}, {supervise.DeclineOrder, "不同意"}} {
		if _, _, _, err := answer(sourceA, sysA, other.step, other.text); !errors.Is(err, supervise.ErrAct) {
			t.Errorf("%s in other words after the report: %v", other.step, err)
		}
	}
	if _, err := do(supervise.InstructionAct{Step: supervise.Give, Kind: supervise.Stop, Lot: lot1, Text: "再次终止", Person: "li"}); !errors.Is(err, supervise.ErrAct) {
		t.Errorf("stopped twice: %v", err)
	}

	// Appended and not kept, as after a crash: the worker keeps it. What another
	// wrote in a person's or a system's name does not count.
	forged := supervise.InstructionAct{ID: "f1", Instruction: "f1", Step: supervise.Give, Kind: supervise.Ask, Docket: ten, To: sysA, Within: "1wd", Until: "1wd", Text: "x", Person: "li", At: b.clock.Now()}
	true_ := forged
	true_.ID, true_.Instruction, true_.Text = "t1", "t1", "请说明延期原因"
	for _, one := range []struct {
		act    supervise.InstructionAct
		author ledger.Author
	}{{forged, ledger.Author{Kind: "person", ID: "mallory"}}, {true_, ledger.Author{Kind: "person", ID: "li"}}} {
		if _, err := b.ledger.Append(ctx, ledger.Submission{Author: one.author, Drafts: []ledger.Draft{{Record: one.act.Record(), Codes: []string{"order:" + ten}}}}); err != nil {
			t.Fatal(err)
		}
	}
	b.drain()
	if got := tell(sysA, told[0].Step); len(got) != 1 || got[0].Instruction.ID != "t1" {
		t.Errorf("after the worker: %+v", got)
	}
	rows, err := b.db.Instructions(ctx, store.InstructionFilter{Docket: ten})
	if err != nil || len(rows) != 2 || !rows[0].Open || rows[1].Open {
		t.Errorf("%+v %v", rows, err)
	}
	if rows, err := b.db.Dockets(ctx, store.DocketFilter{Limit: 10}); err != nil || len(rows) > 0 {
		t.Errorf("%d dockets were made of instructions: %v", len(rows), err)
	}
	b.deep()
}
