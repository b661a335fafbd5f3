package cardinal

import (
	"encoding/binary"
	"math/bits"
)

// A reader reads lines into a release. Of a member that occurs twice the last
// counts, as in a map; a member of another type than expected counts as absent.
type reader struct {
	scanner
	release
	scratch []byte // texts that had escapes
}

// read reads one line. b is the line with its line feed and pad bytes behind
// it. It gives false if the line is no JSON; a line that is JSON but not an
// object gives an empty release.
func (p *reader) read(b []byte, n int) bool {
	p.reset(b)
	p.clear()
	p.scratch = p.scratch[:0]
	i := p.space(0)
	if b[i] == '{' {
		i = p.root(i)
	} else {
		i = p.skip(i)
	}
	return p.done(b[:n], i)
}

// member scans a member's name and gives it with the place of the value. Names
// are short, so the first word mostly has their end.
func (p *reader) member(i int) ([]byte, int) {
	b := p.b
	if b[i] != '"' {
		return nil, p.fail(faultMember, i)
	}
	i++
	w := binary.LittleEndian.Uint64(b[i:])
	end := i + bits.TrailingZeros64(stops(w))>>3
	if end < i+8 && b[end] == '"' {
		p.high |= w
		if b[end+1] == ':' && b[end+2] > ' ' {
			return b[i:end], end + 2
		}
		return b[i:end], p.colon(end + 1)
	}
	if end = p.str(i); end < 0 {
		return nil, -1
	}
	name := b[i:end]
	if p.esc {
		name = p.plain(name)
	}
	return name, p.colon(end + 1)
}

// plain keeps the text of a string without its escapes.
func (p *reader) plain(raw []byte) []byte {
	from := len(p.scratch)
	p.scratch = unescape(p.scratch, raw)
	return p.scratch[from:len(p.scratch):len(p.scratch)]
}

// text reads a value that should be a string.
func (p *reader) text(i int, t *text) int {
	b := p.b
	if b[i] != '"' {
		*t = nil
		return p.skip(i)
	}
	i++
	w := binary.LittleEndian.Uint64(b[i:])
	end := i + bits.TrailingZeros64(stops(w))>>3
	if end < i+8 && b[end] == '"' {
		p.high |= w
		*t = b[i:end:end]
		return end + 1
	}
	if end = p.str(i); end < 0 {
		return -1
	}
	*t = b[i:end:end]
	if p.esc {
		*t = p.plain(*t)
	}
	return end + 1
}

// isNumber says that a value at i is a number.
func (p *reader) isNumber(i int) bool { return p.b[i] == '-' || digit(p.b[i]) }

func (p *reader) root(i int) int {
	r := &p.release
	var name []byte
	i, more := p.open(i, '}')
	for more {
		if name, i = p.member(i); i < 0 {
			return -1
		}
		switch string(name) {
		case "ocid":
			i = p.text(i, &r.ocid)
		case "buyer":
			i = p.idOf(i, &r.buyer)
		case "tender":
			i = p.tender(i)
		case "bids":
			i = p.bidsOf(i)
		case "awards":
			i = p.awardsOf(i)
		default:
			i = p.skip(i)
		}
		i, more = p.next(i, '}')
	}
	return i
}

// idOf reads the id of an object.
func (p *reader) idOf(i int, t *text) int {
	*t = nil
	if p.b[i] != '{' {
		return p.skip(i)
	}
	var name []byte
	i, more := p.open(i, '}')
	for more {
		if name, i = p.member(i); i < 0 {
			return -1
		}
		if string(name) == "id" {
			i = p.text(i, t)
		} else {
			i = p.skip(i)
		}
		i, more = p.next(i, '}')
	}
	return i
}

func (p *reader) tender(i int) int {
	r := &p.release
	r.status, r.method, r.details, r.start, r.end, r.entity, r.count = nil, nil, nil, nil, nil, nil, nil
	if p.b[i] != '{' {
		return p.skip(i)
	}
	var name []byte
	i, more := p.open(i, '}')
	for more {
		if name, i = p.member(i); i < 0 {
			return -1
		}
		switch string(name) {
		case "status":
			i = p.text(i, &r.status)
		case "procurementMethod":
			i = p.text(i, &r.method)
		case "procurementMethodDetails":
			i = p.text(i, &r.details)
		case "procuringEntity":
			i = p.idOf(i, &r.entity)
		case "tenderPeriod":
			i = p.period(i)
		case "numberOfTenderers":
			i = p.numeral(i, &r.count)
		default:
			i = p.skip(i)
		}
		i, more = p.next(i, '}')
	}
	return i
}

// numeral reads a value that should be a number.
func (p *reader) numeral(i int, t *text) int {
	*t = nil
	from := i
	number := p.isNumber(i)
	if i = p.skip(i); i >= 0 && number {
		*t = p.b[from:i:i]
	}
	return i
}

func (p *reader) period(i int) int {
	r := &p.release
	r.start, r.end = nil, nil
	if p.b[i] != '{' {
		return p.skip(i)
	}
	var name []byte
	i, more := p.open(i, '}')
	for more {
		if name, i = p.member(i); i < 0 {
			return -1
		}
		switch string(name) {
		case "startDate":
			i = p.text(i, &r.start)
		case "endDate":
			i = p.text(i, &r.end)
		default:
			i = p.skip(i)
		}
		i, more = p.next(i, '}')
	}
	return i
}

func (p *reader) bidsOf(i int) int {
	r := &p.release
	r.hasBids, r.bids = false, r.bids[:0]
	if p.b[i] != '{' {
		return p.skip(i)
	}
	var name []byte
	i, more := p.open(i, '}')
	for more {
		if name, i = p.member(i); i < 0 {
			return -1
		}
		if string(name) != "details" {
			i = p.skip(i)
		} else if r.hasBids, r.bids = p.b[i] == '[', r.bids[:0]; r.hasBids {
			i = p.bidList(i)
		} else {
			i = p.skip(i)
		}
		i, more = p.next(i, '}')
	}
	return i
}

func (p *reader) bidList(i int) int {
	i, more := p.open(i, ']')
	for more {
		if p.b[i] == '{' {
			i = p.bid(i)
		} else {
			i = p.skip(i)
		}
		i, more = p.next(i, ']')
	}
	return i
}

func (p *reader) bid(i int) int {
	r := &p.release
	r.bids = append(r.bids, bid{})
	b := &r.bids[len(r.bids)-1]
	var name []byte
	i, more := p.open(i, '}')
	for more {
		if name, i = p.member(i); i < 0 {
			return -1
		}
		switch string(name) {
		case "status":
			i = p.text(i, &b.status)
		case "date":
			i = p.text(i, &b.date)
		case "value":
			i = p.value(i, b)
		case "tenderers":
			i = p.parties(i, &b.tenderers)
		case "relatedLots":
			i = p.lotList(i, &b.lots)
		default:
			i = p.skip(i)
		}
		i, more = p.next(i, '}')
	}
	return i
}

func (p *reader) value(i int, b *bid) int {
	b.amount, b.priced, b.currency = 0, false, nil
	if p.b[i] != '{' {
		return p.skip(i)
	}
	var name []byte
	i, more := p.open(i, '}')
	for more {
		if name, i = p.member(i); i < 0 {
			return -1
		}
		switch string(name) {
		case "amount":
			var t text
			if i = p.numeral(i, &t); t != nil {
				b.amount, b.priced = float(t)
			} else {
				b.amount, b.priced = 0, false
			}
		case "currency":
			i = p.text(i, &b.currency)
		default:
			i = p.skip(i)
		}
		i, more = p.next(i, '}')
	}
	return i
}

// parties reads a list of organisations.
func (p *reader) parties(i int, to *parties) int {
	r := &p.release
	*to = parties{}
	if p.b[i] != '[' {
		return p.skip(i)
	}
	to.listed = true
	to.ids.from = len(r.ids)
	i, more := p.open(i, ']')
	for more {
		var id text
		i = p.idOf(i, &id)
		to.n++
		if id != nil {
			r.ids = append(r.ids, id)
		}
		i, more = p.next(i, ']')
	}
	to.ids.to = len(r.ids)
	return i
}

// lotList reads a list of identifiers of lots.
func (p *reader) lotList(i int, to *span) int {
	r := &p.release
	*to = span{}
	if p.b[i] != '[' {
		return p.skip(i)
	}
	to.from = len(r.lots)
	i, more := p.open(i, ']')
	for more {
		var id text
		i = p.text(i, &id)
		if id != nil {
			r.lots = append(r.lots, id)
		}
		i, more = p.next(i, ']')
	}
	to.to = len(r.lots)
	return i
}

func (p *reader) awardsOf(i int) int {
	r := &p.release
	r.hasAwards, r.awards = false, r.awards[:0]
	if p.b[i] != '[' {
		return p.skip(i)
	}
	r.hasAwards = true
	i, more := p.open(i, ']')
	for more {
		if p.b[i] == '{' {
			i = p.award(i)
		} else {
			i = p.skip(i)
		}
		i, more = p.next(i, ']')
	}
	return i
}

func (p *reader) award(i int) int {
	r := &p.release
	r.awards = append(r.awards, award{})
	a := &r.awards[len(r.awards)-1]
	var name []byte
	i, more := p.open(i, '}')
	for more {
		if name, i = p.member(i); i < 0 {
			return -1
		}
		switch string(name) {
		case "status":
			i = p.text(i, &a.status)
		case "suppliers":
			i = p.parties(i, &a.suppliers)
		case "items":
			i = p.itemList(i, a)
		case "relatedLots":
			i = p.lotList(i, &a.lots)
		default:
			i = p.skip(i)
		}
		i, more = p.next(i, '}')
	}
	return i
}

func (p *reader) itemList(i int, a *award) int {
	r := &p.release
	a.items, a.codes = false, span{}
	if p.b[i] != '[' {
		return p.skip(i)
	}
	a.items = true
	a.codes.from = len(r.codes)
	i, more := p.open(i, ']')
	for more {
		i = p.item(i)
		i, more = p.next(i, ']')
	}
	a.codes.to = len(r.codes)
	return i
}

func (p *reader) item(i int) int {
	if p.b[i] != '{' {
		return p.skip(i)
	}
	var code text
	var name []byte
	i, more := p.open(i, '}')
	for more {
		if name, i = p.member(i); i < 0 {
			return -1
		}
		if string(name) == "classification" {
			i = p.idOf(i, &code)
		} else {
			i = p.skip(i)
		}
		i, more = p.next(i, '}')
	}
	if code != nil {
		p.codes = append(p.codes, code)
	}
	return i
}
