package province

import (
	"slices"
	"time"

	"mingjing/internal/trade"
)

// What a planted case should make an indicator say.
const (
	Hit  = "hit"        // it fires
	Look = "look-alike" // it must not fire: there is an honest reason
)

// A Case is one planted case: what an indicator should say of a docket or lot.
type Case struct {
	Docket    string `json:"docket"`
	Lot       string `json:"lot,omitempty"`
	Indicator string `json:"indicator"`
	Expected  string `json:"expected"` // Hit or Look
	Name      string `json:"name"`     // of the twist
	Why       string `json:"why"`
	// From is the moment from which a hit fires, when the indicator waits for
	// what is missing after the records have come.
	From time.Time `json:"from,omitzero"`
}

// A twist turns an honest life into a planted case. Each of its parts may be nil.
type twist struct {
	indicator string
	expected  string
	name      string   // what is done
	why       string   // what an auditor would say, in a line
	also      []string // further indicators that fire with it
	class     trade.Class
	silent    bool          // in the system that falls silent
	waits     time.Duration // how long the indicator waits for what is missing
	docket    bool          // the indicator speaks of the docket, not of the lot

	says    []answer                      // of a ring: what indicators should say, in place of indicator and expected
	seat    int                           // system in which it is traded; 0: as chance has it
	age     int                           // days before Now on which it is announced; 0: as chance has it
	parties func(*tender)                 // other tenderer, agency, place and kind
	panel   func(seats, library []expert) // another committee, out of the library

	terms    func(*terms) // other days and numbers, by class
	purchase func(*purchaseTerms)
	grant    func(*grantTerms)
	bids     func(*life, *lot) // other bids
	tell     func(*life)       // other records, when all are made
}

func (t *twist) of() trade.Class {
	if t.class == "" {
		return trade.Construction
	}
	return t.class
}

// twistOf returns the twist of docket i, nil for an honest one. The first
// dockets carry the cases, each of them once in a thousand dockets;
// then come those over many dockets, once.
func (p *Province) twistOf(i int) *twist {
	all := twists()
	if once := len(all) * max(1, p.Dockets/1000); i >= once {
		if i -= once; i < len(p.ringed) {
			return &p.ringed[i]
		}
		return nil
	}
	return &all[i%len(all)]
}

// planted notes the twist's case for a lot.
func (l *life) planted(lot string) {
	if t := l.twist; t != nil {
		if t.docket {
			lot = ""
		}
		for _, a := range t.says {
			l.truth = append(l.truth, Case{Docket: l.id, Lot: lot, Indicator: a.indicator, Expected: a.expected, Name: t.name, Why: t.why})
		}
		if t.indicator == "" {
			return
		}
		c := Case{Docket: l.id, Lot: lot, Indicator: t.indicator, Expected: t.expected, Name: t.name, Why: t.why}
		if t.waits > 0 {
			c.From = l.Now.Add(t.waits)
		}
		if slices.Contains(l.truth, c) {
			return // of a docket: said with its first lot
		}
		l.truth = append(l.truth, c)
		for _, c.Indicator = range t.also {
			c.Expected = Hit
			l.truth = append(l.truth, c)
		}
	}
}
