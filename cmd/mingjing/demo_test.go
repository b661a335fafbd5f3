package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/province"
	"mingjing/internal/store"
)

// The demonstration, as a process of its own: ready at once, full in time,
// readable without JavaScript, gone when asked, and true afterwards.
func TestDemo(t *testing.T) {
	const dockets, seed = 40, 1
	data := filepath.Join(t.TempDir(), "demo")
	begun := time.Now()
	c := startChild(t, "demo", "--data", data, "--listen", "127.0.0.1:0", "--seed", fmt.Sprint(seed), "--dockets", fmt.Sprint(dockets), "--pace", "100000")
	ended := false
	t.Cleanup(func() {
		if !ended {
			c.kill()
		}
	})

	until(t, "/readyz answers 200", begun.Add(5*time.Second), func() bool {
		status, _, _ := fetch(t, c.url+"/readyz", "")
		return status == http.StatusOK
	})
	// The home page while it fills: HTML, and nothing in it needs a script.
	status, kind, page := fetch(t, c.url+"/", "")
	if status != http.StatusOK || !strings.HasPrefix(kind, "text/html") || !strings.Contains(page, "<html") || strings.Contains(strings.ToLower(page), "<script") {
		t.Errorf("GET / answers %d, %s:\n%.500s", status, kind, page)
	}
	var token string
	until(t, "the auditor's token is printed", begun.Add(10*time.Second), func() bool {
		m := regexp.MustCompile(`(\S+)\s+\(demo-audit-office\)`).FindStringSubmatch(c.output())
		if m != nil {
			token = m[1]
		}
		return m != nil
	})
	if status, _, _ := fetch(t, c.url+"/api/v1/findings", "no-such-token"); status != http.StatusUnauthorized {
		t.Errorf("a token that nobody issued is answered with %d", status)
	}
	until(t, fmt.Sprintf("%d dockets are there", dockets), begun.Add(50*time.Second), func() bool {
		return countDockets(t, c.url, token) >= dockets
	})
	refused, truth := 0, readTruth(t, data)
	p := province.New(province.Options{Seed: truth.Seed, Dockets: truth.Dockets, Months: truth.Months, Now: truth.Start})
	for f := range p.History() {
		for _, s := range f.Rubbish {
			if !s.At.After(p.Now) {
				refused++
			}
		}
	}
	if refused == 0 {
		t.Error("no rubbish is sent: the test shows too little")
	}
	until(t, "all is sent", begun.Add(50*time.Second), func() bool { return strings.Contains(c.output(), fmt.Sprintf(" %d refused, in ", refused)) })

	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- c.cmd.Wait() }()
	select {
	case err := <-done:
		ended = true
		if err != nil {
			t.Errorf("after SIGTERM: %v\n%s", err, c.output())
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("not gone 10 s after SIGTERM:\n%s", c.output())
	}
	for range 2 { // as the stop left it, and when all is folded
		if status := run(context.Background(), []string{"verify", "--data", data, "--deep"}); status != 0 {
			t.Errorf("verify --deep ended with %d", status)
		}
		checkTruth(t, data)
	}
}

// checkTruth holds what the indicators say of the folder against the file of
// what was planted.
func checkTruth(t *testing.T, data string) {
	t.Helper()
	ctx := context.Background()
	truth := readTruth(t, data)
	h, err := (dataFlags{Data: data, Log: "mingjing.local/log"}).open(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	if err := h.settle(ctx); err != nil { // what the stop left to be folded
		t.Fatal(err)
	}
	exists := map[string]bool{}
	for _, r := range detect.Rules() {
		exists[r.Info().ID] = true
	}
	expected, count := map[string]string{}, map[string]int{}
	for _, c := range truth.Cases {
		if exists[c.Indicator] && c.From.Before(time.Now()) {
			expected[c.Docket+" "+c.Lot+" "+c.Indicator] = c.Expected
			count[c.Expected]++
		}
	}
	if count[province.Hit] < 5 || count[province.Look] < 5 {
		t.Fatalf("%v are planted: the test shows too little", count)
	}
	// What fires is planted, and what is planted fires.
	for _, f := range storedFindings(t, h) {
		if f.State != detect.Fired {
			continue
		}
		key := f.Docket + " " + f.Lot + " " + f.Indicator
		if expected[key] != province.Hit {
			t.Errorf("%s: %s fires and is no planted hit (%q): %s", f.Docket, f.Indicator, expected[key], f.TextEN)
		}
		delete(expected, key)
	}
	for key, what := range expected {
		if what == province.Hit {
			t.Errorf("%s is planted and does not fire", key)
		}
	}
}

func readTruth(t *testing.T, data string) demoTruth {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, truthFile))
	if err != nil {
		t.Fatal(err)
	}
	var truth demoTruth
	if err := json.Unmarshal(text, &truth); err != nil {
		t.Fatal(err)
	}
	return truth
}

func storedFindings(t *testing.T, h *house) []detect.Finding {
	t.Helper()
	var out []detect.Finding
	rows, err := h.db.Dockets(context.Background(), store.DocketFilter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		fs, err := h.db.DocketFindings(context.Background(), row.ID)
		if err != nil {
			t.Fatal(err)
		}
		for i := range fs {
			var f detect.Finding
			if err := json.Unmarshal(fs[i].Body, &f); err != nil {
				t.Fatal(err)
			}
			out = append(out, f)
		}
	}
	return out
}

func until(t *testing.T, what string, end time.Time, holds func() bool) {
	t.Helper()
	for !holds() {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// fetch reads an address; a status of 0 means that nobody answered.
func fetch(t *testing.T, url, token string) (status int, kind, body string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	client := &http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", ""
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, "", ""
	}
	return resp.StatusCode, resp.Header.Get("Content-Type"), string(text)
}

// countDockets counts what the API lists, page by page.
func countDockets(t *testing.T, url, token string) int {
	t.Helper()
	n, next := 0, ""
	for {
		status, _, body := fetch(t, url+"/api/v1/dockets?limit=7&cursor="+next, token)
		if status != http.StatusOK {
			t.Fatalf("the API answers %d: %s", status, body)
		}
		var page struct {
			Items []struct{ ID string }
			Next  string
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			t.Fatal(err)
		}
		n += len(page.Items)
		if next = page.Next; next == "" {
			return n
		}
	}
}
