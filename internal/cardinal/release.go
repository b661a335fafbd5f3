package cardinal

// A text is a string of a release, without escapes; nil if the field is absent
// or no string.
type text []byte

// A release is what the indicators look at in one compiled release. Its texts
// point into the line and are valid until the next one is read.
type release struct {
	ocid    text
	buyer   text // buyer.id
	entity  text // tender.procuringEntity.id
	status  text // tender.status
	method  text // tender.procurementMethod
	details text // tender.procurementMethodDetails
	start   text // tender.tenderPeriod.startDate
	end     text // tender.tenderPeriod.endDate
	count   text // tender.numberOfTenderers, the number as it is written

	hasBids   bool // bids.details is an array
	bids      []bid
	hasAwards bool // awards is an array
	awards    []award
	ids       []text // tenderers and suppliers that have an id
	lots      []text // related lots of bids and awards
	codes     []text // classifications of awarded items
}

// A span is a part of one of a release's lists.
type span struct{ from, to int }

func (s span) len() int { return s.to - s.from }

// parties are a bid's tenderers or an award's suppliers.
type parties struct {
	listed bool // it is an array
	n      int  // how many elements, with or without an id
	ids    span // of release.ids
}

// sole says that there is one party, and it has an id.
func (p parties) sole() bool { return p.n == 1 && p.ids.len() == 1 }

type bid struct {
	status    text
	date      text
	currency  text
	amount    float64
	priced    bool // value.amount is a number that a float64 can hold
	tenderers parties
	lots      span
}

type award struct {
	status    text
	suppliers parties
	items     bool // items is an array
	codes     span
	lots      span
}

func (r *release) clear() {
	*r = release{bids: r.bids[:0], awards: r.awards[:0], ids: r.ids[:0], lots: r.lots[:0], codes: r.codes[:0]}
}
