package disclose

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"mingjing/internal/trade"
)

// A Sheet is what a docket's page shows at a glance, made of its view and so of
// nothing else: the way of the money, and who took part.
type Sheet struct {
	ID     string      `json:"id"`
	At     time.Time   `json:"at"`
	Card   Card        `json:"card"`
	Money  []MoneyStep `json:"money"`  // in the order of their kinds, then of time
	Bodies []SheetBody `json:"bodies"` // in the order in which a trade meets them
}

// The kinds of a MoneyStep, in the order of a transaction's life.
const (
	MoneyApproved = "approved" // investment approved
	MoneyBudget   = "budget"   // 预算
	MoneyEstimate = "estimate" // 标段合同估算价
	MoneyControl  = "control"  // 最高限价
	MoneyReserve  = "reserve"  // 底价、起始价
	MoneyBid      = "bid"      // 投标报价
	MoneyAward    = "award"    // 中标、成交
	MoneyContract = "contract" // 合同
	MoneyChanged  = "changed"  // 合同变更后
	MoneyPaid     = "paid"     // 拨付
	MoneySettled  = "settled"  // 结算
)

// A MoneyStep is one amount that one shown record tells of.
type MoneyStep struct {
	Kind     string  `json:"kind"`
	Yuan     float64 `json:"yuan"`          // for drawing
	Exact    string  `json:"exact"`         // decimal, in yuan
	At       string  `json:"at,omitempty"`  // when it happened, by its record
	Lot      string  `json:"lot,omitempty"` // section codes, by ";"
	Party    string  `json:"party,omitempty"`
	Dataset  string  `json:"dataset"`
	Key      string  `json:"key,omitempty"`
	Position *int64  `json:"position,omitempty"` // place of its record in the log
}

// A SheetBody is one body with its roles in the docket.
type SheetBody struct {
	Name  string   `json:"name"`
	Code  string   `json:"code,omitempty"`
	Roles []string `json:"roles"`
}

// moneyFields say which field of which data set tells of which money; an empty
// unit is the catalogue's 元.
var moneyFields = []struct {
	kind, set, amount, unit string
	party                   []string
}{
	{MoneyApproved, "9101", "TOTAL_INVESTMENT", "", nil},
	{MoneyBudget, "9115", "BUDGET_AMOUNT", "", []string{"UNIT_NAME"}},
	{MoneyBudget, "550", "PROGRAM_BUDGET", "UNIT_BUDGET", nil},
	{MoneyEstimate, "502", "CONTRACT_RECKON_PRICE", "PRICE_UNIT", nil},
	{MoneyControl, "504", "CONTROL_PRICE", "CONTROL_PRICE_UNIT", nil},
	{MoneyReserve, "700", "PROJECT_PRICE", "PRICE_UNIT", nil},
	{MoneyReserve, "750", "PROJECT_PRICE", "PRICE_UNIT", nil},
	{MoneyReserve, "9116", "RESERVE_PRICE", "", nil},
	{MoneyReserve, "9117", "RESERVE_PRICE", "", nil},
	{MoneyReserve, "9118", "RESERVE_PRICE", "", nil},
	{MoneyReserve, "9119", "RESERVE_PRICE", "", nil},
	{MoneyReserve, "9120", "RESERVE_PRICE", "", nil},
	{MoneyReserve, "9121", "RESERVE_PRICE", "", nil},
	{MoneyBid, "507", "BID_PRICE", "PRICE_UNIT", []string{"BIDDER_NAME"}},
	{MoneyBid, "557", "BID_PRICE", "PRICE_UNIT", []string{"BIDDER_NAME"}},
	{MoneyAward, "513", "BID_AMOUNT", "PRICE_UNIT", []string{"WIN_BIDDER_NAME"}},
	{MoneyAward, "553", "WIN_BID_PRICE", "PRICE_UNIT", []string{"WINNINGBIDDER_NAME", "WIN_BIDDER_NAME", "SUPPLIER_NAME"}},
	{MoneyContract, "512", "CONTRACT_PRICE", "PRICE_UNIT", []string{"BIDDER_NAME"}},
	{MoneyContract, "554", "CONTRACT_AMOUNT", "PRICE_UNIT", []string{"SUPPLIER_NAME"}},
	{MoneyContract, "601", "DEAL_PRICE", "PRICE_UNIT", nil},
	{MoneyContract, "652", "QT_PUBLIC_PRICE", "", nil},
	{MoneyContract, "653", "QT_PUBLIC_PRICE", "", nil},
	{MoneyContract, "701", "TRADE_VALUE", "PRICE_UNIT", nil},
	{MoneyContract, "753", "TRADE_VALUE", "PRICE_UNIT", nil},
	{MoneyContract, "9122", "DEAL_AMOUNT", "", []string{"WINNER_NAME"}},
	{MoneyChanged, "9109", "AMOUNT_AFTER", "", nil},
	{MoneyPaid, "9110", "PAYMENT_AMOUNT", "", []string{"PAYEE_NAME"}},
	{MoneySettled, "522", "SETTLE_PRICE", "", []string{"PERFORMANCE_PARTY_NAME"}},
}

// Sheet makes the sheet of a view.
func (v *Docket) Sheet() *Sheet {
	out := &Sheet{ID: v.ID, At: v.At, Card: v.Card(), Money: []MoneyStep{}, Bodies: []SheetBody{}}
	eachMoney(v.Entries, func(m MoneyStep, _ *Entry, _, _ trade.Money) { out.Money = append(out.Money, m) })
	order := moneyOrder()
	slices.SortStableFunc(out.Money, func(a, b MoneyStep) int {
		return cmp.Or(cmp.Compare(order[a.Kind], order[b.Kind]), strings.Compare(a.At, b.At))
	})
	out.Bodies = v.bodies()
	return out
}

// eachMoney calls fn for each amount that these rows tell of, in the order of
// moneyFields; by round it may be off because it was written in 万元.
func eachMoney(entries []Entry, fn func(m MoneyStep, e *Entry, money, round trade.Money)) {
	for _, f := range moneyFields {
		for i := range entries {
			e := &entries[i]
			if e.Dataset != f.set || e.Deleted || !slices.Contains([]string{"", "1"}, e.value("PRICE_FORM_CODE")) { // a rate or a text is no amount
				continue
			}
			unit := "0"
			if f.unit != "" {
				unit = e.value(f.unit)
			}
			m, ok := trade.ParseMoney(e.value(f.amount), unit)
			if !ok {
				continue
			}
			step := MoneyStep{Kind: f.kind, Yuan: float64(m) / float64(trade.Yuan), Exact: m.String(), At: e.Occurred, Lot: strings.Join(e.lots, ";"), Dataset: e.Dataset, Key: e.Key, Position: e.Position}
			for _, p := range f.party {
				step.Party = cmp.Or(step.Party, e.value(p))
			}
			fn(step, e, m, rounding(e.value(f.amount), unit))
		}
	}
}

// rounding is half of the last digit of an amount in 万元, nothing of one in 元.
func rounding(text, unit string) trade.Money {
	if unit != "1" {
		return 0
	}
	half := 5_000 * trade.Yuan
	_, digits, _ := strings.Cut(text, ".")
	for range strings.TrimRight(digits, "0") {
		half /= 10
	}
	return half
}

// bodies joins the bodies that shown records name: of one code, and without a
// code of one name.
func (v *Docket) bodies() []SheetBody {
	out := []SheetBody{}
	at := map[string]int{}
	for i := range v.Entries {
		e := &v.Entries[i]
		if e.Deleted {
			continue
		}
		for _, p := range e.parties() {
			n, known := at[p.Name]
			if p.Code != "" {
				if byCode, ok := at["\x00"+p.Code]; ok {
					n, known = byCode, true
				} else if known && out[n].Code != "" { // another body of the same name
					known = false
				}
			}
			if !known {
				n = len(out)
				out = append(out, SheetBody{Name: p.Name})
			}
			if p.Code != "" {
				out[n].Code = p.Code
				at["\x00"+p.Code] = n
			}
			if _, named := at[p.Name]; !named {
				at[p.Name] = n
			}
			if !slices.Contains(out[n].Roles, p.Role) {
				out[n].Roles = append(out[n].Roles, p.Role)
			}
		}
	}
	order := PartyRoles()
	rank := func(b SheetBody) int {
		least := len(order)
		for _, r := range b.Roles {
			least = min(least, slices.Index(order, r))
		}
		return least
	}
	slices.SortStableFunc(out, func(a, b SheetBody) int { return cmp.Or(rank(a)-rank(b), strings.Compare(a.Name, b.Name)) })
	return out
}
