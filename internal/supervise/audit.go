package supervise

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
)

// The kinds of an Asking.
const (
	AskQuery    = "query"    // a question of the auditor's own over a snapshot
	AskExport   = "export"   // its answer, taken out as a file
	AskEvidence = "evidence" // an evidence file of a docket
)

// MaxSQL is the greatest length of a question in bytes.
const MaxSQL = 20_000

// An Asking is what an auditor asked or took out at their port. It is in the log
// before anything is answered.
type Asking struct {
	ID       string    `json:"id"`
	Act      string    `json:"act"`
	At       time.Time `json:"at"`
	SQL      string    `json:"sql,omitempty"`
	Snapshot int64     `json:"snapshot,omitempty"` // number of records in the log at the snapshot
	Personal bool      `json:"personal,omitempty"` // personal data unmasked
	Format   string    `json:"format,omitempty"`   // of an export
	Docket   string    `json:"docket,omitempty"`   // of an evidence file
	Person   string    `json:"person"`             // id
	Name     string    `json:"name"`
	Post     string    `json:"post,omitempty"` // id
	Office   string    `json:"office,omitempty"`
	ForName  string    `json:"for_name,omitempty"`
	Position int64     `json:"-"` // of its record in the log; not told: gaps between positions would count sealed bids
}

// ErrAsking wraps why an asking cannot be.
var ErrAsking = errors.New("question refused")

// Check says what an asking lacks, in words for the person, or nil.
func (a *Asking) Check() error {
	fail := func(zh, en string) error { return fmt.Errorf("%w: %s / %s", ErrAsking, zh, en) }
	switch {
	case !slices.Contains([]string{AskQuery, AskExport, AskEvidence}, a.Act):
		return fail("未知的行为", "unknown kind")
	case a.ID == "" || a.At.IsZero() || a.Person == "" || a.Name == "":
		return fail("须由具名人员提出", "a named person must ask")
	case a.Act == AskEvidence && a.Docket == "":
		return fail("须指明案卷", "name the docket")
	case a.Act != AskEvidence && strings.TrimSpace(a.SQL) == "":
		return fail("请写查询语句", "write a question")
	case len(a.SQL) > MaxSQL || !utf8.ValidString(a.SQL) || strings.ContainsRune(a.SQL, 0):
		return fail(fmt.Sprintf("查询语句不得超过 %d 字节", MaxSQL), fmt.Sprintf("a question has at most %d bytes", MaxSQL))
	}
	return nil
}

// Fields of the record of what an auditor did; see the catalogue's data set.
const (
	fieldAt       = "AT"
	fieldSQL      = "SQL"
	fieldSnapshot = "SNAPSHOT"
	fieldPersonal = "PERSONAL"
	fieldFormat   = "FORMAT"
)

// Record writes an asking as a record of the log.
func (a *Asking) Record() standard.Record {
	fields := map[string]string{fieldAct: a.Act, fieldAt: a.At.UTC().Format(time.RFC3339), fieldPerson: a.Person, fieldName: a.Name}
	for name, value := range map[string]string{
		fieldSQL: a.SQL, fieldFormat: a.Format, fieldDocket: a.Docket, fieldPost: a.Post, fieldOffice: a.Office, fieldForName: a.ForName,
		fieldSnapshot: map[bool]string{true: strconv.FormatInt(a.Snapshot, 10)}[a.Act != AskEvidence], fieldPersonal: map[bool]string{true: "1"}[a.Personal],
	} {
		if value != "" {
			fields[name] = value
		}
	}
	return standard.Record{Origin: docket.SystemOrigin, Dataset: docket.DatasetAudit, Op: standard.Insert, Key: a.ID, Revision: "1", Occurred: fields[fieldAt], Fields: fields}
}

// ReadAsking reads the asking of a record; false when it is none.
func ReadAsking(rec *standard.Record, position int64) (Asking, bool) {
	if rec.Dataset != docket.DatasetAudit || rec.Origin != docket.SystemOrigin || rec.Op == standard.Delete {
		return Asking{}, false
	}
	f := rec.Fields
	at, err := time.Parse(time.RFC3339, f[fieldAt])
	snapshot, _ := strconv.ParseInt(f[fieldSnapshot], 10, 64)
	a := Asking{
		ID: rec.Key, Act: f[fieldAct], At: at, SQL: f[fieldSQL], Snapshot: snapshot, Personal: f[fieldPersonal] == "1", Format: f[fieldFormat], Docket: f[fieldDocket],
		Person: f[fieldPerson], Name: f[fieldName], Post: f[fieldPost], Office: f[fieldOffice], ForName: f[fieldForName], Position: position,
	}
	return a, err == nil && a.Check() == nil
}
