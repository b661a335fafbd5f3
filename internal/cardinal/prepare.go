package cardinal

import (
	"bufio"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// repairs are the settings of Prepare.
type repairs struct {
	currency, scheme, bidStatus, awardStatus *string // [defaults]
	roles                                    bool

	amounts       map[float64]struct{} // [redactions]
	organizations set

	byContract bool // [corrections]

	auctions                    bool // [modifications]
	buyerPrefix, tendererPrefix string
	split                       *string

	bidStatuses, awardStatuses map[string]string // [codelists]
}

func newRepairs() repairs {
	return repairs{amounts: map[float64]struct{}{}, organizations: set{}, bidStatuses: map[string]string{}, awardStatuses: map[string]string{}}
}

// An Issue is something in a release that was not repaired, or could not be.
type Issue struct {
	Line  int
	OCID  string
	Path  string
	Index string // of the lists on the path, divided by points
	Value string
	What  string // not set, invalid, is zero
}

// Prepare reads JSON lines and writes them repaired, in their order, with the
// issues that are left as CSV: line, ocid, path, indexes, value, issue. Lines
// that are no JSON, or no object, are left out and warned of. It repairs in five
// stages what the settings ask for; types are always repaired.
func Prepare(r io.Reader, s *Settings, out, issues io.Writer, o Options) error {
	in := newIntake(r, o)
	p := &preparer{set: &s.prepare, out: bufio.NewWriterSize(out, 1<<16), issues: bufio.NewWriterSize(issues, 1<<12)}
	if err := in.run(1, func(int) lineReader { return p }); err != nil { // one, for the order
		return err
	}
	if err := p.out.Flush(); err != nil {
		return err
	}
	return p.issues.Flush()
}

type preparer struct {
	grower
	set    *repairs
	out    *bufio.Writer
	issues *bufio.Writer
	buf    []byte

	now   int // the line at hand, from 1
	ocid  string
	roles map[string]map[string]struct{} // by the parties' ids
}

func (p *preparer) line(_ *chunk, _, n int, b []byte) (fault, int) {
	p.now++ // there is one worker, so lines come in order
	root := p.tree(b, n)
	if root == nil {
		return p.why, p.where
	}
	if root.kind != isObject {
		return faultNoObject, 0
	}
	p.ocid = root.get("ocid").plain()
	p.repair(root)
	p.buf = append(root.appendTo(p.buf[:0]), '\n')
	p.out.Write(p.buf) //nolint:errcheck // Flush tells
	return wellFormed, 0
}

func (p *preparer) issue(path, index, value, what string) {
	b := strconv.AppendInt(p.buf[:0], int64(p.now), 10)
	for _, field := range []string{p.ocid, path, index, value, what} {
		b = append(b, ',')
		if strings.ContainsAny(field, ",\"\r\n") {
			b = append(b, '"')
			b = append(b, strings.ReplaceAll(field, `"`, `""`)...)
			b = append(b, '"')
		} else {
			b = append(b, field...)
		}
	}
	p.buf = append(b, '\n')
	p.issues.Write(p.buf) //nolint:errcheck // Flush tells
}

// repair changes a release.
func (p *preparer) repair(r *node) {
	p.roles = nil
	p.organizations(r, "parties", "", "")
	if p.set.roles {
		p.roles = map[string]map[string]struct{}{}
		for _, party := range r.each("parties") {
			if id := party.member("id", isString); id != nil {
				roles := map[string]struct{}{}
				for _, role := range party.each("roles") {
					if role.kind == isString {
						roles[role.text] = struct{}{}
					}
				}
				p.roles[id.text] = roles
			}
		}
	}
	p.organization(r.member("buyer", isObject), p.set.buyerPrefix, "buyer")
	if t := r.member("tender", isObject); t != nil {
		p.organization(t.member("procuringEntity", isObject), p.set.buyerPrefix, "procuringEntity")
		if details := t.member("procurementMethodDetails", isString); details != nil && p.set.split != nil {
			before := ""
			if *p.set.split != "" {
				before, _, _ = strings.Cut(details.text, *p.set.split)
			}
			details.text = strings.TrimRightFunc(before, unicode.IsSpace)
		}
	}
	if p.set.auctions {
		moveAuctions(r)
	}
	for j, b := range r.member("bids", isObject).each("details") {
		p.bid(b, j)
	}
	cancelled := p.contracts(r)
	for j, a := range r.each("awards") {
		p.award(a, j, cancelled)
	}
	if p.set.roles {
		for _, party := range r.each("parties") {
			id := party.member("id", isString)
			if id == nil || len(p.roles[id.text]) == 0 {
				continue
			}
			list := &node{kind: isArray}
			for _, role := range slices.Sorted(maps.Keys(p.roles[id.text])) {
				list.list = append(list.list, newString(role))
			}
			party.put("roles", list)
		}
	}
}

// stringify makes a string of a number.
func stringify(n *node, name string) {
	if v := n.member(name, isNumber); v != nil {
		v.kind = isString
	}
}

// organization repairs an organisation's id and notes its role.
func (p *preparer) organization(n *node, prefix, role string) {
	stringify(n, "id")
	id := n.member("id", isString)
	if id == nil {
		return
	}
	if p.set.organizations.has([]byte(id.text)) {
		n.remove("id")
		return
	}
	if !strings.HasPrefix(id.text, prefix) {
		id.text = prefix + id.text
	}
	if roles := p.roles[id.text]; roles != nil && role != "" {
		roles[role] = struct{}{}
	}
}

// organizations repairs a list of organisations; an object alone becomes a list.
func (p *preparer) organizations(n *node, name, prefix, role string) {
	if one := n.member(name, isObject); one != nil {
		n.put(name, &node{kind: isArray, list: []*node{one}})
	}
	for _, org := range n.each(name) {
		p.organization(org, prefix, role)
	}
}

// moveAuctions makes bids of the bids of auctions' stages, if there are no bids.
func moveAuctions(r *node) {
	if r.get("bids") != nil {
		return
	}
	auctions := r.member("auctions", isArray)
	if auctions == nil {
		return
	}
	details := &node{kind: isArray}
	for _, a := range auctions.list {
		for _, stage := range a.each("stages") {
			if stage.kind != isObject {
				continue
			}
			if bids := stage.remove("bids"); bids != nil && bids.kind == isArray {
				details.list = append(details.list, bids.list...)
			}
		}
	}
	bids := &node{kind: isObject}
	bids.put("details", details)
	r.put("bids", bids)
}

func (p *preparer) bid(b *node, j int) {
	at := strconv.Itoa(j)
	if v := b.member("value", isObject); v != nil {
		if amount := v.member("amount", isNumber); amount != nil {
			if f, ok := float([]byte(amount.text)); ok {
				if _, redact := p.set.amounts[f]; redact {
					v.remove("amount")
				} else if f == 0 {
					p.issue("/bids/details[]/value/amount", at, "", "is zero")
				}
			}
		}
		p.fill(v, "currency", p.set.currency, "/bids/details[]/value/currency", at)
	}
	for k, item := range b.each("items") {
		if c := item.member("classification", isObject); c != nil {
			p.fill(c, "scheme", p.set.scheme, "/bids/details[]/items[]/classification/scheme", at+"."+strconv.Itoa(k))
		}
	}
	p.status(b, p.set.bidStatus, p.set.bidStatuses, bidStatuses, "/bids/details[]/status", at)
	p.organizations(b, "tenderers", p.set.tendererPrefix, "tenderer")
}

// fill sets a member that isn't there, or notes that it isn't.
func (p *preparer) fill(n *node, name string, by *string, path, index string) {
	switch {
	case n.get(name) != nil:
	case by == nil:
		p.issue(path, index, "", "not set")
	case n.kind == isNull: // nothing where an object should stand
		n.kind = isObject
		n.put(name, newString(*by))
	case n.kind == isObject:
		n.put(name, newString(*by))
	}
}

var (
	bidStatuses   = []string{"invited", "pending", "valid", "disqualified", "withdrawn"}
	awardStatuses = []string{"pending", "active", "cancelled", "unsuccessful"}
)

// status fills and maps a status, and notes one that OCDS does not know.
func (p *preparer) status(n *node, by *string, words map[string]string, known []string, path, index string) {
	p.fill(n, "status", by, path, index)
	status := n.member("status", isString)
	if status == nil {
		return
	}
	if word, ok := words[status.text]; ok {
		status.text = word
	}
	if !slices.Contains(known, status.text) {
		p.issue(path, index, status.text, "invalid")
	}
}

// contracts tells of which awards all contracts are cancelled.
func (p *preparer) contracts(r *node) map[string]bool {
	if !p.set.byContract {
		return nil
	}
	cancelled := map[string]bool{}
	for _, c := range r.each("contracts") {
		stringify(c, "awardID")
		id := c.member("awardID", isString)
		if id == nil {
			continue
		}
		status := c.member("status", isString)
		this := status != nil && status.text == "cancelled"
		before, met := cancelled[id.text]
		cancelled[id.text] = this && (before || !met)
	}
	return cancelled
}

func (p *preparer) award(a *node, j int, cancelled map[string]bool) {
	at := strconv.Itoa(j)
	stringify(a, "id")
	for k, item := range a.each("items") {
		if c := item.member("classification", isObject); c != nil {
			stringify(c, "id")
			p.fill(c, "scheme", p.set.scheme, "/awards[]/items[]/classification/scheme", at+"."+strconv.Itoa(k))
		}
	}
	p.status(a, p.set.awardStatus, p.set.awardStatuses, awardStatuses, "/awards[]/status", at)
	if id := a.member("id", isString); id != nil && cancelled[id.text] {
		a.put("status", newString("cancelled"))
	}
	p.organizations(a, "suppliers", p.set.tendererPrefix, "supplier")
}
