package timeline

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mingjing/internal/trade"
)

var update = flag.Bool("update", false, "write docs/periods.md anew")

// TestDocs compares docs/periods.md with the data; with -update it writes it.
func TestDocs(t *testing.T) {
	const path = "../../docs/periods.md"
	want := periodsPage()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: go test ./internal/timeline -run TestDocs -update", err)
	}
	if diff := cmp.Diff(string(got), want); diff != "" {
		t.Errorf("%s is stale: go test ./internal/timeline -run TestDocs -update\n%s", path, diff)
	}
}

func periodsPage() string {
	var b strings.Builder
	b.WriteString("<!-- Written by go test ./internal/timeline -run TestDocs -update: change internal/timeline/*.yaml, not this file. -->\n\n")
	b.WriteString("# Legal periods 法定期限\n\n" +
		"Every period that the platform counts, by class of trade. Days are counted by 民法典 201 and 203, working days by the State Council's calendar. " +
		"A number marked **unverified** (未经核实) was not compared with the text of the article: steps and findings say so, and an office that has compared it, " +
		"or has a rule of its own, sets its number in `settings.yaml` of the data folder: a line with `period`, `days`, `source` and, where it is local, `region`, `since`, `until`.\n\n" +
		"平台计算的全部期限，按交易类别列出。期间按民法典第二百零一条、第二百零三条计算，工作日按国务院办公厅节假日安排。标“未经核实”的天数尚未与条文核对，" +
		"步骤和线索中均予注明；主管部门核对后或者另有规定的，在数据目录 `settings.yaml` 中设定。\n\n" +
		"*Seen*: “no” means that no data set carries one of the two events, so the period is named and never judged; “some” that only a set that need not come carries its end, so that a missing one proves nothing.\n")
	classes := append([]string{AllClasses}, func() (out []string) {
		for _, c := range trade.Classes() {
			out = append(out, string(c))
		}
		return out
	}()...)
	for _, c := range classes {
		title := trade.Class(c).ZH() + " " + trade.Class(c).EN()
		if c == AllClasses {
			title = "所有类别 every class"
		}
		fmt.Fprintf(&b, "\n## %s\n\n", title)
		rows := 0
		for _, p := range Periods() {
			if p.Class[0] != c {
				continue
			}
			if rows++; rows == 1 {
				b.WriteString("| Id | Rule | Days | From → to | Article | Since | Seen | Source and notes |\n|---|---|---|---|---|---|---|---|\n")
			}
			fmt.Fprintf(&b, "| `%s` | %s<br>%s | %s | %s → %s<br>%s → %s | %s | %s | %s | %s |\n", p.ID, p.ZH, p.EN, daysCell(p), eventsByID()[p.From].ZH, eventsByID()[p.To].ZH,
				eventsByID()[p.From].EN, eventsByID()[p.To].EN, p.Article, inEffect(p), or(p.Observed, "yes"), strings.Join(notes(p), "; "))
		}
		if rows == 0 {
			b.WriteString("No period in days is known to us beyond those of every class. 除所有类别通用的期限外，目前没有掌握以天数规定的期限。\n")
		}
	}
	b.WriteString("\n## Forms of trade 交易形式\n\nSome periods hold for some forms only. Which form a trade is of is read from codes that are known and from titles; where neither tells, a breach is answered " +
		"with *insufficient data*. An office that knows its codes adds `form_codes` to its settings.\n\n| Form | 中文 | English |\n|---|---|---|\n")
	for _, f := range forms().Forms {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.ID, f.ZH, f.EN)
	}
	return b.String()
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func daysCell(p Period) string {
	sense := map[Sense]string{Max: "≤", Min: "≥", Same: "="}[p.Sense]
	unit := map[Kind]string{Calendar: "days 日", Working: "working days 个工作日", Hours: "hours 小时"}[p.Kind]
	if p.Sense == Same {
		return "same time 同时"
	}
	out := fmt.Sprintf("%s %d %s", sense, p.Days, unit)
	if p.Unverified {
		out += "<br>**unverified 未经核实**"
	}
	return out
}

func inEffect(p Period) string {
	out := p.Since.String()
	if p.Until != nil {
		out += " – " + p.Until.String()
	}
	if p.Region != "" {
		out += "<br>region " + p.Region
	}
	return out
}

func notes(p Period) []string {
	var out []string
	add := func(s string, ok bool) {
		if ok {
			out = append(out, strings.ReplaceAll(s, "|", "\\|"))
		}
	}
	add("source: "+p.Source, p.Source != "")
	add("only for tenders that the law orders", p.Must)
	add("forms: "+strings.Join(p.Form, ", "), len(p.Form) > 0)
	add("lengthened past days off ("+p.LengthenSource+")", p.Lengthen)
	add(p.Note, p.Note != "")
	return out
}
