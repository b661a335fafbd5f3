package province

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// fields are the fields of one record.
type fields = map[string]string

type record = standard.Record

// A life is one transaction in the telling.
type life struct {
	*Province
	rnd    *rand.Rand
	n      int
	class  trade.Class
	sys    int
	system System
	region string // where it happens
	city   string // whose market it is
	id     string // the code of the transaction
	deal   string // unified deal code
	name   string
	day    time.Time // of the notice
	common fields    // fields that all its records share
	out    []Sending
	twist  *twist
	truth  []Case
	papers []Paper
}

// A telling tells the life of one class of transaction.
type telling struct {
	class  trade.Class
	letter string // its codes begin with it
	deal   string // first three characters of its unified deal code
	weight int    // how many of a hundred transactions are of this class
	tell   func(*life)
}

// tellings are the classes of trade, with their share of a province's
// transactions.
func tellings() []telling {
	return []telling{
		{trade.Construction, "E", "A01", 38, (*life).construction},
		{trade.Procurement, "D", "D01", 32, (*life).procurement},
		{trade.Land, "B", "B01", 7, (*life).land},
		{trade.Mining, "K", "B02", 2, (*life).mining},
		{trade.Property, "G", "G01", 6, (*life).property},
		{trade.Environment, "H", "H01", 3, (*life).environment},
		{trade.Medicine, "M", "M01", 2, (*life).medicine},
		{trade.Medicine, "Y", "M02", 1, added("9119")},
		{trade.Medicine, "V", "M03", 1, added("9120")},
		{trade.OtherTrade, "Q", "Q01", 3, (*life).other},
		{trade.OtherTrade, "L", "Q02", 1, added("9116")},
		{trade.OtherTrade, "F", "Q03", 1, added("9117")},
		{trade.OtherTrade, "T", "Q04", 1, added("9118")},
		{trade.OtherTrade, enterprise, "Q05", 2, added("9121")},
	}
}

// enterprise is the letter of what the enterprises' own platform trades.
const enterprise = "S"

// tell makes the life of docket i that is announced on a day.
func (p *Province) tell(i int, day time.Time, tw *twist) File {
	l := &life{Province: p, rnd: p.random(i, 0x6c696665), n: i, day: day, twist: tw}
	how := l.chosen()
	l.class = how.class
	l.settle(how)
	how.tell(l)
	if tw != nil && tw.tell != nil {
		tw.tell(l)
	}
	l.fellSilent()
	if tw == nil {
		l.mess()
	}
	slices.SortStableFunc(l.out, func(a, b Sending) int { return a.At.Compare(b.At) })
	f := File{Docket: l.id, Class: l.class, Begun: day, Sendings: l.out, Papers: l.papers, Truth: l.truth}
	f.Rubbish = p.rubbish(&f, i)
	return f
}

// chosen draws the class of the transaction; a planted case has its own.
func (l *life) chosen() telling {
	all := tellings()
	lottery := l.rnd.IntN(100)
	for _, t := range all {
		if l.twist != nil && t.class == l.twist.of() || l.twist == nil && lottery < t.weight {
			return t
		}
		lottery -= t.weight
	}
	return all[0]
}

// systemOf is the system in which docket i is traded. Planted cases keep out of
// the one that falls silent, unless that is the case.
func (p *Province) systemOf(i int) int {
	n := p.random(i, 0x737973).IntN(len(p.Systems) - 1) // the last is the enterprises' own
	switch tw := p.twistOf(i); {
	case tw != nil && tw.seat > 0:
		return tw.seat
	case tw != nil && tw.silent:
		return p.silent()
	case tw != nil && n == p.silent():
		return n + 1
	}
	return n
}

// settle chooses the system, the place and the codes.
func (l *life) settle(how telling) {
	l.sys = l.systemOf(l.n)
	if how.letter == enterprise {
		l.sys = len(l.Systems) - 1
	}
	l.system = l.Systems[l.sys]
	l.region = pick(l.rnd, l.system.places())
	l.city = l.system.Region
	if l.city == "410000" {
		l.city = l.region
	}
	l.id = fmt.Sprintf("%s%s%010d001", how.letter, l.region, 2600000+l.n)
	l.deal = fmt.Sprintf("%s-%s-%s-%06d-0", how.deal, l.system.Platform, date(l.day), l.n%further+l.n/further*further/2)
	l.common = fields{
		"PLATFORM_CODE": l.system.Platform, "PUB_SERVICE_PLAT_CODE": l.system.Platform,
		"TRADE_PLAT": "G41" + l.system.Region + "01", "PUB_SERVICE_PLAT": "G4100000001", "TRA_PLACE_CODE": l.system.Region,
		"TRA_AGENCY_NAME": l.system.NameZH, "TRA_AGENCY_CODE": l.system.Platform, "TRAD_CENTER_NAME": l.system.NameZH,
		"TENDER_PROJECT_CODE": l.id, "UNIFIED_DEAL_CODE": l.deal, "UNIFIED_DEAL_CODES": l.deal, "REGION_CODE": l.region,
	}
}

// put makes a record that is sent when it happens. Fields that the caller left
// out but the standard requires are filled with plain values.
func (l *life) put(dataset, key string, at time.Time, own fields) {
	rec := standard.Record{
		Origin: l.system.Platform, Dataset: dataset, Op: standard.Insert, Key: key, Revision: stamp(at),
		Occurred: at.In(trade.Zone).Format(time.RFC3339), Fields: complete(dataset, own, l.common, at),
	}
	l.out = append(l.out, Sending{System: l.sys, At: at, Record: rec})
}

// fellSilent notes what the silent system kept back: its records of those days
// come in late, and K01 has to say so. Nothing happens there about a day before
// Now, where a minute would decide whether it is late; and where nothing but
// sealed records were kept back, of which nobody may tell before their moment,
// they are of that morning.
func (l *life) fellSilent() {
	if l.sys != l.silent() {
		return
	}
	_, from := l.Window(l.sys)
	late := false
	var sealed []*Sending
	for i := range l.out {
		s := &l.out[i]
		switch at := s.At; {
		case at.After(l.Now.Add(-25*time.Hour)) && at.Before(l.Now.Add(-22*time.Hour)):
			s.move(l.Now.Add(-22 * time.Hour))
		case at.After(from) && at.Before(l.Now):
			if at.Before(l.Now.Add(-24 * time.Hour)) {
				if set := standard.Default().Dataset(s.Record.Dataset); set.Seal == standard.Open {
					late = true
				} else {
					sealed = append(sealed, s)
				}
			}
			if signed, ok := trade.ParseMoment(s.Record.Fields["SIGNING_TIME"]); ok && worked(signed.Time, 3, 0, 0).Before(l.Now) {
				// A contract of procurement is published within two working days.
				l.truth = append(l.truth, Case{Docket: l.id, Lot: l.id + "001", Indicator: "A16", Expected: Hit, Name: "silence", Why: "the contract reached the platform more than two working days after its signing"})
			}
		}
	}
	if !late {
		for _, s := range sealed {
			s.move(l.Now.Add(-22 * time.Hour))
		}
	}
	if late && !slices.ContainsFunc(l.truth, func(c Case) bool { return c.Indicator == "K01" }) {
		l.truth = append(l.truth, Case{Docket: l.id, Indicator: "K01", Expected: Hit, Name: "silence", Why: "its trading system sent nothing for days, then all at once"})
	}
}

// move gives a record another moment.
func (s *Sending) move(at time.Time) {
	s.At, s.Record.Revision, s.Record.Occurred = at, stamp(at), at.In(trade.Zone).Format(time.RFC3339)
	if _, ok := s.Record.Fields["DATA_TIMESTAMP"]; ok {
		s.Record.Fields["DATA_TIMESTAMP"] = stamp(at)
	}
}

// each calls fn for the records of a data set, to change them.
func (l *life) each(dataset string, fn func(i int, r *standard.Record)) {
	n := 0
	for i := range l.out {
		if r := &l.out[i].Record; r.Dataset == dataset {
			fn(n, r)
			n++
		}
	}
}

// set gives a field of all records of a data set a value.
func (l *life) set(dataset, field, value string) {
	l.each(dataset, func(_ int, r *standard.Record) { r.Fields[field] = value })
}

// drop takes all records of data sets out.
func (l *life) drop(datasets ...string) {
	l.out = slices.DeleteFunc(l.out, func(s Sending) bool { return slices.Contains(datasets, s.Record.Dataset) })
}

// time reads a field of the first record of a data set as a time; zero when
// there is none.
func (l *life) time(dataset, field string) time.Time {
	for i := range l.out {
		if r := &l.out[i].Record; r.Dataset == dataset {
			if m, ok := trade.ParseMoment(r.Fields[field]); ok {
				return m.Time
			}
		}
	}
	return time.Time{}
}

// A bid is what one firm brings to one lot.
type bid struct {
	firm
	manager, managerID string
	price              float64
	at                 time.Time // handed in
	fetched            time.Time // documents downloaded
	home, card         string    // address and network card at its office, from which it fetches and decrypts
	contact, contactID string    // who fetches the documents
	lock               string    // of the estimating software
	payer              string    // account from which the deposit came
	person             bool      // a natural person, whose code is an ID number
}

// small is the price in yuan below which people buy for themselves.
const small = 1e6

// private makes the bidder, two times of three, a natural person in place of a
// firm.
func (b *bid) private(r *rand.Rand) {
	if r.IntN(3) == 0 {
		return
	}
	b.person, b.name, b.code = true, personName(r), idNumber(r, b.city)
}

// bids draws the bidders of a lot with their prices, the best first: the order
// in which the committee puts them.
func (l *life) bids(kind string, n int, day, deadline time.Time, price float64) []bid {
	var out []bid
	for i, f := range l.market.choose(l.rnd, kind, l.city, n) {
		b := bid{firm: f, manager: personName(l.rnd), managerID: idNumber(l.rnd, f.city), payer: f.account, home: f.ip, card: f.mac}
		for slices.ContainsFunc(out, func(o bid) bool { return o.manager == b.manager }) {
			b.manager = personName(l.rnd) // two people of one name in a lot are rare
		}
		b.contact, b.contactID = b.manager, b.managerID
		b.at = deadline.Add(-time.Duration(between(l.rnd, 20, 2800)) * time.Minute)
		b.fetched = clock(day, between(l.rnd, 0, 3), 9, 30).Add(time.Duration(between(l.rnd, 5, 420)) * time.Minute)
		b.lock = fmt.Sprintf("GL-%08d", 10000000+f.n*271+i)
		out = append(out, b)
	}
	for try := 0; crowded(out) && try < 200; try++ {
		for i := range out {
			out[i].at = deadline.Add(-time.Duration(between(l.rnd, 20, 2800)) * time.Minute)
		}
	}
	for try := 0; ; try++ {
		for i := range out {
			out[i].price = float64(int(price*(0.82+l.rnd.Float64()*0.165)/100)) * 100
		}
		if !regular(out) || try > 200 {
			break
		}
	}
	// The last of a ranking is the one that some committees reject: not the cheapest.
	if n := len(out) - 1; n > 0 && !slices.ContainsFunc(out[:n], func(b bid) bool { return b.price < out[n].price }) {
		out[0].price, out[n].price = out[n].price, out[0].price
	}
	return out
}

// crowded reports whether two bids come within five minutes of each other, so
// that somebody would ask: honest times are drawn again.
func crowded(bids []bid) bool {
	for i := range bids {
		for _, b := range bids[:i] {
			if d := bids[i].at.Sub(b.at); d.Abs() <= 5*time.Minute {
				return true
			}
		}
	}
	return false
}

// regular reports whether prices follow each other so evenly that somebody
// would ask: honest ones are drawn again.
func regular(bids []bid) bool {
	if len(bids) < 3 {
		return false
	}
	var prices []float64
	for _, b := range bids {
		prices = append(prices, b.price)
	}
	slices.SortFunc(prices, cmp.Compare[float64])
	least, most := prices[len(prices)-1], 0.0
	var sum, squares float64
	for i := range prices[1:] {
		d := prices[i+1] - prices[i]
		least, most = min(least, d), max(most, d)
		ratio := prices[i+1] / prices[i]
		sum, squares = sum+ratio, squares+ratio*ratio
	}
	n := float64(len(prices) - 1)
	spread := math.Sqrt(max(0, squares/n-sum*sum/n/n)) / (sum / n)
	return most < 2*least || spread < 0.012
}

// serial is a number for things of this docket: vouchers, certificates.
func (l *life) serial(n int) string { return strconv.Itoa(l.n*1000 + n) }
