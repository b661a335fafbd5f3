package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"testing"
	"time"

	"mingjing/internal/exchange"
	"mingjing/internal/identity"
	"mingjing/internal/province"
	"mingjing/internal/server"
	"mingjing/internal/standard"
	"mingjing/internal/supervise"
)

// Supervisors instruct a simulated trading system over the running program; it
// obeys, delays, refuses or stays silent as it is told to here. What each said
// stands in the log with its signature, and verify finds nothing wrong.
func TestInstructionsOfARunningHouse(t *testing.T) {
	o := openOffice(t, "")
	ten := "A4101002600000001001"
	_, _ = o.batch(0, wired{Dataset: "501", Op: "insert", Key: "p", Revision: "20260301090000", Fields: map[string]string{
		"TENDER_PROJECT_CODE": ten, "TENDER_PROJECT_NAME": "道路工程", "REGION_CODE": "410100", "PROJECT_CODE": ten[:17],
	}})
	o.settle()
	client, err := o.systems[0].Client(o.server.url)
	if err != nil {
		t.Fatal(err)
	}
	manners := map[string]province.Manner{"ask": province.Obey, "correct": province.Defy, "pause": province.Slow, "stop": province.Silent}
	halts := new(province.Halts)
	ctx, cancel := context.WithCancel(t.Context())
	listens := make(chan error, 1)
	l := &province.Listener{Client: client, Halts: halts, Wait: 5 * time.Second, Manner: func(i exchange.InstructionItem) province.Manner { return manners[i.Kind] }}
	go func() { listens <- l.Listen(ctx) }()

	ask := func(as, method, path string, body any, into any) int {
		t.Helper()
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		req := o.request(method, path, raw)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Cookie", o.cookies[as])
		a := o.do(req)
		if err := json.Unmarshal(a.body, into); err != nil {
			t.Fatalf("%s: %v", a.body, err)
		}
		return a.status
	}
	const first, second = "signed in: supervisor", "signed in: second supervisor"
	o.anotherSupervisor(second)
	ids := map[string]string{}
	for _, kind := range []string{"ask", "correct", "pause", "stop"} {
		var v server.InstructionView
		status := ask(first, http.MethodPost, "/api/v1/dockets/"+ten+"/instructions", server.GiveBody{Kind: kind, To: o.systems[0].Platform, Text: "测试：" + kind}, &v)
		if status != 200 {
			t.Fatalf("%s: %d", kind, status)
		}
		ids[v.ID] = kind
		if kind == "stop" {
			if v.State != supervise.Waiting {
				t.Errorf("one person stopped it: %s", v.State)
			}
			if status := ask(first, http.MethodPost, "/api/v1/instructions/"+v.ID, server.StepBody{Step: "second"}, &v); status != 409 {
				t.Errorf("the same person seconded: %d", status)
			}
			if status := ask(second, http.MethodPost, "/api/v1/instructions/"+v.ID, server.StepBody{Step: "second"}, &v); status != 200 || v.State != supervise.Issued {
				t.Errorf("another person seconded: %d %s", status, v.State)
			}
		}
	}
	want := map[string]supervise.InstructionState{"ask": supervise.Executed, "correct": supervise.OrderDeclined, "pause": supervise.Acknowledged, "stop": supervise.Issued}
	deadline := time.Now().Add(20 * time.Second)
	for {
		var page server.DocketInstructions
		if status := ask(first, http.MethodGet, "/api/v1/dockets/"+ten+"/instructions", nil, &page); status != 200 {
			t.Fatal(status)
		}
		wrong := map[string]supervise.InstructionState{}
		for _, i := range page.Items {
			if want[ids[i.ID]] != i.State {
				wrong[ids[i.ID]] = i.State
			}
		}
		if len(page.Items) == 4 && len(wrong) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d instructions, not as their manners: %v", len(page.Items), wrong)
		}
		time.Sleep(100 * time.Millisecond)
	}
	if got := o.signed(1, http.MethodGet, "/exchange/v1/instructions", nil, nil); got.status != 200 || len(got.body) > 40 {
		t.Errorf("another system is told %d %s", got.status, got.body)
	}
	cancel()
	if err := <-listens; err != nil {
		t.Error(err)
	}
	o.stop()
	o.run("verify", "--data", o.data, "--deep")
	o.start() // for who ends the test
}

// anotherSupervisor signs in a second person who supervises there.
func (o *office) anotherSupervisor(role string) {
	o.t.Helper()
	h, err := (dataFlags{Data: o.data, Log: "mingjing.local/log"}).open(o.t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		o.t.Fatal(err)
	}
	defer h.close()
	accounts, err := h.accounts(signInFlags{})
	if err != nil {
		o.t.Fatal(err)
	}
	p, _, err := accounts.Create(o.t.Context(), atDesk, "second", "second", peoplesPassword)
	if err == nil {
		_, err = accounts.Grant(o.t.Context(), atDesk, p.ID, identity.Post{Role: identity.Supervisor, Title: "second office", Regions: []string{"410100"}})
	}
	if err != nil {
		o.t.Fatal(err)
	}
	o.signIn(role, "second")
}

// What is halted waits, and comes in its order when it is resumed.
func TestHalts(t *testing.T) {
	p := province.New(province.Options{Seed: 3, Dockets: 3, Months: province.LeastMonths, Now: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)})
	f := p.Docket(0)
	f.Sendings = slices.DeleteFunc(f.Sendings, func(s province.Sending) bool { return standard.TenderCode(&s.Record) != f.Docket }) // its project's records are nobody's to halt
	h := new(province.Halts)
	if got := h.Pass(f.Sendings); len(got) != len(f.Sendings) {
		t.Fatalf("%d of %d pass", len(got), len(f.Sendings))
	}
	h.Halt(f.Docket)
	if got := h.Pass(f.Sendings[:3]); len(got) > 0 {
		t.Errorf("%d pass a halt", len(got))
	}
	h.Halt(f.Docket)
	h.Pass(f.Sendings[3:5])
	got := h.Resume(f.Docket)
	if len(got) != 5 || got[4].Record.Key != f.Sendings[4].Record.Key {
		t.Errorf("%d had waited, want 5", len(got))
	}
	if got := h.Pass(f.Sendings); len(got) != len(f.Sendings) {
		t.Errorf("%d of %d pass after it was resumed", len(got), len(f.Sendings))
	}
}
