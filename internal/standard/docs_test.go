package standard

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"mingjing/internal/trade"
)

var update = flag.Bool("update", false, "write docs/standard anew")

const docs = "../../docs/standard"

// TestDocs compares docs/standard with what the catalogue and the rules say
// now; with -update it writes them. The examples in them are checked by
// TestExamples.
func TestDocs(t *testing.T) {
	pages := map[string]string{
		"README.md": indexPage(), "rules.md": rulesPage(false), "rules.zh-CN.md": rulesPage(true), "lists.md": listsPage(),
	}
	for _, d := range Default().Datasets() {
		pages[d.No+".md"] = datasetPage(t, d)
	}
	for name, want := range pages {
		path := filepath.Join(docs, name)
		if *update {
			if err := os.MkdirAll(docs, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v: go test ./internal/standard -run TestDocs -update", err)
		}
		if diff := cmp.Diff(string(got), want); diff != "" {
			t.Errorf("%s is stale: go test ./internal/standard -run TestDocs -update\n%s", name, diff)
		}
	}
	there, err := filepath.Glob(filepath.Join(docs, "*.md"))
	if err != nil || len(there) != len(pages) {
		t.Errorf("docs/standard has %d pages, want %d (%v): take out what is not generated any more", len(there), len(pages), err)
	}
}

const generated = "<!-- Written by go test ./internal/standard -run TestDocs -update: change the catalogue or the rules, not this file. -->\n\n"

func cell(s string) string { return strings.NewReplacer("|", "\\|", "\n", " ").Replace(s) }

func rulesPage(zh bool) string {
	var b strings.Builder
	b.WriteString(generated)
	if zh {
		b.WriteString("# 校验规则\n\n每条记录逐条校验。**refuse** 拒收：无法解析、命名、归属或确定版本的记录，原始字节保留在隔离区。" +
			"**defect** 缺陷：照收，计入报送方的质量统计。**note** 仅作统计。dry run（`/exchange/v1/validate`）与正式报送是同一段代码；" +
			"答复中列出实际运行的规则。任何答复都不含封存字段的值。\n\n")
		b.WriteString("目录可以把某一字段或数据集的 defect 改为 note，或相反；refuse 处处相同。\n\n| 编号 | 级别 | 规则 | 如何改正 | 理由 | 来源 |\n|---|---|---|---|---|---|\n")
	} else {
		b.WriteString("# The rules of checking\n\nEvery record is checked by them. **refuse**: it cannot be parsed, named, owned or versioned; its bytes stay in quarantine. " +
			"**defect**: it is accepted, and the defect counted against its source. **note**: a statistic only. The dry run (`/exchange/v1/validate`) and the door are the same code; " +
			"the answer lists the rules that ran. No answer carries the value of a sealed field.\n\n")
		b.WriteString("The catalogue may turn a defect of one field or data set into a note, or back; a refusal is the same everywhere.\n\n| Id | Severity | Rule | How to mend it | Why | Source |\n|---|---|---|---|---|---|\n")
	}
	for _, r := range Rules() {
		what, mend, why := r.EN, r.MendEN, r.WhyEN
		if zh {
			what, mend, why = r.ZH, r.MendZH, r.WhyZH
		}
		fmt.Fprintf(&b, "| <a id=%q></a>%s | %s | %s | %s | %s | %s |\n", r.ID, r.ID, r.Severity, cell(what), cell(mend), cell(why), cell(r.Source))
	}
	return b.String()
}

func indexPage() string {
	var b strings.Builder
	b.WriteString(generated + `# The data standard 数据标准

The data sets that Mingjing takes, from the national standard of public resource trading V2.0 (发改办法规〔2018〕1156号) and a province's extension (FJ, 9xxx;
FJ9001 is sent as 9001). Names of fields are the standard's, misspellings included (EXCEPITON_TYPE, BID_ECTION_NUM, PRICE_UINT): they are what systems send.
What was plainly wrong in the copied table is put right in the catalogue and noted as a slip.

明镜接收的数据集：国家标准 V2.0 与一省的扩展（9xxx，FJ9001 报送为 9001）。字段名照标准原文，包括其中的拼写错误；目录中更正的明显笔误均有注明（slip）。

- [rules.md](rules.md), [rules.zh-CN.md](rules.zh-CN.md): the rules that records are checked by 校验规则
- [lists.md](lists.md): code lists 代码集

**Format 格式** ` + "`C=20`" + ` exactly 20 characters 定长; ` + "`C..600`" + ` at most 600 最长; ` + "`N14,6`" + ` at most 14 digits before the point and 6 after 整数 14 位、小数 6 位;
` + "`D:yyyyMMddHHmmss`" + ` time, +08:00 时间; ` + "`T`" + ` any text 文本. **M** required 必填; **U** unique 唯一; **F** never changes 不可变更; **;** several values separated by ; 多值.

**Seal 封存** *bid*: opens with its lot 随标段开标启封; *committee*: opens when the result is determined 定标后启封; *personal*: never public 从不公开.
**Disclosure 公开** after the seal is off 启封之后: *public* 社会公开, *government* 政务公开, *closed* 未标注，不公开.

| No. | 名称 | Name | Stage 环节 | Whole seal 整体封存 | Parents 上级 | Fields 字段 |
|---|---|---|---|---|---|---|
`)
	for _, d := range Default().Datasets() {
		stage := d.Stage.ZH()
		if d.Class == ClassSystem {
			stage = "平台 system"
		}
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s | %s | %s | %d |\n", d.No, d.No, d.NameZH, d.NameEN, stage, d.Seal, strings.Join(d.Parents, ", "), len(d.Fields))
	}
	return b.String()
}

func listsPage() string {
	var b strings.Builder
	b.WriteString(generated + "# Code lists 代码集\n\nA closed list takes its values only. Of an open one not all values are known here, so only the shape is checked.\n闭合的代码集只接受所列的值；开放的代码集未掌握全部取值，只检查形式。\n")
	for _, l := range Default().Lists() {
		kind := "open 开放"
		if l.Closed {
			kind = "closed 闭合"
		}
		fmt.Fprintf(&b, "\n## <a id=%q></a>%s %s\n\n%s; %s", l.Name, l.Name, l.ZH, l.EN, kind)
		if l.Pattern != "" {
			fmt.Fprintf(&b, "; shape 形式 `%s`", l.Pattern)
		}
		fmt.Fprintf(&b, "; source: %s\n", l.Source)
		if len(l.Values) > 0 {
			b.WriteString("\n| Code | 名称 | Name |\n|---|---|---|\n")
		}
		for _, v := range l.Values {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", v.Code, v.ZH, v.EN)
		}
	}
	return b.String()
}

func datasetPage(t *testing.T, d *Dataset) string {
	var b strings.Builder
	p := func(format string, a ...any) { fmt.Fprintf(&b, format, a...) }
	b.WriteString(generated)
	p("# %s %s · %s\n\n", d.No, d.NameZH, d.NameEN)
	if d.Class == ClassSystem {
		p("Written by Mingjing itself; no source may send it ([S003](rules.md#S003)). 由明镜自己记录，不接受报送。\n\n")
	} else {
		p("| | |\n|---|---|\n| Table 表名 | %s |\n| Class 类别 | %s %s |\n| Stage 环节 | %s %s |\n", d.Table, d.Class.ZH(), d.Class.EN(), d.Stage.ZH(), d.Stage.EN())
		p("| Key fields 主键 | %s |\n", strings.Join(d.Key, ", "))
		if len(d.Parents) > 0 {
			var links []string
			for _, no := range d.Parents {
				links = append(links, fmt.Sprintf("[%s](%s.md)", no, no))
			}
			p("| Parents 上级 | %s |\n", strings.Join(links, ", "))
		}
		if d.Time != "" {
			p("| Time of the event 发生时间 | %s |\n", d.Time)
		}
		for _, v := range d.Versions {
			p("| Version 版本 | %s, from %s: %s |\n", v.Name, v.From, v.Source)
		}
		if d.Bulk {
			p("| Bulk 大量数据 | rows are counted and digested in a docket, not kept one by one 只计数、汇总 |\n")
		}
		switch d.Seal {
		case Bid:
			p("| Seal 封存 | the whole record, existence included, until its lot is opened 整条记录（包括其存在）封存至标段开标 |\n")
		case Committee:
			p("| Seal 封存 | the whole record, existence included, until the result is determined 整条记录（包括其存在）封存至定标 |\n")
		}
		if d.Slip != "" {
			p("| Slip 更正 | %s |\n", d.Slip)
		}
		p("\n")
	}
	p("| Field 字段 | 名称 | Meaning | Format 格式 | | List, code 代码 | Seal 封存 | Disclosure 公开 |\n|---|---|---|---|---|---|---|---|\n")
	var slips []string
	for i := range d.Fields {
		f := &d.Fields[i]
		marks := ""
		for _, m := range []struct {
			on bool
			s  string
		}{{f.Required, "M"}, {f.Unique, "U"}, {f.Unchangeable, "F"}, {f.Multi, ";"}} {
			if m.on {
				marks += m.s
			}
		}
		code := f.Check
		if f.List != "" {
			code = fmt.Sprintf("[%s](lists.md#%s)", f.List, f.List)
		}
		if f.Unit != "" {
			code = strings.TrimSpace(code + " unit " + f.Unit)
		}
		p("| %s | %s | %s | `%s` | %s | %s | %s | %s |\n", f.Name, cell(f.ZH), cell(f.EN), f.Format, marks, code, f.Seal, f.Disclosure)
		if f.Slip != "" && !strings.HasPrefix(f.Slip, "missing from the copied table") {
			slips = append(slips, fmt.Sprintf("- %s: %s", f.Name, f.Slip))
		}
	}
	if len(d.Require)+len(d.Order)+len(d.Ratios) > 0 {
		p("\n## Inside one record 记录内的关系\n\n")
		for _, q := range d.Require {
			when := q.When + " is given"
			if len(q.Is) > 0 {
				when = q.When + " is " + strings.Join(q.Is, " or ")
			}
			p("- [%s](rules.md#%s): %s is required when %s\n", q.Rule, q.Rule, q.Field, when)
		}
		for _, o := range d.Order {
			p("- [S047](rules.md#S047): %s\n", o)
		}
		for _, r := range d.Ratios {
			p("- [S043](rules.md#S043): %s\n", r)
		}
	}
	if len(slips) > 0 {
		p("\n## Slips put right 更正\n\n%s\n", strings.Join(slips, "\n"))
	}
	good := Example(d.No)
	p("\n## A good record 正确示例\n\n```json\n%s\n```\n", pretty(t, &good))
	bad, broken := BadExample(d.No)
	p("\n## A record with defects 有缺陷的示例\n\n")
	ctx := context(d)
	rep := Default().Check(&bad, ctx)
	for _, w := range broken {
		for _, q := range rep.Problems {
			if q.Rule == w.Rule && q.Field == w.Field {
				p("- [%s](rules.md#%s) %s (%s): %s · %s\n", q.Rule, q.Rule, q.Field, q.Severity, q.TextZH, q.TextEN)
			}
		}
	}
	p("\n```json\n%s\n```\n", pretty(t, &bad))
	return b.String()
}

// pretty writes a record for people.
func pretty(t *testing.T, r *Record) string {
	line, err := AppendJSON(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	v := jsontext.Value(bytes.Clone(line))
	if err := v.Indent(jsontext.WithIndent("  ")); err != nil {
		t.Fatal(err)
	}
	return string(v)
}

// context is what the tests check in: a day after everything in the examples.
func context(d *Dataset) CheckContext {
	return CheckContext{
		Received: time.Date(2019, 6, 1, 12, 0, 0, 0, trade.Zone),
		Owned:    func(p string) bool { return p == ExampleOrigin },
		Version:  d.Versions[0].Name,
		System:   d.Class == ClassSystem,
	}
}
