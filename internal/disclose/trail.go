package disclose

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"mingjing/internal/trade"
)

// A Trail is the way of the money of one docket as an auditor follows it:
// approval, award, contract, changes, payments, settlement, added up for each
// set of lots that share a contract, and where the sums do not fit each other.
// It is made of a view, and so of nothing that its reader may not see.
type Trail struct {
	ID          string       `json:"id"`
	Class       string       `json:"class"`
	Title       string       `json:"title,omitempty"`
	Region      string       `json:"region,omitempty"`
	At          time.Time    `json:"at"`
	Project     string       `json:"project,omitempty"` // code of the project that approvals and budget lines are of
	Steps       []MoneyStep  `json:"steps"`             // in the order of their kinds, then of time; bids are left out
	Ways        []MoneyWay   `json:"ways"`
	Differences []Difference `json:"differences"` // what deserves a check, never a verdict
}

// A MoneyWay is the money of lots that go together. Sums are exact decimals in
// yuan; "" where no shown record tells of it.
type MoneyWay struct {
	Lots       []string `json:"lots"` // empty: the whole docket
	Awarded    string   `json:"awarded,omitempty"`
	Contracted string   `json:"contracted,omitempty"`
	Changed    string   `json:"changed,omitempty"` // the contracts after their changes
	Paid       string   `json:"paid,omitempty"`
	Settled    string   `json:"settled,omitempty"`
	Contracts  int      `json:"contracts"`
	Payments   int      `json:"payments"` // each voucher once
}

// The kinds of a Difference.
const (
	PaidWithoutContract  = "paid-without-contract"   // 有拨付，未见合同
	PaidBeforeContract   = "paid-before-contract"    // 拨付早于合同签订
	PaidOverContract     = "paid-over-contract"      // 累计拨付超过合同（含变更）
	ContractAboveAward   = "contract-above-award"    // 合同金额高于中标金额
	SettledOverContract  = "settled-over-contract"   // 结算金额高于合同（含变更）
	ContractsOverApprove = "contracts-over-approval" // 项目合同合计超过批复总投资
)

// DifferenceKinds are all kinds of differences, in the order of a page.
func DifferenceKinds() []string {
	return []string{PaidWithoutContract, PaidBeforeContract, PaidOverContract, ContractAboveAward, SettledOverContract, ContractsOverApprove}
}

// A Difference is where two stations of the money do not fit each other.
type Difference struct {
	Kind    string   `json:"kind"`
	Lots    []string `json:"lots"`
	Yuan    string   `json:"yuan"` // by how much, an exact decimal
	Words   Words    `json:"words"`
	Article Words    `json:"article,omitzero"` // absent where no rule of law is named for it
	Rows    []RowRef `json:"rows"`             // the records that say so
	Doubt   bool     `json:"doubt,omitempty"`  // the sums are a thousandfold apart: rather a unit (元, 万元) than money
}

// A RowRef names a shown row.
type RowRef struct {
	Dataset  string `json:"dataset"`
	Origin   string `json:"origin"`
	Key      string `json:"key,omitempty"`
	Position *int64 `json:"position,omitempty"`
}

// differenceArticles are what the law says of a difference.
var differenceArticles = map[string]Words{
	PaidWithoutContract: {"招标投标法第四十六条、政府采购法第四十四条（书面合同）", "Bidding Law art. 46, Government Procurement Law art. 44 (written contract)"},
	PaidBeforeContract:  {"招标投标法第四十六条、政府采购法第四十四条（书面合同）", "Bidding Law art. 46, Government Procurement Law art. 44 (written contract)"},
	ContractAboveAward:  {"招标投标法第四十六条、政府采购法第四十六条（不得背离中标结果）", "Bidding Law art. 46, Government Procurement Law art. 46 (as awarded)"},
}

// ProjectCode is the code of the project that a docket belongs to, as far as its
// shown records name one; "" when none does.
func (v *Docket) ProjectCode() string {
	for _, name := range []string{"PROJECT_CODE", "INVEST_PROJECT_CODE"} {
		for i := range v.Entries {
			if e := &v.Entries[i]; !e.Deleted && e.value(name) != "" {
				return e.value(name)
			}
		}
	}
	return ""
}

// A station is one amount on the trail with what joins it to others.
type station struct {
	step     MoneyStep
	lots     []string
	money    trade.Money
	round    trade.Money // by so much it may be off
	before   trade.Money // of a change, when it is given
	known    bool        // before is
	contract string      // number of the contract
	voucher  string
	ref      RowRef
}

// Trail makes the trail of a view. project is the same reader's view of the
// project that the docket belongs to, nil when there is none.
func (v *Docket) Trail(project *Project) *Trail {
	t := &Trail{ID: v.ID, Class: v.Class, Title: v.Title, Region: v.Region, At: v.At, Steps: []MoneyStep{}, Ways: []MoneyWay{}, Differences: []Difference{}}
	var own []station
	eachMoney(v.Entries, func(m MoneyStep, e *Entry, money, round trade.Money) {
		if m.Kind == MoneyBid {
			return
		}
		s := station{step: m, lots: e.lots, money: money, round: round, contract: e.value("CONTRACT_NUMBER"), voucher: e.value("PAYMENT_NUMBER"), ref: RowRef{e.Dataset, e.Origin, e.Key, e.Position}}
		if m.Kind == MoneyChanged {
			s.before, s.known = trade.ParseMoney(e.value("AMOUNT_BEFORE"), "0")
		}
		own = append(own, s)
	})
	approved := map[string]bool{}
	for _, s := range own {
		approved[s.ref.Dataset+"\x00"+s.ref.Origin+"\x00"+s.ref.Key] = true
		t.Steps = append(t.Steps, s.step)
	}
	if project != nil {
		t.Project = project.Code
		eachMoney(project.Entries, func(m MoneyStep, e *Entry, _, _ trade.Money) {
			if !approved[e.Dataset+"\x00"+e.Origin+"\x00"+e.Key] {
				t.Steps = append(t.Steps, m)
			}
		})
	}
	order := moneyOrder()
	slices.SortStableFunc(t.Steps, func(a, b MoneyStep) int {
		return cmp.Or(cmp.Compare(order[a.Kind], order[b.Kind]), strings.Compare(a.At, b.At))
	})
	for _, way := range together(own) {
		t.walk(way)
	}
	t.overApproval(project)
	return t
}

// moneyOrder ranks the kinds of money steps in the order of a transaction's life.
func moneyOrder() map[string]int {
	order := map[string]int{}
	for _, f := range moneyFields {
		if _, ok := order[f.kind]; !ok {
			order[f.kind] = len(order)
		}
	}
	return order
}

// together parts stations of contracts and what follows them into those whose
// lots are joined by a common row. What names no lot joins all.
func together(all []station) [][]station {
	kinds := []string{MoneyAward, MoneyContract, MoneyChanged, MoneyPaid, MoneySettled}
	root := map[string]string{}
	var find func(lot string) string
	find = func(lot string) string {
		if root[lot] == "" || root[lot] == lot {
			root[lot] = lot
			return lot
		}
		root[lot] = find(root[lot])
		return root[lot]
	}
	whole := false
	var of []station
	for _, s := range all {
		if !slices.Contains(kinds, s.step.Kind) {
			continue
		}
		of = append(of, s)
		whole = whole || len(s.lots) == 0
		for _, lot := range s.lots {
			root[find(lot)] = find(s.lots[0])
		}
	}
	groups := map[string][]station{}
	var order []string
	for _, s := range of {
		name := ""
		if !whole {
			name = find(s.lots[0])
		}
		if groups[name] == nil {
			order = append(order, name)
		}
		groups[name] = append(groups[name], s)
	}
	slices.Sort(order)
	out := make([][]station, len(order))
	for i, name := range order {
		out[i] = groups[name]
	}
	return out
}

// walk adds up one way and says where its sums differ.
func (t *Trail) walk(way []station) {
	var w MoneyWay
	w.Lots = []string{}
	awards, by := map[string]station{}, map[string][]station{}
	vouchers := map[string]bool{}
	for _, s := range way {
		w.Lots = append(w.Lots, s.lots...)
		switch s.step.Kind {
		case MoneyAward: // a notice corrected or repeated is one award
			key := strings.Join(s.lots, ";") + "\x00" + s.step.Party
			if have, ok := awards[key]; !ok || have.step.At <= s.step.At {
				awards[key] = s
			}
			continue
		case MoneyPaid:
			if s.voucher != "" && vouchers[s.voucher] {
				continue
			}
			vouchers[s.voucher] = true
		}
		by[s.step.Kind] = append(by[s.step.Kind], s)
	}
	for _, s := range awards {
		by[MoneyAward] = append(by[MoneyAward], s)
	}
	slices.SortFunc(by[MoneyAward], func(a, b station) int { return strings.Compare(a.ref.Key, b.ref.Key) })
	slices.Sort(w.Lots)
	w.Lots = slices.Compact(w.Lots)
	contracts, paid := by[MoneyContract], by[MoneyPaid]
	w.Contracts, w.Payments = len(contracts), len(paid)
	sums := map[string]trade.Money{}
	for kind, of := range by {
		sums[kind] = total(of)
	}
	off := func(kinds ...string) (sum trade.Money) { // what rounding explains is no difference
		for _, kind := range kinds {
			for _, s := range by[kind] {
				sum += s.round
			}
		}
		return sum
	}
	valid, sure := changed(contracts, by[MoneyChanged])
	for _, one := range []struct {
		kind string
		to   *string
	}{{MoneyAward, &w.Awarded}, {MoneyContract, &w.Contracted}, {MoneyPaid, &w.Paid}, {MoneySettled, &w.Settled}} {
		if len(by[one.kind]) > 0 {
			*one.to = sums[one.kind].String()
		}
	}
	if len(by[MoneyChanged]) > 0 && sure {
		w.Changed = valid.String()
	}
	t.Ways = append(t.Ways, w)

	say := func(kind string, more trade.Money, than trade.Money, zh, en string, rows ...[]station) {
		d := Difference{Kind: kind, Lots: w.Lots, Yuan: more.String(), Words: Words{zh, en}, Article: differenceArticles[kind], Rows: []RowRef{}}
		for _, of := range rows {
			for _, s := range of {
				d.Rows = append(d.Rows, s.ref)
			}
		}
		d.Doubt = than > 0 && more/1000 > than
		t.Differences = append(t.Differences, d)
	}
	if len(paid) > 0 && len(contracts) == 0 {
		say(PaidWithoutContract, sums[MoneyPaid], 0,
			"已拨付 "+sums[MoneyPaid].String()+" 元，未见合同。", "Paid "+sums[MoneyPaid].String()+" yuan; no contract is there.", paid)
		return
	}
	if len(contracts) == 0 {
		return
	}
	if early := before(paid, contracts); len(early) > 0 {
		n := total(early)
		say(PaidBeforeContract, n, 0, "合同签订之前已拨付 "+n.String()+" 元。", "Paid "+n.String()+" yuan before the contract was signed.", early, contracts)
	}
	if more := sums[MoneyPaid] - valid; sure && more > off(MoneyPaid, MoneyContract, MoneyChanged) {
		say(PaidOverContract, more, valid, "累计拨付 "+sums[MoneyPaid].String()+" 元，超过合同（含变更）金额 "+valid.String()+" 元。",
			"Paid "+sums[MoneyPaid].String()+" yuan, more than the contract with its changes, "+valid.String()+" yuan.", contracts, by[MoneyChanged], paid)
	}
	if more := sums[MoneyContract] - sums[MoneyAward]; len(by[MoneyAward]) > 0 && more > off(MoneyAward, MoneyContract) {
		say(ContractAboveAward, more, sums[MoneyAward], "合同金额 "+sums[MoneyContract].String()+" 元，高于中标金额 "+sums[MoneyAward].String()+" 元。",
			"Contracted at "+sums[MoneyContract].String()+" yuan, above the award of "+sums[MoneyAward].String()+" yuan.", by[MoneyAward], contracts)
	}
	if more := sums[MoneySettled] - valid; sure && len(by[MoneySettled]) > 0 && more > off(MoneySettled, MoneyContract, MoneyChanged) {
		say(SettledOverContract, more, valid, "结算金额 "+sums[MoneySettled].String()+" 元，高于合同（含变更）金额 "+valid.String()+" 元。",
			"Settled at "+sums[MoneySettled].String()+" yuan, above the contract with its changes, "+valid.String()+" yuan.", contracts, by[MoneyChanged], by[MoneySettled])
	}
}

// total adds up stations; what would overflow is left out.
func total(of []station) (sum trade.Money) {
	for _, s := range of {
		if next := sum + s.money; (next >= sum) == (s.money >= 0) {
			sum = next
		}
	}
	return sum
}

// changed is what contracts come to after their changes. sure is false when the
// changes of several contracts do not say what they changed from.
func changed(contracts, changes []station) (_ trade.Money, sure bool) {
	sum := total(contracts)
	if len(changes) == 0 {
		return sum, true
	}
	slices.SortStableFunc(changes, func(a, b station) int { return strings.Compare(a.step.At, b.step.At) })
	if len(contracts) == 1 {
		return changes[len(changes)-1].money, true
	}
	first, last := map[string]station{}, map[string]station{}
	for _, c := range changes {
		if _, ok := first[c.contract]; !ok {
			first[c.contract] = c
		}
		last[c.contract] = c
	}
	for number, c := range first {
		if !c.known || number == "" {
			return sum, false
		}
		sum += last[number].money - c.before
	}
	return sum, true
}

// before are the payments that came before the first of these contracts was
// signed. A day is compared as far as both give it.
func before(paid, contracts []station) (early []station) {
	var signed string
	for _, c := range contracts {
		at := dayOf(c.step.At)
		if at == "" {
			return nil
		}
		if signed == "" || at < signed {
			signed = at
		}
	}
	for _, p := range paid {
		if at := dayOf(p.step.At); at != "" && at < signed {
			early = append(early, p)
		}
	}
	return early
}

// dayOf is the day here of a moment as records give it, "" when it cannot be read.
func dayOf(at string) string {
	m, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return ""
	}
	return m.In(trade.Zone).Format(time.DateOnly)
}

// overApproval says when all contracts of a project come to more than the
// investment that was approved for it; of several approvals the greatest counts.
func (t *Trail) overApproval(p *Project) {
	if p == nil {
		return
	}
	var most trade.Money
	var ref RowRef
	eachMoney(p.Entries, func(m MoneyStep, e *Entry, money, _ trade.Money) {
		if m.Kind == MoneyApproved && money > most {
			most, ref = money, RowRef{e.Dataset, e.Origin, e.Key, e.Position}
		}
	})
	more := p.Contracts.sum - most
	if most <= 0 || more <= 0 {
		return
	}
	t.Differences = append(t.Differences, Difference{
		Kind: ContractsOverApprove, Lots: []string{}, Yuan: more.String(), Rows: []RowRef{ref}, Doubt: more/1000 > most,
		Words: Words{
			"项目各项交易的合同合计 " + p.Contracts.Yuan + " 元，超过批复总投资 " + most.String() + " 元。",
			"The contracts of all transactions of the project come to " + p.Contracts.Yuan + " yuan, more than the approved investment of " + most.String() + " yuan.",
		},
	})
}
