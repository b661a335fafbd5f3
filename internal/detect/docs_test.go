package detect

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
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
Where peers are compared, it is by quartiles of the local group (class × city × kind of award method; where it is too small, all regions, then all methods), never by a number from elsewhere.

## What each asks 各指标

Strength 强度: 违规 breach (a rule was broken, if the data are right), 强线索 strong (of the kind that the law names as a sign), 线索 clue, 数据 quality. Since 施行: the day from which the law, or this platform, asks it.
Cause 事由: of findings with the same cause that rest on a record in common, the heaviest counts in the docket's score, the others do not (weights: the line ` + "`weights`" + ` of the settings).

| Id | 指标 | Indicator | Stage 环节 | Classes 类别 | Strength 强度 | Grade 等级 | Cause 事由 | Article 条款 | Since 施行 | Formula 公式 |
|---|---|---|---|---|---|---|---|---|---|---|
`)
	strength := map[string]string{Breach: "违规 breach", Strong: "强线索 strong", Weak: "线索 clue", Quality: "数据 quality"}
	grade := map[string]string{Fact: "事实 fact", Clue: "线索 clue"}
	for _, g := range Catalogue() {
		cause := "–"
		if g.Cause.ID != g.ID {
			cause = g.Cause.ZH + " " + g.Cause.EN
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s %s | %s | %s | %s | %s | %s | %s | %s; %s |\n", g.ID, g.ZH, g.EN, g.Stage.ZH(), g.Stage.EN(), strings.Join(g.Classes, ", "), strength[g.Strength], grade[g.Grade], cause, or(g.Article, "–"), g.Since, cell(g.FormulaZH), cell(g.FormulaEN))
	}
	b.WriteString("\n## What each needs and what other lists call it 所需数据与外部目录\n\n| Id | Version | Data sets and fields 数据 | Cardinal | OCP 73 | 第四十条 Art. 40 | Practice 实践（46、FJ 等） |\n|---|---|---|---|---|---|---|\n")
	for _, g := range Catalogue() {
		var read []string
		for _, n := range g.Needs {
			read = append(read, n.Dataset+" "+strings.Join(n.Fields, ", "))
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s | %s | %s |\n", g.ID, g.Version, strings.Join(read, "; "), or(g.Outside.Cardinal, "–"), numbers(g.Outside.OCP), numbers(g.Outside.Article40), or(g.Outside.Practice, "–"))
	}
	b.WriteString("\n## Thresholds, what to look at, what may explain it 阈值、核查要点与常见合理解释\n\n| Id | Threshold by default 默认阈值 | What to look at 核查要点 | What may explain it 合理解释 |\n|---|---|---|---|\n")
	for _, g := range Catalogue() {
		var why []string
		for _, i := range g.Innocent {
			why = append(why, i[0]+" ("+i[1]+")")
		}
		fmt.Fprintf(&b, "| %s | %s | %s; %s | %s |\n", g.ID, or(limits(g.ID), "–"), g.AdviceZH, g.AdviceEN, strings.Join(why, "; "))
	}
	cover(&b)
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

// cell keeps a text inside its cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", "∣") }

func numbers(ns []int) string {
	var out []string
	for _, n := range ns {
		out = append(out, strconv.Itoa(n))
	}
	return or(strings.Join(out, ", "), "–")
}

// covered are the indicators that name an entry of an outside list.
func covered(in func(o Outside) bool) string {
	var ids []string
	for _, g := range Catalogue() {
		if in(g.Outside) {
			ids = append(ids, g.ID)
		}
	}
	return strings.Join(ids, ", ")
}

// cover writes, list by list, which entries have an indicator and why others have none.
func cover(b *bytes.Buffer) {
	b.WriteString("\n## Cover and gaps 覆盖与缺口\n\nAn entry of an outside list is covered by the indicators named, or there is none here for the reason given.\n")
	list := func(title string, entries []string, in func(i int, o Outside) bool, gap func(i int) (Gap, bool)) {
		done := 0
		var rows bytes.Buffer
		for i, e := range entries {
			ids := covered(func(o Outside) bool { return in(i, o) })
			why := ""
			if g, ok := gap(i); ok {
				why = g.ZH + " · " + g.EN
			}
			if ids != "" {
				done++
			}
			fmt.Fprintf(&rows, "| %s | %s | %s |\n", e, or(ids, "–"), or(why, "–"))
		}
		fmt.Fprintf(b, "\n### %s: %d of %d\n\n| Entry | Indicators | Gap 缺口 |\n|---|---|---|\n%s", title, done, len(entries), rows.String())
	}
	list("Cardinal", cardinals, func(i int, o Outside) bool { return o.Cardinal == cardinals[i] }, func(i int) (Gap, bool) { g, ok := gapsCardinal[cardinals[i]]; return g, ok })
	var flags, items []string
	for n := 1; n <= 73; n++ {
		flags = append(flags, strconv.Itoa(n))
	}
	for n := 1; n <= 6; n++ {
		items = append(items, fmt.Sprintf("第四十条（%d）", n))
	}
	list("OCP 73 red flags (2024)", flags, func(i int, o Outside) bool { return slices.Contains(o.OCP, i+1) }, func(i int) (Gap, bool) { g, ok := gapsOCP[i+1]; return g, ok })
	list("招标投标法实施条例 第四十条", items, func(i int, o Outside) bool { return slices.Contains(o.Article40, i+1) }, func(i int) (Gap, bool) { g, ok := gaps40[i+1]; return g, ok })
	var ids []string
	have, all := 0, 0
	b.WriteString("\n### Practice A–K 实践目录\n\nThe ids are those of the catalogue of practice (a scorecard of 46 indicators, Fujian’s supervision points, the law); ours beyond it: ")
	known := map[string]bool{}
	for _, f := range practised {
		for n := 1; n <= f.n; n++ {
			ids = append(ids, fmt.Sprintf("%s%02d", f.family, n))
			known[ids[len(ids)-1]] = true
		}
	}
	var beyond []string
	for _, g := range Catalogue() {
		if !known[g.ID] {
			beyond = append(beyond, g.ID)
		}
	}
	var rows bytes.Buffer
	for _, id := range ids {
		all++
		if _, ok := Guide(id); ok {
			have++
			continue
		}
		fmt.Fprintf(&rows, "| %s | %s · %s |\n", id, gapsPractice[id].ZH, gapsPractice[id].EN)
	}
	fmt.Fprintf(b, "%s. %d of %d are there; the others:\n\n| Id | Gap 缺口 |\n|---|---|\n%s", strings.Join(beyond, ", "), have, all, rows.String())
}

// limits puts the thresholds of an indicator's lines in words.
func limits(id string) string {
	var out []string
	add := func(format string, args ...any) {
		if text := fmt.Sprintf(format, args...); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	for _, s := range DefaultSettings().Lines() {
		if s.Indicator != id || s.Region != "" || s.Applies == "no" {
			continue
		}
		e := effective{Setting: &s}
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
		for _, name := range sortedKeys(s.Limits) {
			add("%s %d", name, s.Limits[name])
		}
		for _, kind := range sortedKeys(s.Words) {
			add("%s: %s", kind, strings.Join(s.Words[kind], "、"))
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
