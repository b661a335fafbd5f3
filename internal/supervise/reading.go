package supervise

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
)

// A Reading says that somebody was shown a protected class of a docket, within
// a quarter of an hour. It is in the log before anything is shown.
type Reading struct {
	Docket   string    `json:"docket"`
	Class    string    `json:"class"`            // class/seal of the disclosure table, such as "closed/bid"
	Quarter  time.Time `json:"quarter"`          // begin of the quarter of an hour
	Person   string    `json:"person,omitempty"` // id; "": a token read
	Name     string    `json:"name"`             // of the person, or of the token's grant
	Post     string    `json:"post,omitempty"`   // id
	Office   string    `json:"office,omitempty"` // of the post
	ForName  string    `json:"for_name,omitempty"`
	Position int64     `json:"position"` // of its record in the log
}

// QuarterOf is the begin of the quarter of an hour in which a time lies.
func QuarterOf(t time.Time) time.Time { return t.UTC().Truncate(15 * time.Minute) }

// ErrReading wraps why a reading cannot be noted.
var ErrReading = errors.New("reading cannot be noted")

// ID names the reading: the same reader, docket, class and quarter have the same.
func (r *Reading) ID() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{r.Docket, r.Class, r.Quarter.UTC().Format(time.RFC3339), r.Person, r.Name, r.Post}, "\x00")))
	return hex.EncodeToString(sum[:])
}

// Check says what a reading lacks, nil when nothing.
func (r *Reading) Check() error {
	switch {
	case r.Docket == "" || r.Class == "" || r.Name == "":
		return fmt.Errorf("%w: 须指明案卷、类别与查阅人 / name docket, class and reader", ErrReading)
	case !r.Quarter.Equal(QuarterOf(r.Quarter)) || r.Quarter.IsZero():
		return fmt.Errorf("%w: 时段须为一刻钟之始 / the quarter of an hour must be a begin of one, not %s", ErrReading, r.Quarter)
	}
	return nil
}

// Fields of the record of a reading that an act has not; see the catalogue's data set.
const (
	fieldClass   = "CLASS"
	fieldQuarter = "QUARTER"
	fieldPost    = "POST"
)

// Record writes a reading as a record of the log.
func (r *Reading) Record() standard.Record {
	fields := map[string]string{fieldDocket: r.Docket, fieldClass: r.Class, fieldQuarter: r.Quarter.UTC().Format(time.RFC3339), fieldName: r.Name}
	for name, value := range map[string]string{fieldPerson: r.Person, fieldPost: r.Post, fieldOffice: r.Office, fieldForName: r.ForName} {
		if value != "" {
			fields[name] = value
		}
	}
	return standard.Record{
		Origin: docket.SystemOrigin, Dataset: docket.DatasetReading, Op: standard.Insert, Key: r.ID(), Revision: "1",
		Occurred: r.Quarter.UTC().Format(time.RFC3339), Fields: fields,
	}
}

// ReadReading reads the reading of a record; false when it is none.
func ReadReading(rec *standard.Record, position int64) (Reading, bool) {
	if rec.Dataset != docket.DatasetReading || rec.Origin != docket.SystemOrigin || rec.Op == standard.Delete {
		return Reading{}, false
	}
	f := rec.Fields
	quarter, err := time.Parse(time.RFC3339, f[fieldQuarter])
	r := Reading{
		Docket: f[fieldDocket], Class: f[fieldClass], Quarter: quarter, Person: f[fieldPerson], Name: f[fieldName], Post: f[fieldPost],
		Office: f[fieldOffice], ForName: f[fieldForName], Position: position,
	}
	return r, err == nil && r.Check() == nil && rec.Key == r.ID()
}
