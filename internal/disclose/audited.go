package disclose

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/trade"
)

// A Column is one column of a documented table for auditors' own questions.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // TEXT, INTEGER or REAL
	Words
}

// A Tabled is a documented table for auditors' own questions.
type Tabled struct {
	Name    string   `json:"name"`
	Words   Words    `json:"words"`
	Columns []Column `json:"columns"`
}

// A TabledRow is one row of a documented table, a value a column: string, int64,
// float64 or nil.
type TabledRow struct {
	Table  string
	Values []any
}

// A PersonalValue is a shown value that stands masked in the tables.
type PersonalValue struct{ Docket, Dataset, Origin, Key, Field, Value string }

// columns reads "name TYPE 中文 | English" lines.
func columns(lines ...string) []Column {
	out := make([]Column, len(lines))
	for i, line := range lines {
		name, rest, _ := strings.Cut(line, " ")
		kind, words, _ := strings.Cut(rest, " ")
		zh, en, _ := strings.Cut(words, " | ")
		out[i] = Column{name, kind, Words{zh, en}}
	}
	return out
}

var (
	ofDocket = []string{"docket TEXT 案卷编号 | id of the docket"}
	ofMoney  = []string{"yuan REAL 金额（元） | amount in yuan", "fen INTEGER 金额（分，整数，便于精确求和） | amount in fen, whole: sums of it are exact", "at TEXT 发生时间 | when it happened"}
	ofRecord = []string{"dataset TEXT 数据集 | data set", "origin TEXT 交易系统标识码 | code of the trading system", "key TEXT 主键 | key of the record", "position INTEGER 日志位置 | place in the log"}
)

// Tables are the documented tables in the order in which people read them.
func Tables() []Tabled {
	table := func(name, zh, en string, parts ...[]string) Tabled {
		return Tabled{name, Words{zh, en}, columns(slices.Concat(parts...)...)}
	}
	return []Tabled{
		table("docket", "案卷：每个交易项目一行", "dockets: a row for each transaction", []string{
			"id TEXT 案卷编号 | id", "class TEXT 交易类别 | trade class", "title TEXT 名称 | title", "region TEXT 行政区划代码 | GB/T 2260 code", "project TEXT 所属项目编号 | code of its project",
			"tenderer TEXT 招标（采购、出让）人 | who tenders, buys or sells", "stage TEXT 最远环节 | furthest stage", "moment TEXT 最早标段所处时点 | where its slowest lot stands",
			"first TEXT 最早事项时间 | first happening", "last TEXT 最近事项时间 | last happening", "records INTEGER 记录数 | number of records",
		}),
		table("lot", "标段（包）", "lots", ofDocket, []string{"lot TEXT 标段编号 | code of the lot", "name TEXT 名称 | name", "moment TEXT 时点 | where it stands", "bids INTEGER 可见投标数 | bids that may be seen"}),
		table("bid", "投标（开标后）", "bids, once opened", ofDocket, []string{"lot TEXT 标段编号，多个以分号隔开 | codes of lots, by ;", "party TEXT 投标人 | bidder", "party_code TEXT 投标人代码 | its code"}, ofMoney, ofRecord),
		table("award", "中标、成交", "awards", ofDocket, []string{"lot TEXT 标段编号，多个以分号隔开 | codes of lots, by ;", "party TEXT 中标人 | winner", "party_code TEXT 中标人代码 | its code"}, ofMoney, ofRecord),
		table("contract", "合同", "contracts", ofDocket, []string{"lot TEXT 标段编号，多个以分号隔开 | codes of lots, by ;", "name TEXT 合同名称 | name", "party TEXT 合同相对人 | party", "party_code TEXT 其代码 | its code"}, ofMoney, ofRecord),
		table("change", "合同变更（金额为变更后）", "changes of contracts; the amount is that after", ofDocket, []string{
			"lot TEXT 标段编号，多个以分号隔开 | codes of lots, by ;", "contract TEXT 合同编号 | number of the contract", "number TEXT 变更序号 | number of the change", "reason TEXT 变更原因 | reason", "approver TEXT 批准单位 | approved by", "yuan_before REAL 变更前金额（元） | amount before, in yuan",
		}, ofMoney, ofRecord),
		table("payment", "资金拨付", "payments", ofDocket, []string{
			"lot TEXT 标段编号，多个以分号隔开 | codes of lots, by ;", "contract TEXT 合同编号 | number of the contract", "voucher TEXT 支付凭证编号 | number of the payment", "kind TEXT 款项性质代码 | code of its kind",
			"payer TEXT 付款单位 | payer", "payer_code TEXT 其代码 | its code", "payee TEXT 收款单位 | payee", "payee_code TEXT 其代码 | its code",
		}, ofMoney, ofRecord),
		table("settlement", "结算", "settlements", ofDocket, []string{"lot TEXT 标段编号，多个以分号隔开 | codes of lots, by ;", "party TEXT 履约人 | performing party", "party_code TEXT 其代码 | its code"}, ofMoney, ofRecord),
		table("approval", "项目审批、核准、备案", "approvals of projects", []string{"project TEXT 项目编号 | code of the project", "name TEXT 项目名称 | name", "authority TEXT 审批部门 | approving authority", "number TEXT 批复文号 | number of the approval"}, ofMoney, ofRecord),
		table("budget", "预算指标", "budget lines", []string{"project TEXT 项目编号 | code of the project", "line TEXT 预算指标编号 | number of the line", "unit TEXT 预算单位 | budget unit", "unit_code TEXT 其代码 | its code"}, ofMoney, ofRecord),
		table("party", "参与交易的主体，每案卷每角色一行", "bodies in a docket, a row for each role", ofDocket, []string{"role TEXT 角色 | role", "name TEXT 名称 | name", "code TEXT 统一社会信用代码 | unified social credit code"}),
		table("finding", "线索（建议核查，不是结论）", "clues: checking is suggested, never a verdict", ofDocket, []string{
			"lot TEXT 标段编号 | code of the lot", "indicator TEXT 指标 | indicator", "grade TEXT fact 事实级、clue 线索级 | grade: fact or clue", "dismissed INTEGER 已排除为 1 | 1: dismissed by a person", "value TEXT 测得值 | what was measured", "text TEXT 说明 | in Chinese", "text_en TEXT 英文说明 | in English", "at TEXT 发现时间 | when it was found",
		}),
		table("difference", "资金链差异（建议核查）", "differences on the money trail: checking is suggested", ofDocket, []string{
			"kind TEXT 种类，如 paid-without-contract | kind, such as paid-without-contract", "lot TEXT 标段编号，多个以分号隔开 | codes of lots, by ;", "yuan REAL 相差（元） | by how much, in yuan", "fen INTEGER 相差（分） | in fen", "doubt INTEGER 疑为单位错误为 1 | 1: rather a unit", "text TEXT 说明 | in Chinese", "text_en TEXT 英文说明 | in English",
		}),
		table("record", "全部可见记录，字段为 JSON：fields->>'BIDDER_NAME'", "all records that may be seen; fields is JSON: fields->>'BIDDER_NAME'", ofDocket, ofRecord, []string{
			"revision TEXT 版本 | revision", "versions INTEGER 版本数 | number of versions", "occurred TEXT 发生时间 | when it happened", "received TEXT 收到时间（本平台时钟） | when it came, by our clock", "deleted INTEGER 已删除为 1 | 1: deleted by its sender", "fields TEXT 可见字段 | fields that may be seen",
		}),
	}
}

// PersonalTable is what stands masked in the documented tables, for who has
// proved who they are.
func PersonalTable() Tabled {
	return Tabled{"personal.value", Words{"其他表中遮盖的个人信息（须重新验证身份）", "what is masked in the others, after a fresh proof"}, columns(
		"docket TEXT 案卷编号或项目编号 | id of the docket, or code of the project", "dataset TEXT 数据集 | data set", "origin TEXT 交易系统标识码 | code of the trading system", "key TEXT 主键 | key of the record", "field TEXT 字段 | field", "value TEXT 原值 | value as it was sent",
	)}
}

// A Found is a finding with what the store says of it.
type Found struct {
	detect.Finding
	At        time.Time
	Dismissed bool
}

// Tabled gives the rows of the documented tables that follow from a view, and
// what of it stands masked there: numbers of persons in any text, and, by pseudonym,
// the names that the table of disclosure says are of natural persons. Equal names have
// equal pseudonyms as long as pseudonym gives them.
func (v *Docket) Tabled(found []Found, pseudonym func(name string) string) (rows []TabledRow, personal []PersonalValue) {
	v, personal = v.masked(pseudonym)
	add := func(table string, values ...any) { rows = append(rows, TabledRow{table, values}) }
	c := v.Card()
	moment := ""
	for i, l := range v.Lots {
		if m, _ := momentOf(l.Moment); i == 0 {
			moment = l.Moment
		} else if least, _ := momentOf(moment); m < least {
			moment = l.Moment
		}
		add("lot", v.ID, l.Code, l.Name, l.Moment, int64(len(l.Bids)))
	}
	add("docket", v.ID, v.Class, v.Title, v.Region, v.ProjectCode(), c.Tenderer, c.Stage, moment, timeText(c.First), timeText(c.Last), int64(v.Records))
	rows = append(rows, moneyRows(v.ID, v.Entries)...)
	for _, b := range v.bodies() {
		for _, role := range b.Roles {
			add("party", v.ID, role, b.Name, b.Code)
		}
	}
	for i := range found {
		f := &found[i]
		add("finding", v.ID, f.Lot, f.Indicator, f.Grade, bit(f.Dismissed), Blot(f.Value), Blot(f.TextZH), Blot(f.TextEN), timeText(f.At))
	}
	for _, d := range v.Trail(nil).Differences {
		m, _ := trade.ParseMoney(d.Yuan, "0")
		add("difference", v.ID, d.Kind, strings.Join(d.Lots, ";"), yuanOf(m), fenOf(m), bit(d.Doubt), d.Words.ZH, d.Words.EN)
	}
	for i := range v.Entries {
		e := &v.Entries[i]
		fields := map[string]string{}
		for _, f := range e.Fields {
			if f.Value != "" {
				fields[f.Name] = f.Value
			}
		}
		text, _ := json.Marshal(fields) // strings only
		received := ""
		if e.Received != nil {
			received = timeText(*e.Received)
		}
		add("record", v.ID, e.Dataset, e.Origin, e.Key, place(e.Position), e.Revision, int64(e.Versions), e.Occurred, received, bit(e.Deleted), string(text))
	}
	return rows, personal
}

// Tabled gives the rows of the tables of approvals and budget lines that follow
// from the view of a project.
func (p *Project) Tabled(pseudonym func(name string) string) ([]TabledRow, []PersonalValue) {
	v, personal := (&Docket{ID: p.Code, Entries: p.Entries}).masked(pseudonym)
	return moneyRows(p.Code, v.Entries), personal
}

// moneyRows are the rows of the tables of money. of is the docket's id, or the project's code.
func moneyRows(of string, entries []Entry) (rows []TabledRow) {
	eachMoney(entries, func(m MoneyStep, e *Entry, money, _ trade.Money) {
		first := func(names ...string) (s string) {
			for _, n := range names {
				s = cmp.Or(s, e.value(n))
			}
			return s
		}
		own := []any{of, m.Lot}
		var table string
		switch m.Kind {
		case MoneyBid:
			table, own = "bid", append(own, m.Party, first("BIDDER_ORG_CODE", "BIDDER_CODE"))
		case MoneyAward:
			table, own = "award", append(own, m.Party, first("WIN_BIDDER_CODE", "WINNINGBIDDER_CODE", "SUPPLIER_CODE"))
		case MoneyContract:
			table, own = "contract", append(own, first("CONTRACT_NAME"), m.Party, first("BIDDER_CODE", "SUPPLIER_CODE", "WINNER_CODE"))
		case MoneyChanged:
			table, own = "change", append(own, first("CONTRACT_NUMBER"), first("CHANGE_NUMBER"), first("CHANGE_REASON"), first("APPROVER"))
			if before, ok := trade.ParseMoney(e.value("AMOUNT_BEFORE"), "0"); ok {
				own = append(own, yuanOf(before))
			} else {
				own = append(own, nil)
			}
		case MoneyPaid:
			table, own = "payment", append(own, first("CONTRACT_NUMBER"), first("PAYMENT_NUMBER"), first("PAYMENT_KIND"), first("PAYER_NAME"), first("PAYER_CODE"), first("PAYEE_NAME"), first("PAYEE_CODE"))
		case MoneySettled:
			table, own = "settlement", append(own, m.Party, first("PERFORMANCE_PARTY_CODE"))
		case MoneyApproved:
			table, own = "approval", []any{cmp.Or(e.value("PROJECT_CODE"), of), first("PROJECT_NAME"), first("APPROVAL_AUTHORITY"), first("APPROVAL_NUMBER")}
		case MoneyBudget:
			table, own = "budget", []any{cmp.Or(e.value("PROJECT_CODE"), of), first("BUDGET_LINE"), m.Party, first("UNIT_CODE")}
		default:
			return // estimates, limits and reserves stand in their records
		}
		rows = append(rows, TabledRow{table, append(own, yuanOf(money), fenOf(money), m.At, m.Dataset, e.Origin, m.Key, place(m.Position))})
	})
	return rows
}

// masked is the view with the data of persons masked, and what was.
func (v *Docket) masked(pseudonym func(name string) string) (*Docket, []PersonalValue) {
	t := window().table
	out := *v
	out.Title = Blot(v.Title)
	out.Entries = slices.Clone(v.Entries)
	out.Lots = slices.Clone(v.Lots)
	var personal []PersonalValue
	for i := range out.Entries {
		e := &out.Entries[i]
		e.Fields = slices.Clone(e.Fields)
		for j := range e.Fields {
			f := &e.Fields[j]
			masked := Blot(f.Value)
			if f.Value != "" && t.namesPerson(e.Dataset, f.Name) {
				masked = pseudonym(f.Value)
			}
			if masked != f.Value {
				personal = append(personal, PersonalValue{v.ID, e.Dataset, e.Origin, e.Key, f.Name, f.Value})
				f.Value = masked
			}
		}
	}
	for i := range out.Lots {
		out.Lots[i].Name = Blot(out.Lots[i].Name)
	}
	return &out, personal
}

// namesPerson reports whether a field holds the name of a natural person.
func (t *Table) namesPerson(dataset, field string) bool {
	return slices.ContainsFunc(t.Persons.Fields, func(p string) bool {
		set, name, _ := strings.Cut(p, ".")
		return wild(set, dataset) && wild(name, field)
	})
}

func yuanOf(m trade.Money) float64 { return float64(m) / float64(trade.Yuan) }

func fenOf(m trade.Money) int64 { return int64(m / (trade.Yuan / 100)) }

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func place(p *int64) any {
	if p == nil {
		return nil
	}
	return *p
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(trade.Zone).Format(time.RFC3339)
}
