package disclose

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

func stateOf(t *testing.T, b *Board, step trade.Step) BoardStep {
	t.Helper()
	for _, s := range b.Lots[0].Steps {
		if s.Step == string(step) {
			return s
		}
	}
	t.Fatalf("no step %s on the board of %s", step, b.Class)
	return BoardStep{}
}

// Before its moment a board is the same whether sealed records have come or not.
func TestBoardDoesNotTell(t *testing.T) {
	for _, m := range []Moment{Before, Opened, InPublicity} {
		with, without := full(m), full(m)
		hidden := 0
		without.d.Live = slices.DeleteFunc(without.d.Live, func(e docket.Entry) bool {
			seal := standard.Default().Dataset(e.Dataset).Seal
			gone := seal == standard.Committee || seal == standard.Bid && m == Before
			if gone {
				hidden++
			}
			return gone
		})
		if hidden < 4 {
			t.Fatalf("%d sealed rows: too few to tell", hidden)
		}
		for _, r := range readers {
			if diff := cmp.Diff(StageBoard(without.d, r.reader, now, nil), StageBoard(with.d, r.reader, now, nil)); diff != "" {
				t.Errorf("%s, %s: the board tells of sealed records:\n%s", m, r.seat, diff)
			}
		}
	}
}

func TestBoardStates(t *testing.T) {
	l := newLife()
	lot := lotCode(1)
	l.d.Lots = []docket.Lot{{Code: lot, Declared: true}}
	for _, no := range []string{"500", "501", "502", "504", "506", "511"} { // neither notice nor invitation, nor evaluation
		l.put(no, originA, lot, no)
	}
	l.put("513", originA, lot, "513").Fields["NOTICE_SEND_TIME"] = "20180301090000"
	l.reach(originA, lot, Determined)
	auditor := StageBoard(l.d, Reader{Audience: Auditor}, now, nil)
	for step, want := range map[trade.Step]string{
		trade.StepProject: StepCame, trade.StepNotice: StepMissing, trade.StepPrequalification: StepOpen, trade.StepEvaluation: StepMissing,
		trade.StepResult: StepCame, trade.StepContract: StepLate, trade.StepPerformance: StepOpen,
	} {
		if got := stateOf(t, auditor, step); got.State != want {
			t.Errorf("%s is %s, want %s", step, got.State, want)
		}
	}
	contract := stateOf(t, auditor, trade.StepContract)
	if len(contract.Periods) != 1 || contract.Periods[0].State != string(timeline.Late) || contract.Periods[0].Article == "" {
		t.Errorf("periods of the contract: %+v", contract.Periods)
	}
	public := StageBoard(l.d, Reader{}, now, nil)
	if got := stateOf(t, public, trade.StepContract); got.State != StepAwaited || len(got.Periods) != 0 {
		t.Errorf("the public is told of lateness: %+v", got)
	}
	if got := stateOf(t, public, trade.StepDraw); got.State != StepClosed {
		t.Errorf("the draw, which is never public, is %s for the public", got.State)
	}
}

// Every class has a board, and a notice and a result stand on it.
func TestBoardOfEveryClass(t *testing.T) {
	for _, c := range trade.Classes() {
		if len(timeline.Stages(c)) == 0 {
			t.Errorf("class %s has no stages", c)
			continue
		}
		for _, ds := range standard.Default().Datasets() {
			if ds.Class != c || ds.Step == trade.StepAbnormal || ds.Step == trade.StepObjection {
				continue
			}
			s, ok := timeline.StageOf(c, ds.No)
			if !ok {
				t.Errorf("data set %s of class %s stands on no step", ds.No, c)
				continue
			}
			d := &docket.Docket{ID: "X", Class: string(c), Live: []docket.Entry{{Dataset: ds.No, Origin: "o", Key: "1", Fields: map[string]string{ds.Fields[0].Name: "x"}}}}
			b := StageBoard(d, Reader{Audience: Auditor}, now, nil)
			got := stateOf(t, b, s.Step)
			if want := ds.Seal == standard.Open; (got.State == StepCame) != want && ds.Fields[0].Seal != standard.Personal {
				t.Errorf("class %s, data set %s: step %s is %s", c, ds.No, s.Step, got.State)
			}
		}
	}
}
