package cardinal

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
