// Package docket is one transaction's whole file: the types of a construction
// tender's life, the routing of records to dockets by the codes they name, and
// the fold that makes a docket from its records. Everything here is a pure
// function of its arguments: no clock, no SQL, no HTTP.
package docket

import (
	"time"

	"mingjing/internal/standard"
)

// A Version is one stored version of a record, as far as it may be read now.
// Parts still sealed are simply absent from Fields and named in Sealed.
type Version struct {
	standard.Record
	Position int64                    // position in the log
	Received time.Time                // our clock, never the client's
	Source   string                   // registered source that sent it
	History  bool                     // came through a history window: timeliness rules do not apply
	Sealed   map[string]standard.Seal // fields that exist but cannot be read yet, with their seal
	Defects  []standard.Problem       // found when it was taken in
	System   bool                     // its author is this system itself: only such versions may be facts of release
}

// A Code is a name under which records find each other: "tender:<C20>",
// "project:<C17>", "lot:<C23>", "ocid:<ocid>".
type Code string

// A Docket is the fold of all versions of all records routed to it. It is what
// rules read. It is never shown as it is: every reader gets a disclose.View.
type Docket struct {
	ID        string      `json:"id"`        // tender project code, or ocid
	Class     string      `json:"class"`     // trade.Class
	Title     string      `json:"title"`     // TENDER_PROJECT_NAME of the 501
	Region    string      `json:"region"`    // GB/T 2260 code
	Through   int64       `json:"through"`   // greatest log position that was folded in
	Origins   []string    `json:"origins"`   // platform codes that sent records, sorted
	Live      []Entry     `json:"live"`      // the current version of each row, sorted by data set, origin, key; tombstones included
	Announced []Announced `json:"announced"` // every deadline or opening time ever announced, superseded versions included
	Releases  []Release   `json:"releases"`  // facts of release, from release records
	Lots      []Lot       `json:"lots"`
	Events    []Event     `json:"events"` // the timeline, by time then position

	Bulk []BulkTotal `json:"bulk,omitempty"` // what stands for the rows of bulk data sets, by data set, origin, lot

	Index *Index `json:"-"` // of a copy that is only read; see Indexed
}

// An Entry is the current version of one row.
type Entry struct {
	Dataset  string                   `json:"dataset"`
	Origin   string                   `json:"origin"`
	Key      string                   `json:"key"`
	Revision string                   `json:"revision"`
	Deleted  bool                     `json:"deleted,omitempty"`
	Position int64                    `json:"position"`
	Received time.Time                `json:"received"`
	First    time.Time                `json:"first"` // received time of the version that came first: a later correction is not a late upload
	Occurred string                   `json:"occurred,omitempty"`
	Source   string                   `json:"source"`
	History  bool                     `json:"history,omitempty"` // its first version came through a history window
	Versions int                      `json:"versions"`          // how many versions this row has
	Fields   map[string]string        `json:"fields"`
	Sealed   map[string]standard.Seal `json:"sealed,omitempty"`
}

// Announced is one announced deadline or opening time of a lot.
type Announced struct {
	Lot      string    `json:"lot"`  // "" for all lots of the tender
	Kind     string    `json:"kind"` // KindDeadline, KindOpening or KindPrequalification
	At       time.Time `json:"at"`   // of a date without time its last second
	WholeDay bool      `json:"whole_day,omitempty"`
	Dataset  string    `json:"dataset"`
	Origin   string    `json:"origin"`
	Key      string    `json:"key"`
	Field    string    `json:"field"`
	Position int64     `json:"position"`
	Live     bool      `json:"live"` // false when a later version superseded it
}

// A Release is the fact that a seal came off, or that it stays on because the
// opening failed. It is itself a record of the log (data set "release").
type Release struct {
	Origin   string        `json:"origin"`
	Lot      string        `json:"lot"`
	Seal     standard.Seal `json:"seal"`  // Bid or Committee
	State    string        `json:"state"` // "opened" or "failed" (fewer than three bidders: stays closed)
	Bidders  int           `json:"bidders"`
	At       time.Time     `json:"at"`       // when it was decided
	Opening  time.Time     `json:"opening"`  // the opening time it rests on
	Position int64         `json:"position"` // of the release record
	Basis    Ref           `json:"basis"`    // the opening record or result it rests on
}

// A Ref points at one field of one row: the evidence of a finding.
type Ref struct {
	Dataset  string `json:"dataset"`
	Key      string `json:"key"`
	Field    string `json:"field,omitempty"`
	Origin   string `json:"origin,omitempty"`
	Position int64  `json:"position,omitempty"`
}

// A Lot is one section (标段) of the tender with its bids, as far as released.
type Lot struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Bids []Bid  `json:"bids,omitempty"` // one a bidder; empty before release
	// Declared is false when no live 502 declares the lot and other rows only name it.
	Declared bool `json:"declared,omitempty"`
}

// A Bid is what one bidder brought to one lot (507, and by bidder code 519, 9010, 9011).
type Bid struct {
	Bidder string `json:"bidder"`
	Code   string `json:"code"`
	Ref    Ref    `json:"ref"`
	More   []Ref  `json:"more,omitempty"` // further 507 rows of the same bidder for the same lot
}

// An Event is one thing that happened, with its time, source and record.
type Event struct {
	At       time.Time `json:"at"`
	WholeDay bool      `json:"whole_day,omitempty"`
	Kind     string    `json:"kind"` // such as "notice.published", "bid.deadline", "opening", "contract.signed"
	Lot      string    `json:"lot,omitempty"`
	Source   string    `json:"source"`
	Ref      Ref       `json:"ref"`
}
