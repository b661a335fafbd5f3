package cardinal

import (
	"bytes"
	"slices"
)

// flags is a set of indicators.
type flags uint16

func (f flags) has(i Indicator) bool { return f>>i&1 != 0 }

func (f *flags) put(i Indicator) { *f |= 1 << i }

// A found is what the indicators that look at one process alone say of it.
type found struct {
	at       place
	ocid     string
	flags    flags
	excluded uint32 // R035: how many others were disqualified
}

// A ratio is how far the second lowest bid lies above the winner's.
type ratioOf struct {
	at             place
	ocid           string
	lots           string // the lots that these bids are for; only in our own answer
	d              float64
	winner, second uint32
}

// A place is a line's place in the stream, for order only.
type place uint64

// A mapping is a process that is flagged, or of interest, together with an
// organisation.
type mapping struct {
	at   place
	ocid string
	kind mapKind
	org  uint32
}

type mapKind uint8

const (
	mapBuyer mapKind = iota
	mapEntity
	mapTenderers
	mapR024
	mapR028
	mapR030
	mapR035
	mapR058
	mapKinds
)

var mapNames = [mapKinds]string{
	"ocid_buyer_r038", "ocid_procuringentity_r038", "ocid_tenderer", "ocid_tenderer_r024",
	"ocid_tenderer_r028", "ocid_tenderer_r030", "ocid_tenderer_r035", "ocid_tenderer_r058",
}

// A part is a fraction that is still counted.
type part struct{ of, all uint32 }

func (p *part) add(of, all uint32) { p.of, p.all = p.of+of, p.all+all }

func (p part) ratio() float64 { return float64(p.of) / float64(p.all) }

// A supplier is what is counted of one organisation as tenderer and supplier.
type supplier struct {
	codes     []uint32 // R048: classifications; some may be there twice until tidied
	wins      part     // R025: processes won, of those with a valid bid
	dropped   part     // R038: bids disqualified, of those submitted
	processes uint32   // R048: processes with a classified item won
	flags     flags
}

// addCode keeps the list at most twice as long as it has different codes.
func (s *supplier) addCode(c uint32) {
	if len(s.codes) == cap(s.codes) && len(s.codes) > 0 {
		s.tidy()
		if len(s.codes) > cap(s.codes)/2 {
			s.codes = slices.Grow(s.codes, len(s.codes))
		}
	}
	s.codes = append(s.codes, c)
}

func (s *supplier) tidy() {
	slices.Sort(s.codes)
	s.codes = slices.Compact(s.codes)
}

// A tally is what one worker has found so far.
type tally struct {
	reader
	set  *Settings
	ours bool // our own answer, not Cardinal's
	maps bool

	// resolve gives the currency that prices are compared in, and proposes one
	// in case that none was met before this line.
	resolve  func(proposed []byte) string
	chunk    int // that is read
	currency string
	decided  bool

	tenderers names
	suppliers []supplier // by the numbers of tenderers
	buyers    names
	bought    []part // R038, by the numbers of buyers
	entities  names
	procured  []part // R038, by the numbers of entities
	codes     names

	found    []found
	ratios   []ratioOf
	mappings []mapping

	// Of the release at hand:
	at     place
	ocid   string // empty until it is needed
	states []state
	org    []uint32 // the organisations' numbers, by release.ids
	now    found
	all    []int // every bid
	whole  []int // every award
	prices []price
	these  []uint32
	those  []uint32
	third  []uint32
}

// state is what a bid's status means.
type state uint8

const (
	noBid state = iota // no status, invited, withdrawn
	validBid
	disqualifiedBid
	otherBid // submitted: pending and what nobody knows
)

func stateOf(t text) state {
	switch string(t) {
	case "valid":
		return validBid
	case "disqualified":
		return disqualifiedBid
	case "invited", "withdrawn":
		return noBid
	}
	if t == nil {
		return noBid
	}
	return otherBid
}

func newTally(s *Settings) *tally {
	return &tally{set: s}
}

// meet gives numbers to the release's tenderers and suppliers, all at once: the
// looks into memory that this takes then overlap.
func (t *tally) meet() {
	t.org = t.org[:0]
	for _, id := range t.ids {
		t.org = append(t.org, t.tenderers.of(id))
	}
	for len(t.suppliers) < len(t.tenderers.list) {
		t.suppliers = append(t.suppliers, supplier{})
	}
}

// party gives the number of the organisation at a place of the release's ids.
func (t *tally) party(k int) uint32 { return t.org[k] }

// partyOf gives the first of parties, of whom there must be one.
func (t *tally) partyOf(p parties) uint32 { return t.party(p.ids.from) }

// name gives the ocid as a string.
func (t *tally) name() string {
	if t.ocid == "" {
		t.ocid = string(t.release.ocid)
	}
	return t.ocid
}

func (t *tally) mapTo(kind mapKind, org uint32) {
	if t.maps {
		t.mappings = append(t.mappings, mapping{t.at, t.name(), kind, org})
	}
}

// flagTenderer flags an organisation for its part in a process.
func (t *tally) flagTenderer(i Indicator, kind mapKind, org uint32) {
	t.suppliers[org].flags.put(i)
	t.mapTo(kind, org)
}

// look applies every indicator to the release that was read.
func (t *tally) look(at place) {
	r := &t.release
	if r.ocid == nil || string(r.status) == "cancelled" || r.details != nil && t.set.exclude.has(r.details) {
		return
	}
	t.at, t.ocid = at, ""
	t.now = found{at: at}
	t.states, t.all, t.whole = t.states[:0], t.all[:0], t.whole[:0]
	for i := range r.bids {
		t.states = append(t.states, stateOf(r.bids[i].status))
		t.all = append(t.all, i)
	}
	for i := range r.awards {
		t.whole = append(t.whole, i)
	}
	t.meet()

	on := &t.set.on
	if t.maps && (on[R025] || on[R038] || on[R048]) {
		t.mapTenderers()
	}
	if on[R003] {
		t.r003()
	}
	if on[R018] {
		t.r018()
	}
	if t.ours && len(r.lots) > 0 {
		t.eachLot()
	} else {
		t.compete(t.all, t.whole, "")
	}
	if on[R030] {
		t.r030()
	}
	if on[R038] {
		t.r038()
	}
	if on[R048] {
		t.r048()
	}
	if t.now.flags != 0 {
		t.now.ocid = t.name()
		t.found = append(t.found, t.now)
	}
}

func (t *tally) mapTenderers() {
	for i := range t.bids {
		if t.states[i] == noBid {
			continue
		}
		ids := t.bids[i].tenderers.ids
		for k := ids.from; k < ids.to; k++ {
			t.mapTo(mapTenderers, t.party(k))
		}
	}
}

// compete applies the indicators that compare the bids of one competition.
func (t *tally) compete(bids, awards []int, lots string) {
	on := &t.set.on
	priced := t.comparesPrices()
	final, winners := t.awarded(awards)
	if final {
		// Where one award stands and went to one supplier, all bids were for
		// all items.
		if winners == 1 && t.active(awards).suppliers.sole() {
			winner := t.partyOf(t.active(awards).suppliers)
			if priced && (on[R024] || on[R058]) {
				t.ratio(bids, winner, lots)
			}
			if on[R025] {
				t.r025(bids, winner)
			}
		}
		if on[R035] {
			t.r035(bids, awards)
		}
	}
	if priced && on[R028] {
		t.r028(bids)
	}
	if priced && on[R036] && t.active(awards) != nil {
		t.r036(bids)
	}
}

// comparesPrices says whether the process's method of award goes by price.
func (t *tally) comparesPrices() bool {
	if len(t.set.onlyPrices) > 0 {
		return t.details != nil && t.set.onlyPrices.has(t.details)
	}
	return t.details == nil || !t.set.noPrices.has(t.details)
}

// awarded says whether no award is still open, and how many are active. There
// must be lists of awards and of bids, though they may be empty.
func (t *tally) awarded(awards []int) (final bool, active int) {
	if !t.hasAwards || !t.hasBids {
		return false, 0
	}
	for _, i := range awards {
		switch s := t.awards[i].status; {
		case s == nil:
		case string(s) == "active":
			active++
		case string(s) != "cancelled" && string(s) != "unsuccessful":
			return false, 0
		}
	}
	return true, active
}

// active gives the first active award.
func (t *tally) active(awards []int) *award {
	for _, i := range awards {
		if string(t.awards[i].status) == "active" {
			return &t.awards[i]
		}
	}
	return nil
}

// inCurrency says whether a price is in the currency that is compared.
func (t *tally) inCurrency(c text) bool {
	if !t.decided {
		if t.set.currency != nil {
			t.currency = *t.set.currency
		} else {
			t.currency = t.resolve(c)
		}
		t.decided = true
	}
	return string(c) == t.currency
}

// ratio compares the winner's lowest bid with the lowest of the others.
func (t *tally) ratio(bids []int, winner uint32, lots string) {
	var win, second float64
	var loser uint32
	won, lost := false, false
	var common text // our own answer: the currency of the winner's first bid
	for _, i := range bids {
		b := &t.bids[i]
		if t.states[i] != validBid || !t.hasPrice(b) || !b.tenderers.sole() {
			continue
		}
		if !t.ours || t.set.currency != nil {
			if !t.inCurrency(b.currency) {
				continue
			}
		} else {
			if common == nil {
				common = t.winnersCurrency(bids, winner)
			}
			if !bytes.Equal(b.currency, common) {
				continue
			}
		}
		org := t.partyOf(b.tenderers)
		switch {
		case org == winner && (!won || b.amount < win):
			win, won = b.amount, true
		case org != winner && (!lost || b.amount < second):
			second, loser, lost = b.amount, org, true
		}
	}
	if won && lost && second >= win { // else price was not all that counted
		t.ratios = append(t.ratios, ratioOf{t.at, t.name(), lots, (second - win) / win, winner, loser})
	}
}

// hasPrice says whether a bid has a price that can be compared. Our own answer
// takes a price of zero or less for one that was not filled in.
func (t *tally) hasPrice(b *bid) bool {
	return b.priced && b.currency != nil && (!t.ours || b.amount > 0)
}

func (t *tally) winnersCurrency(bids []int, winner uint32) text {
	for _, i := range bids {
		b := &t.bids[i]
		if t.states[i] == validBid && t.hasPrice(b) && b.tenderers.sole() && t.partyOf(b.tenderers) == winner {
			return b.currency
		}
	}
	return text{}
}

func (t *tally) r003() {
	if t.start == nil || t.end == nil || !t.methodIn(t.set.r003.methods) {
		return
	}
	n, ok := t.period()
	if !ok {
		return
	}
	least, special := t.set.r003.details[string(t.details)]
	if !special || t.details == nil {
		least = t.set.r003.days
	}
	if n < least {
		t.now.flags.put(R003)
	}
}

// period gives the whole days that bidders had.
func (t *tally) period() (int64, bool) {
	a, ok := parseMoment(t.start)
	b, and := parseMoment(t.end)
	if ok && and {
		return days(a, b), true
	}
	if t.ours {
		return calendarDays(t.start, t.end)
	}
	return 0, false
}

// methodIn says whether the procurement method is in a list; an empty list has
// them all.
func (t *tally) methodIn(list set) bool {
	return len(list) == 0 || t.method != nil && list.has(t.method)
}

func (t *tally) r018() {
	if !t.methodIn(t.set.r018methods) {
		return
	}
	if string(t.count) == "1" || t.ours && t.count == nil && t.soleBidder() {
		t.now.flags.put(R018)
	}
}

// r025 counts processes with a valid bid, and those won, of each tenderer.
func (t *tally) r025(bids []int, winner uint32) {
	t.these = t.these[:0]
	for _, i := range bids {
		b := &t.bids[i]
		if t.states[i] == validBid && b.tenderers.sole() {
			t.these = append(t.these, t.partyOf(b.tenderers))
		}
	}
	for _, org := range asSet(t.these) {
		if org == winner {
			t.suppliers[org].wins.add(1, 1)
		} else {
			t.suppliers[org].wins.add(0, 1)
		}
	}
}

// A price is where a price last occurred.
type price struct {
	amount float64
	bid    int
}

// r028 looks for equal prices of different tenderers.
func (t *tally) r028(bids []int) {
	t.prices = t.prices[:0]
	var far map[string]map[float64]int
	for _, i := range bids {
		b := &t.bids[i]
		if t.states[i] == noBid || !b.tenderers.listed || b.tenderers.ids.len() == 0 || !t.hasPrice(b) {
			continue
		}
		last := -1
		if len(t.prices) < 64 {
			for k := len(t.prices) - 1; k >= 0; k-- {
				if p := t.prices[k]; p.amount == b.amount && bytes.Equal(t.bids[p.bid].currency, b.currency) {
					last = p.bid
					break
				}
			}
		} else { // a search through all would be slow
			if far == nil {
				far = map[string]map[float64]int{}
				for _, p := range t.prices {
					remember(far, t.bids[p.bid].currency, p)
				}
			}
			if k, ok := far[string(b.currency)][b.amount]; ok {
				last = k
			}
			remember(far, b.currency, price{b.amount, i})
		}
		t.prices = append(t.prices, price{b.amount, i})
		if last >= 0 {
			t.samePrice(t.bids[last].tenderers, b.tenderers)
		}
	}
}

func remember(far map[string]map[float64]int, currency text, p price) {
	of := far[string(currency)]
	if of == nil {
		of = map[float64]int{}
		far[string(currency)] = of
	}
	of[p.amount] = p.bid
}

// samePrice flags two bids of one price, unless the same tenderers made both.
func (t *tally) samePrice(a, b parties) {
	t.these = t.setOf(t.these[:0], a)
	t.those = t.setOf(t.those[:0], b)
	if slices.Equal(t.these, t.those) {
		return
	}
	t.now.flags.put(R028)
	for _, org := range t.these {
		t.flagTenderer(R028, mapR028, org)
	}
	for _, org := range t.those {
		t.flagTenderer(R028, mapR028, org)
	}
}

// setOf gives parties as a set, in a list of the caller's.
func (t *tally) setOf(list []uint32, p parties) []uint32 { return asSet(t.listOf(list, p)) }

// listOf appends parties to a list.
func (t *tally) listOf(list []uint32, p parties) []uint32 {
	return append(list, t.org[p.ids.from:p.ids.to]...)
}

// asSet sorts a list and takes out what is there twice.
func asSet(list []uint32) []uint32 {
	if len(list) < 2 {
		return list
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// r030 looks for valid bids of suppliers that came after the end.
func (t *tally) r030() {
	if t.end == nil || !t.hasAwards || !t.hasBids {
		return
	}
	known := false
	for i := range t.bids {
		b := &t.bids[i]
		if t.states[i] != validBid || b.date == nil || b.tenderers.ids.len() == 0 || !t.late(b) {
			continue
		}
		if !known || t.ours {
			t.these, known = t.winnersOf(t.these[:0], b.lots), true
		}
		for k := b.tenderers.ids.from; k < b.tenderers.ids.to; k++ {
			if _, won := slices.BinarySearch(t.these, t.party(k)); won {
				t.now.flags.put(R030)
				t.flagTenderer(R030, mapR030, t.party(k))
			}
		}
	}
}

// winnersOf appends the suppliers of all active awards, in our own answer of
// those for the same lots, as a set.
func (t *tally) winnersOf(list []uint32, lots span) []uint32 {
	for i := range t.awards {
		a := &t.awards[i]
		if string(a.status) != "active" || t.ours && !t.sameLots(a.lots, lots) {
			continue
		}
		list = t.listOf(list, a.suppliers)
	}
	return asSet(list)
}

// late says whether a bid came after the end. Cardinal compares the texts.
func (t *tally) late(b *bid) bool {
	if t.ours {
		return lateAsTime(b.date, t.end)
	}
	return bytes.Compare(b.date, t.end) > 0
}

// r035 looks for a winner who is the only one left.
func (t *tally) r035(bids, awards []int) {
	t.these, t.those, t.third = t.these[:0], t.those[:0], t.third[:0]
	for _, i := range bids {
		switch t.states[i] {
		case validBid:
			t.these = t.listOf(t.these, t.bids[i].tenderers)
		case disqualifiedBid:
			t.those = t.listOf(t.those, t.bids[i].tenderers)
		}
	}
	if t.these, t.those = asSet(t.these), asSet(t.those); len(t.these) != 1 {
		return
	}
	for _, i := range awards {
		if string(t.awards[i].status) == "active" {
			t.third = t.listOf(t.third, t.awards[i].suppliers)
		}
	}
	if t.third = asSet(t.third); !slices.Equal(t.these, t.third) {
		return
	}
	others := len(t.those)
	if _, too := slices.BinarySearch(t.those, t.these[0]); too {
		others--
	}
	if others >= t.set.r035 {
		t.now.flags.put(R035)
		t.now.excluded = max(t.now.excluded, uint32(others))
		t.flagTenderer(R035, mapR035, t.these[0])
	}
}

// r036 looks for a lowest bid that was disqualified.
func (t *tally) r036(bids []int) {
	if t.ours && t.set.currency == nil {
		t.r036eachCurrency(bids)
		return
	}
	lowest, any, dropped, valid := 0.0, false, false, false
	for _, i := range bids {
		b := &t.bids[i]
		if t.states[i] == noBid || !t.hasPrice(b) || !t.inCurrency(b.currency) {
			continue
		}
		if !any || b.amount < lowest {
			lowest, any, dropped = b.amount, true, t.states[i] == disqualifiedBid
		}
		valid = valid || t.states[i] == validBid
	}
	if valid && dropped {
		t.now.flags.put(R036)
	}
}

// r038 counts disqualified and submitted bids.
func (t *tally) r038() {
	var dropped, submitted uint32
	for i := range t.bids {
		if t.states[i] == noBid {
			continue
		}
		submitted++
		one := uint32(0)
		if t.states[i] == disqualifiedBid {
			one = 1
		}
		dropped += one
		ids := t.bids[i].tenderers.ids
		for k := ids.from; k < ids.to; k++ {
			t.suppliers[t.party(k)].dropped.add(one, 1)
		}
	}
	if submitted == 0 {
		return
	}
	if t.buyer != nil {
		k := t.buyers.of(t.buyer)
		if int(k) == len(t.bought) {
			t.bought = append(t.bought, part{})
		}
		t.bought[k].add(dropped, submitted)
		if dropped > 0 {
			t.mapTo(mapBuyer, k)
		}
	}
	if t.entity != nil {
		k := t.entities.of(t.entity)
		if int(k) == len(t.procured) {
			t.procured = append(t.procured, part{})
		}
		t.procured[k].add(dropped, submitted)
		if dropped > 0 {
			t.mapTo(mapEntity, k)
		}
	}
}

// r048 counts the kinds of things that a supplier was awarded.
func (t *tally) r048() {
	t.these = t.these[:0]
	for i := range t.awards {
		a := &t.awards[i]
		if string(a.status) != "active" || !a.items || !a.suppliers.sole() || a.codes.len() == 0 {
			continue
		}
		org := t.partyOf(a.suppliers)
		s := &t.suppliers[org]
		if !slices.Contains(t.these, org) { // a process counts once
			t.these = append(t.these, org)
			s.processes++
		}
		for k := a.codes.from; k < a.codes.to; k++ {
			s.addCode(t.codes.of(firstRunes(t.release.codes[k], t.set.r048.digits)))
		}
	}
}

// firstRunes gives the first n characters of a text.
func firstRunes(t text, n int) text {
	i := 0
	for ; n > 0 && i < len(t); n-- {
		for i++; i < len(t) && t[i]&0xC0 == 0x80; i++ {
		}
	}
	return t[:i]
}
