package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// The kinds of secrets of a plant.
const (
	ofBid = iota
	ofCommittee
	ofPerson
	ofOpen // no secret at all: to show that the hunt finds what is there
)

var kinds = []string{"a bid", "the committee", "a person", "an open field"}

// A plant is one invented tender all of whose secrets carry marks that stand
// nowhere else, so that a single look for the marks finds any of them.
type plant struct {
	n      int
	origin string // platform code of its trading system
	tender string
	values [4]map[string]string // planted values by kind, and what they were planted as
}

func newPlant(n int, origin string) *plant {
	p := &plant{n: n, origin: origin, tender: fmt.Sprintf("E41010500083%05d001", n)}
	for i := range p.values {
		p.values[i] = map[string]string{}
	}
	return p
}

func (p *plant) lot(i int) string { return fmt.Sprintf("%s%03d", p.tender, i) }

// han are three rare characters of this plant and kind.
func (p *plant) han(kind int) string {
	r := rune(0x3500 + 16*p.n + 4*kind)
	return string([]rune{r, r + 1, r + 2})
}

func (p *plant) ascii(kind int) string   { return fmt.Sprintf("ZQX%02dJ%dKV", p.n, kind) }
func (p *plant) amount(kind int) string  { return fmt.Sprintf("83%02d4%d57", p.n, kind) }
func (p *plant) phone(kind int) string   { return fmt.Sprintf("139%02d7%d9", p.n, kind) }
func (p *plant) account(kind int) string { return fmt.Sprintf("62283%02d%d770", p.n, kind) }
func (p *plant) machine(kind int) string { return fmt.Sprintf("9C-%02d-A%d-7E", p.n, kind) }
func (p *plant) ip(kind int) string      { return fmt.Sprintf("10.2%02d.9%d.", p.n, kind) }
func (p *plant) firm(kind int) string    { return fmt.Sprintf("91410105MA%02d%dW", p.n, kind) }

// born is the beginning of the ID numbers: a region and a date of birth.
func (p *plant) born(kind int) string {
	return fmt.Sprintf("4101051967%02d%02d", 1+p.n%12, 1+(p.n/12)*5+kind)
}

// marks are what all planted secrets of a kind have in common.
func (p *plant) marks(kind int) []string {
	return []string{p.han(kind), p.ascii(kind), p.amount(kind), p.phone(kind), p.account(kind), p.machine(kind), p.ip(kind), p.firm(kind), p.born(kind)}
}

// hunt looks for the secrets of these kinds.
func (p *plant) hunt(h *hunt, which ...int) {
	for _, kind := range which {
		h.mark(fmt.Sprintf("%s of tender %d", kinds[kind], p.n), p.marks(kind)...)
		for value, of := range p.values[kind] {
			h.whole(of, value)
		}
	}
}

// org completes an organisation's code by its check character.
func org(base string) string {
	for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if trade.CheckOrgCode(base+string(c)) == nil {
			return base + string(c)
		}
	}
	panic("no check character fits " + base)
}

// idNumber completes an ID number by its check character (GB 11643).
func idNumber(base string) string {
	sum := 0
	for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(base[i]-'0') * w
	}
	return base + string("10X98765432"[sum%11])
}

// value invents a secret for a field, "" when the field's form holds none. i
// makes it one party's own.
func (p *plant) value(f *standard.Field, kind, i int) string {
	format := f.Format
	switch name := f.Name; {
	case name == "PLATFORM_CODE" || strings.HasPrefix(name, "PUB_SERVICE") || name == "TRADE_PLAT":
		return ""
	case f.Check == standard.CodeOrg:
		return org(fmt.Sprintf("%s%03d", p.firm(kind), i))
	case f.Check == standard.CodeID:
		return idNumber(fmt.Sprintf("%s%03d", p.born(kind), i))
	case f.Check != "" || f.List != "" || format.Kind == standard.Date:
		return ""
	case format.Kind == standard.Number:
		if format.Digits < 8 {
			return ""
		}
		return fmt.Sprintf("%s.%02d", p.amount(kind), i)
	case format.Fixed > 0:
		return ""
	case strings.Contains(name, "EMAIL") || strings.Contains(name, "MAIL"):
		return fmt.Sprintf("%s%d@bid.example", p.ascii(kind), i)
	case strings.Contains(name, "PHONE") || strings.Contains(name, "MOBILE") || strings.Contains(name, "TEL"):
		return fmt.Sprintf("%s%03d", p.phone(kind), i)
	case strings.Contains(name, "ACCOUNT"):
		return fmt.Sprintf("%s%09d", p.account(kind), i)
	case strings.HasSuffix(name, "_IP") || name == "NET_ID":
		return fmt.Sprintf("%s%d", p.ip(kind), i)
	case name == "MAC_ADDRESS":
		return fmt.Sprintf("%s-%02d", p.machine(kind), i)
	case strings.HasSuffix(name, "_ID") || strings.HasSuffix(name, "_NUMBER") || strings.HasSuffix(name, "_MD5") || strings.HasSuffix(name, "_NO"):
		return fmt.Sprintf("%s%03d", p.ascii(kind), i)
	}
	v := fmt.Sprintf("密%s%02d号", p.han(kind), i)
	if r := []rune(v); format.Max > 0 && len(r) > format.Max {
		return ""
	}
	return v
}

// stamp writes a time as the standard does.
func stamp(t time.Time) string { return t.In(trade.Zone).Format("20060102150405") }

// record makes a good record of a data set for this tender, with a secret in
// every sealed field that can hold one. i is the party it tells of; change
// overrides fields, "" takes one out.
func (p *plant) record(t *testing.T, dataset string, i int, change map[string]string) wired {
	t.Helper()
	ds, r := standard.Default().Dataset(dataset), standard.Example(dataset)
	if ds == nil {
		t.Fatalf("no data set %s", dataset)
	}
	const sample = "E4101050001000001" // the project of the catalogue's examples
	for name, v := range r.Fields {
		r.Fields[name] = strings.ReplaceAll(v, sample, strings.TrimSuffix(p.tender, "001"))
	}
	for j := range ds.Fields {
		f := &ds.Fields[j]
		kind := map[standard.Seal]int{standard.Bid: ofBid, standard.Committee: ofCommittee, standard.Personal: ofPerson}[f.Seal]
		if f.Seal == standard.Open {
			continue
		}
		if v := p.value(f, kind, i); v != "" {
			r.Fields[f.Name] = v
		}
	}
	r.Fields["DATA_TIMESTAMP"] = stamp(time.Now())
	r.Fields["PLATFORM_CODE"] = p.origin
	for name, v := range change {
		r.Fields[name] = v
		if v == "" {
			delete(r.Fields, name)
		}
	}
	for name, v := range r.Fields {
		if f := ds.Field(name); f != nil && f.Seal != standard.Open {
			p.note(v, dataset+"."+name)
		}
	}
	key := fmt.Sprintf("%s-%s-%d", dataset, p.tender, i)
	if ds.Seal != standard.Open { // vendors put the bidder's code into the key
		kind := map[standard.Seal]int{standard.Bid: ofBid, standard.Committee: ofCommittee}[ds.Seal]
		key = fmt.Sprintf("%s-%s-%s", dataset, p.ascii(kind), org(fmt.Sprintf("%s%03d", p.firm(kind), i)))
		p.values[kind][key] = "key of " + dataset
	}
	return wired{Dataset: dataset, Op: "insert", Key: key, Revision: r.Fields["DATA_TIMESTAMP"], Fields: r.Fields}
}

// note remembers a planted value by the kind whose mark it carries.
func (p *plant) note(v, of string) {
	for kind := range kinds {
		if slices.ContainsFunc(p.marks(kind), func(m string) bool { return strings.Contains(v, m) }) {
			p.values[kind][v] = of
		}
	}
}

// bids are all that one bidder's bid leaves: a record of every data set that is
// sealed whole until the opening.
func (p *plant) bids(t *testing.T, i int) []wired {
	t.Helper()
	var out []wired
	for _, ds := range sealedSets(standard.Bid) {
		out = append(out, p.record(t, ds, i, nil))
	}
	return out
}

// committee are the records of every data set that is sealed until the result.
func (p *plant) committee(t *testing.T, i int) []wired {
	t.Helper()
	var out []wired
	for _, ds := range sealedSets(standard.Committee) {
		out = append(out, p.record(t, ds, i, nil))
	}
	return out
}

func sealedSets(seal standard.Seal) []string {
	var out []string
	for _, ds := range standard.Default().Datasets() {
		if ds.Class != standard.ClassSystem && ds.Seal == seal {
			out = append(out, ds.No)
		}
	}
	return out
}

// tenderUp is what is open of a tender before its opening, with a deadline.
func (p *plant) tenderUp(t *testing.T, deadline time.Time) []wired {
	t.Helper()
	sent := deadline.AddDate(0, 0, -25)
	times := map[string]string{
		"NOTICE_SEND_TIME": stamp(sent), "DOC_GET_START_TIME": stamp(sent), "DOC_GET_END_TIME": stamp(sent.AddDate(0, 0, 6)),
		"BID_DOC_REFER_END_TIME": stamp(deadline), "BID_OPEN_TIME": stamp(deadline), "TENDERER_CONTACTOR": p.contact(),
	}
	return []wired{
		p.record(t, "501", 0, map[string]string{"TENDER_PROJECT_NAME": "公开" + p.han(ofOpen) + "工程", "CREATE_TIME": stamp(sent.Add(-time.Hour))}),
		p.record(t, "502", 0, map[string]string{"BID_SECTION_NAME": "公开" + p.han(ofOpen) + "标段", "CREATE_TIME": stamp(sent.Add(-time.Hour))}),
		p.record(t, "503", 0, times),
	}
}

// contact is an open field's value that stands nowhere else.
func (p *plant) contact() string {
	r := rune(0x4200 + 4*p.n)
	return string([]rune{r, r + 1, r + 2})
}

// announce is a second announcement, by the tender documents.
func (p *plant) announce(t *testing.T, deadline time.Time, change map[string]string) wired {
	t.Helper()
	fields := map[string]string{"BID_DOC_REFER_END_TIME": stamp(deadline), "BID_OPEN_TIME": stamp(deadline), "IS_POSTPONE": "0", "POST_OPEN_TIME": ""}
	maps.Copy(fields, change)
	return p.record(t, "504", 0, fields)
}

// opening is an opening record of a lot.
func (p *plant) opening(t *testing.T, at time.Time) wired {
	t.Helper()
	return p.record(t, "506", 0, map[string]string{"BID_OPENING_TIME": stamp(at)})
}
