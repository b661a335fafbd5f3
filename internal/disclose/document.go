package disclose

import (
	"fmt"
	"strings"

	"mingjing/internal/standard"
)

// Document gives the disclosure table as a page for lawyers, Markdown in
// Chinese and English. docs/disclosure.md is written from it by a test.
func Document() string { return window().document() }

var verdictWords = map[Verdict]Words{
	Show: {"可见", "shown"}, Masked: {"遮盖后可见", "masked"}, Sealed: {"封存", "sealed"}, Hidden: {"不公开", "hidden"},
}

func (w *Window) document() string {
	t := w.table
	var b strings.Builder
	b.WriteString("# 谁在何时可见何项 · Who may see what, when\n\n" +
		"本页由程序所执行的披露表（internal/disclose/table.yaml）生成，请勿手工修改。This page is written from the table that the program executes; do not edit it.\n\n" +
		"每个字段属于一个类别，并可能被封存。未列明者一律不公开。辖区外的监督部门所见与公众相同，另可知交易存在。" +
		"Each field has one class and perhaps a seal. What is not named is closed. A supervisor out of jurisdiction sees what the public sees, and that the transaction exists.\n\n")

	b.WriteString("## 类别 · Classes\n\n| 类别 | Class | 标识 |\n|---|---|---|\n")
	for _, c := range t.classOrder {
		fmt.Fprintf(&b, "| %s | %s | `%s` |\n", t.Classes[c].ZH, t.Classes[c].EN, c)
	}
	b.WriteString("\n先匹配者为准，优先于数据规范的标注；均不匹配时按规范标注，未标注即 `closed`。The first mark that names a field wins over the standard's own; else the standard's, and unmarked is `closed`.\n\n" +
		"| 类别 Class | 字段 Fields | 缘由 Why |\n|---|---|---|\n")
	for _, m := range t.Marks {
		only := ""
		if m.Only != "" {
			only = fmt.Sprintf("（仅规范标注为 `%s` 者 only where the standard says so）", m.Only)
		}
		fmt.Fprintf(&b, "| `%s`%s | %s | %s / %s |\n", m.Class, only, codes(m.Fields), m.Why.ZH, m.Why.EN)
	}

	b.WriteString("\n## 规则 · Rules\n")
	for _, r := range t.Rules {
		fmt.Fprintf(&b, "\n### %s %s · %s\n\n类别 classes: %s；封存 seals: %s\n\n", r.ID, r.Why.ZH, r.Why.EN, codes(r.Classes), codes(r.Seals))
		fmt.Fprintf(&b, "依据 articles: %s\n\n", t.citations(r.Articles))
		if r.Noted {
			b.WriteString("查阅留痕：交易系统以外的读者所见每一类别，其人、岗位、案卷、类别与时段（一刻钟）先写入日志，写入不成则不予显示。" +
				"Noted: what anybody but a trading system reads by this rule is first written into the log (who, post, docket, class, quarter of an hour); if it cannot be written, nothing is shown.\n\n")
		}
		b.WriteString("| 读者 Reader |")
		for _, m := range Moments() {
			fmt.Fprintf(&b, " %s %s |", t.Moments[m.String()].ZH, t.Moments[m.String()].EN)
		}
		b.WriteString("\n|---|---|---|---|---|---|\n")
		for _, s := range seats {
			fmt.Fprintf(&b, "| %s %s |", t.Seats[s].ZH, t.Seats[s].EN)
			for _, m := range Moments() {
				words := verdictWords[r.seats[s].at[m]]
				fmt.Fprintf(&b, " %s %s |", words.ZH, words.EN)
			}
			if r.seats[s].order {
				fmt.Fprintf(&b, " ← %s %s", t.Moments["order"].ZH, t.Moments["order"].EN)
			}
			b.WriteString("\n")
		}
	}

	b.WriteString("\n## 其他 · Besides fields\n\n")
	for _, x := range []struct {
		why      Words
		articles []string
	}{{t.Positions.Why, t.Positions.Articles}, {t.Tombstones.Why, t.Tombstones.Articles}, {t.Persons.Why, t.Persons.Articles}, {t.Findings.Why, t.Findings.Articles}} {
		fmt.Fprintf(&b, "- %s · %s（%s）\n", x.why.ZH, x.why.EN, t.citations(x.articles))
	}

	b.WriteString("\n## 整体封存的数据集 · Data sets sealed whole\n\n其存在与否、数量在启封前均不可知。Neither whether there is one nor how many can be known before their release.\n\n| 数据集 Data set | 封存 Seal |\n|---|---|\n")
	for _, ds := range w.catalogue.Datasets() {
		if ds.Seal != standard.Open {
			fmt.Fprintf(&b, "| %s %s %s | `%s` |\n", ds.No, ds.NameZH, ds.NameEN, ds.Seal)
		}
	}
	return b.String()
}

func (t *Table) citations(ids []string) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		a := t.Articles[id]
		out[i] = fmt.Sprintf("%s（%s） %s (%s)", a.ZH, a.Says.ZH, a.EN, a.Says.EN)
	}
	return strings.Join(out, "；")
}

func codes(ss []string) string {
	out := make([]string, len(ss))
	for i, s := range ss {
		out[i] = "`" + s + "`"
	}
	return strings.Join(out, ", ")
}
