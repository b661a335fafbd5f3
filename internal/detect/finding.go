// Package detect holds the indicators: pure functions that look at a docket and
// say whether something deserves a look, and why. A finding is a clue (线索),
// never a verdict.
package detect

import (
	"time"

	"mingjing/internal/docket"
)

// State is the answer of an indicator (design section 4, point 12).
type State string

// The five states.
const (
	Fired            State = "fired"
	Clear            State = "clear"
	InsufficientData State = "insufficient data"
	NotApplicable    State = "not applicable"
	Failed           State = "failed"
)

// A Finding is one indicator's answer for one docket, lot and set of subjects.
type Finding struct {
	Key         string       `json:"key"` // hex of hash(indicator, docket, lot, subjects)
	Indicator   string       `json:"indicator"`
	State       State        `json:"state"`
	Docket      string       `json:"docket"`
	Lot         string       `json:"lot,omitempty"`
	Subjects    []string     `json:"subjects"` // codes or names of bodies, sorted
	Value       string       `json:"value"`    // what was measured, with its unit: "19 d"
	Threshold   string       `json:"threshold"`
	Reason      string       `json:"reason,omitempty"` // for insufficient data, not applicable, failed: which field lacks, "sealed", …
	TextZH      string       `json:"zh"`               // one sentence, as a clue
	TextEN      string       `json:"en"`
	Grade       string       `json:"grade"` // "fact" (事实级) or "clue" (线索级)
	Article     string       `json:"article,omitempty"`
	Evidence    []docket.Ref `json:"evidence"`
	Digest      string       `json:"digest"`                // of indicator version, settings and the evidence's values: a dismissal holds until it changes
	Settings    string       `json:"settings"`              // id and date of the settings used
	Edition     string       `json:"edition,omitempty"`     // of the peer statistics used
	Again       time.Time    `json:"again,omitzero"`        // when the answer may change though nothing arrives
	Behind      []Behind     `json:"behind,omitempty"`      // lots of other dockets on which it rests, the newest, where it is about bodies over many
	BehindOf    int          `json:"behind_of,omitempty"`   // how many lots it rests on in all, this one included
	Provisional bool         `json:"provisional,omitempty"` // days counted beyond the calendar's last known year
}
