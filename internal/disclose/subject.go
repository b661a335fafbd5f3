package disclose

import (
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/trade"
)

// A Project is what one reader may see of a project: its own rows, the
// transactions that name it, and their money.
type Project struct {
	Code         string        `json:"code"`
	Title        string        `json:"title,omitempty"`
	Region       string        `json:"region,omitempty"`
	As           string        `json:"as"`
	At           time.Time     `json:"at"`
	Entries      []Entry       `json:"entries"` // approvals, valuations, budget lines
	Transactions []Transaction `json:"transactions"`
	Budget       Total         `json:"budget"`    // budget lines (9115)
	Contracts    Total         `json:"contracts"` // of the transactions below
	Payments     Total         `json:"payments"`
}

// A Transaction is one docket of a project with its money, as far as the reader sees it.
type Transaction struct {
	ID        string `json:"id"`
	Class     string `json:"class"`
	Title     string `json:"title,omitempty"`
	Region    string `json:"region,omitempty"`
	Contracts Total  `json:"contracts"`
	Payments  Total  `json:"payments"`
}

// A Total adds up amounts in yuan. A contract over several lots counts once.
type Total struct {
	Rows    int    `json:"rows"`              // rows added up
	Yuan    string `json:"yuan"`              // exact decimal
	Without int    `json:"without,omitempty"` // rows whose amount cannot be read or is not shown
	sum     trade.Money
}

// A Body is what one reader may see of a legal person in the registers.
type Body struct {
	Code    string    `json:"code"`
	Name    string    `json:"name,omitempty"`
	Region  string    `json:"region,omitempty"`
	As      string    `json:"as"`
	At      time.Time `json:"at"`
	Entries []Entry   `json:"entries"`
}

// amounts says in which field a data set holds an amount that counts, and in
// which its unit stands; "" for yuan.
type amounts map[string]struct{ amount, unit string }

var (
	contractAmounts = amounts{
		"512": {"CONTRACT_PRICE", "PRICE_UNIT"}, "554": {"CONTRACT_AMOUNT", "PRICE_UNIT"}, "601": {"DEAL_PRICE", "PRICE_UNIT"}, "652": {"QT_PUBLIC_PRICE", ""}, "653": {"QT_PUBLIC_PRICE", ""},
		"701": {"TRADE_VALUE", "PRICE_UNIT"}, "753": {"TRADE_VALUE", "PRICE_UNIT"}, "9122": {"DEAL_AMOUNT", ""},
	}
	paymentAmounts = amounts{"9110": {"PAYMENT_AMOUNT", ""}}
	budgetAmounts  = amounts{"9115": {"BUDGET_AMOUNT", ""}}
)

// ViewProject builds what a reader may see of a project, nil when nothing.
// docketOf gives a stored docket, nil when there is none; a docket that the
// reader may not know of is not named.
func ViewProject(p *docket.ProjectFile, r Reader, at time.Time, docketOf func(id string) (*docket.Docket, error)) (*Project, error) {
	v := &Project{Code: p.File.ID, At: at, Entries: []Entry{}, Transactions: []Transaction{}}
	if len(p.File.Live) > 0 {
		if f := View(&p.File, r, at); f != nil {
			v.Region, v.As, v.Entries = f.Region, f.As, f.Entries
			v.Title = shownTitle(f.Entries, p.File.Title)
			v.Budget.add(budgetAmounts, f.Entries)
		}
	}
	for _, id := range p.Dockets {
		d, err := docketOf(id)
		if err != nil {
			return nil, err
		}
		if d == nil {
			continue
		}
		f := View(d, r, at)
		if f == nil {
			continue
		}
		v.As = f.As
		t := Transaction{ID: f.ID, Class: f.Class, Title: f.Title, Region: f.Region}
		t.Contracts.add(contractAmounts, f.Entries)
		t.Payments.add(paymentAmounts, f.Entries)
		v.Contracts.add(contractAmounts, f.Entries)
		v.Payments.add(paymentAmounts, f.Entries)
		v.Transactions = append(v.Transactions, t)
	}
	if len(v.Entries) == 0 && len(v.Transactions) == 0 {
		return nil, nil
	}
	for _, s := range []*Total{&v.Budget, &v.Contracts, &v.Payments} {
		s.Yuan = s.sum.String()
	}
	return v, nil
}

// ViewBody builds what a reader may see of a legal person, nil when nothing.
func ViewBody(b *docket.BodyFile, r Reader, at time.Time) *Body {
	if len(b.File.Live) == 0 {
		return nil
	}
	f := View(&b.File, r, at)
	if f == nil || len(f.Entries) == 0 {
		return nil
	}
	return &Body{Code: f.ID, Name: shownTitle(f.Entries, b.File.Title), Region: f.Region, As: f.As, At: at, Entries: f.Entries}
}

// shownTitle gives the title only when a shown field holds it.
func shownTitle(entries []Entry, title string) string {
	for i := range entries {
		for _, f := range entries[i].Fields {
			if f.Value == title {
				return title
			}
		}
	}
	return ""
}

// add adds the amounts of entries whose data set has one. What would overflow
// counts as unreadable.
func (s *Total) add(a amounts, entries []Entry) {
	for i := range entries {
		e := &entries[i]
		where, ok := a[e.Dataset]
		if !ok || e.Deleted {
			continue
		}
		unit := "0"
		if where.unit != "" {
			unit = e.value(where.unit)
		}
		m, ok := trade.ParseMoney(e.value(where.amount), unit)
		if next := s.sum + m; ok && (next >= s.sum) == (m >= 0) {
			s.sum = next
			s.Rows++
		} else {
			s.Without++
		}
	}
	s.Yuan = s.sum.String()
}
