package detect

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite docs/indicators.md")

const page = "../../docs/indicators.md"

// TestDocs holds docs/indicators.md against the indicators and their settings:
// what each asks, by which article, from which data, with which thresholds.
func TestDocs(t *testing.T) {
	want := indicators()
	if *update {
		if err := os.WriteFile(page, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is stale: go test ./internal/detect -run TestDocs -update\n%s", page, diff)
	}
}

// indicators writes the page.
func indicators() []byte {
	var b bytes.Buffer
	b.WriteString(`# Indicators 指标

*Written by ` + "`go test ./internal/detect -run TestDocs -update`" + ` from the code; do not edit.* An indicator gives a clue (线索), never a verdict. Fact (事实级): dates and numbers that differ from a rule. Clue (线索级): deserves a look.
Thresholds and exceptions are lines of ` + "`internal/detect/settings.yaml`" + `, by region and class; an office puts lines of its own over them. Cases with look-alikes: ` + "`internal/detect/testdata/*.test`" + `.

| Id | 指标 | Indicator | Grade | Article | Data sets | Threshold by default | What to look at |
|---|---|---|---|---|---|---|---|
`)
	for _, r := range Rules() {
		i := r.Info()
		grade := map[string]string{Fact: "事实 fact", Clue: "线索 clue"}[i.Grade]
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s; %s |\n", i.ID, i.ZH, i.EN, grade, or(i.Article, "–"), strings.Join(i.Datasets, ", "), or(limits(i.ID), "–"), advice[i.ID][0], advice[i.ID][1])
	}
	b.WriteString("\n## Settings 设置\n\n| Line | Region | Class | Source |\n|---|---|---|---|\n")
	for _, s := range DefaultSettings().Lines() {
		source := s.Source
		if s.Applies == "no" {
			source = "not applicable: " + s.Reason + " (" + source + ")"
		}
		fmt.Fprintf(&b, "| %s@%s | %s | %s | %s |\n", s.ID, s.Date, or(s.Region, "all"), or(s.Class, "all"), source)
	}
	return b.Bytes()
}

// limits puts the thresholds of an indicator's lines in words.
func limits(id string) string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, s := range DefaultSettings().Lines() {
		if s.Indicator != id || s.Region != "" || s.Applies == "no" {
			continue
		}
		e := effective{Setting: s}
		for _, p := range e.periods() {
			add("%s %s (%s)", p.ZH, limitOf(p), p.ID)
		}
		for _, n := range []struct {
			v    *int
			unit string
		}{{s.Bidders, "bidders"}, {s.Hours, "h"}, {s.Minutes, "min"}, {s.Members, "members"}, {s.PerThousand, "‰"}, {s.PerMillion, "in a million"}} {
			if n.v != nil {
				add("%d %s", *n.v, n.unit)
			}
		}
		for _, x := range s.Series {
			add("%d bids: CV < %d ‰", x.Bids, x.PerThousand)
		}
		if a := s.Amounts; a != nil {
			add("%d yuan; %d–%d times", a.Most, a.From, a.To)
		}
		if len(s.Chain) > 0 {
			var links []string
			for _, l := range s.Chain {
				links = append(links, strings.Join(l, "/"))
			}
			add("%s", strings.Join(links, " → "))
		}
		if len(s.Order) > 0 {
			add("%s", strings.Join(s.Order, " ≤ "))
		}
	}
	return strings.Join(out, "; ")
}
