package exchange

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/ledger"
	"mingjing/internal/refold"
	"mingjing/internal/supervise"
)

// give puts an instruction into the log under an id of its own and keeps it.
func give(t *testing.T, s *stack, said *refold.Instructions, id, to string, change ...func(*supervise.InstructionAct)) {
	t.Helper()
	a := supervise.InstructionAct{
		ID: id, Instruction: id, Step: supervise.Give, Kind: supervise.Ask, Docket: "E4101000001000001001", Lot: "E4101000001000001001001", To: to, Within: "1wd", Until: "3wd",
		Text: "请说明开标时间延后的原因", Person: "li", Name: "李", Office: "郑州市发展和改革委员会", At: testNow,
	}
	for _, c := range change {
		c(&a)
	}
	if _, err := s.log.Append(t.Context(), ledger.Submission{Author: ledger.Author{Kind: "person", ID: a.Person}, Drafts: []ledger.Draft{{Record: a.Record(), Codes: []string{"order:" + a.Docket}}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := said.Keep(t.Context(), a.Docket); err != nil {
		t.Fatal(err)
	}
}

// A source is told what is for it and nothing else, answers, and has a receipt;
// each of its refusals says what is wrong.
func TestInstructionsOfASource(t *testing.T) {
	var s *stack
	var said *refold.Instructions
	f := newFixture(t, func(f *fixture) {
		s = newStack(t, f.deps.Clock, true)
		s.on(f)
		said = &refold.Instructions{Store: s.db, Ledger: s.log, Clock: f.deps.Clock}
		f.deps.Instructions = said
	})
	client := &Client{URL: f.server.URL, Signer: f.signer, Clock: f.deps.Clock}
	ctx := t.Context()
	page, err := client.Instructions(ctx, "", 0)
	if err != nil || len(page.Items) != 0 {
		t.Fatalf("%+v %v", page, err)
	}
	give(t, s, said, "theirs", "another")
	give(t, s, said, "proposal", platform, func(a *supervise.InstructionAct) { a.Kind, a.Waits = supervise.Stop, "5wd" })
	waiting := make(chan *InstructionPage, 1)
	go func() {
		page, err := client.Instructions(ctx, "", 20*time.Second)
		if err != nil {
			t.Error(err)
		}
		waiting <- page
	}()
	give(t, s, said, "ask", platform)
	page = <-waiting
	if len(page.Items) != 1 || page.Items[0].ID != "ask" || page.Next != "ask" {
		t.Fatalf("told %+v", page)
	}
	got := page.Items[0]
	if got.State != "issued" || got.Kind != "ask" || got.Office != "郑州市发展和改革委员会" || got.AcknowledgeBy == nil || got.ExecuteBy == nil || got.Overdue || got.Lot == "" {
		t.Errorf("%+v", got)
	}
	if page, err = client.Instructions(ctx, page.Next, time.Second); err != nil || len(page.Items) > 0 || page.Next != "ask" {
		t.Errorf("told twice: %+v %v", page, err)
	}

	answer := func(id, step, text string) (*InstructionAnswered, string) {
		t.Helper()
		a, err := client.AnswerInstruction(ctx, InstructionAnswer{Instruction: id, Step: step, Text: text})
		var p *Problem
		if errors.As(err, &p) {
			return nil, p.Rule
		}
		if err != nil {
			t.Fatal(err)
		}
		return a, ""
	}
	for _, id := range []string{"theirs", "proposal", "none"} {
		if _, rule := answer(id, "acknowledge", ""); rule != "X060" {
			t.Errorf("%s was acknowledged, or refused by %s", id, rule)
		}
	}
	first, _ := answer("ask", "acknowledge", "")
	if first.Repeated || first.Instruction.State != "acknowledged" || first.Receipt.Leaf == "" {
		t.Errorf("%+v", first)
	}
	if again, _ := answer("ask", "acknowledge", ""); !again.Repeated || again.Receipt.Position != first.Receipt.Position {
		t.Errorf("acknowledged twice: %+v, first %+v", again, first)
	}
	if done, _ := answer("ask", "execute", "因系统维护，已公告延期"); done.Instruction.State != "executed" {
		t.Errorf("%+v", done)
	}
	for _, c := range [][3]string{{"ask", "execute", "另有原因"}, {"ask", "decline", "不答复"}, {"ask", "second", "x"}, {"ask", "", "x"}} {
		if _, rule := answer(c[0], c[1], c[2]); rule != "X061" {
			t.Errorf("%v: %q, want X061", c, rule)
		}
	}
	if got := f.do(f.request(http.MethodGet, "/exchange/v1/receipts/"+jsonNumber(first.Receipt.Position), "", "")); got.status >= 400 {
		t.Errorf("the receipt of the answer: %d %s", got.status, got.text)
	}
	give(t, s, said, "recalled", platform)
	give(t, s, said, "recall", platform, func(a *supervise.InstructionAct) {
		a.Instruction, a.Step, a.Kind, a.Within, a.Until, a.Text = "recalled", supervise.Recall, "", "", "", "下达有误"
	})
	if page, err = client.Instructions(ctx, "ask", 0); err != nil || len(page.Items) != 2 || page.Items[0].State != "recalled" || page.Items[1].Reason != "下达有误" || page.Next != "recall" {
		t.Errorf("of the recalled: %+v %v", page, err)
	}
	if f.log.String() == "" || strings.Contains(f.log.String(), "下达有误") || strings.Contains(f.log.String(), "系统维护") {
		t.Error("the log of the door holds what was said")
	}
}

func jsonNumber(n int64) string {
	b, _ := json.Marshal(n)
	return string(b)
}

// silentInstructions answers with an error.
type silentInstructions struct{ err error }

func (b silentInstructions) Tell(context.Context, []string, string, int, time.Duration) ([]refold.Told, error) {
	return nil, b.err
}

func (b silentInstructions) Answer(context.Context, ledger.Author, []string, supervise.InstructionAct, *ledger.Evidence) (*supervise.Instruction, ledger.Receipt, bool, error) {
	return nil, ledger.Receipt{}, false, b.err
}

func TestInstructionsRefuse(t *testing.T) {
	broken := &silentInstructions{}
	f := newFixture(t, func(f *fixture) { f.deps.Instructions = broken })
	for _, c := range []struct {
		method, query, contentType, body string
		err                              error
		status                           int
		rule                             string
	}{
		{"GET", "?limit=0", "", "", nil, 422, "X030"},
		{"GET", "?wait=31", "", "", nil, 422, "X030"},
		{"GET", "?before=x", "", "", nil, 422, "X030"},
		{"GET", "?after=" + strings.Repeat("x", 65), "", "", nil, 422, "X030"},
		{"GET", "?after=x", "", "", refold.ErrCursor, 422, "X030"},
		{"GET", "", "", "", errors.New("password=hunter2"), 503, "X014"},
		{"POST", "", "application/xml", "<a/>", nil, 415, "X010"},
		{"POST", "", "application/json", "{", nil, 400, "X011"},
		{"POST", "", "application/json", `{"instruction":"a","step":"execute","state":"x"}`, nil, 400, "X011"},
		{"POST", "", "application/json", `{"instruction":"a","step":"execute"}`, errors.New("password=hunter2"), 503, "X014"},
		{"DELETE", "", "", "", nil, 405, "X020"},
	} {
		broken.err = c.err
		got := f.do(f.request(c.method, instructionsPath+c.query, c.contentType, c.body))
		if got.status != c.status || got.problem.Rule != c.rule || strings.Contains(got.text, "hunter2") {
			t.Errorf("%s%s %s: %d %s", c.method, c.query, c.body, got.status, got.text)
		}
	}
	for _, method := range []string{"GET", "POST"} {
		r, err := http.NewRequest(method, f.server.URL+instructionsPath, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if got := f.do(r); got.status != 401 || got.problem.Rule != "X001" {
			t.Errorf("unsigned %s: %d %s", method, got.status, got.text)
		}
		none := newFixture(t)
		if got := none.do(none.request(method, instructionsPath, "application/json", "{}")); got.status != 404 {
			t.Errorf("%s without instructions: %d", method, got.status)
		}
	}
}
