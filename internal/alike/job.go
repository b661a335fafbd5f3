package alike

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/extract"
	"mingjing/internal/files"
	"mingjing/internal/likeness"
	"mingjing/internal/standard"
	"mingjing/internal/store"
	"mingjing/internal/timeline"
)

// version of what is measured: another one has everything measured anew.
const version = 1

// purpose keeps the sealing of what is kept here apart from other uses.
const purpose = "likeness"

// maxTries is how often a docket may break the comparison, or the process, down.
const maxTries = 3

// Store is what the comparison needs of package store; see there.
type Store interface {
	Reading
	Docket(ctx context.Context, id string) (*store.DocketRow, error)
	ClaimLikeness(ctx context.Context, now time.Time, lease time.Duration) (*store.LikenessJob, error)
	SaveLikeness(ctx context.Context, j *store.LikenessJob, rows []store.LikenessRow, wake bool, again time.Time) (bool, error)
	EndLikeness(ctx context.Context, j *store.LikenessJob, again time.Time) error
	Likenesses(ctx context.Context, docket string) ([]store.LikenessRow, error)
}

// Reading is what Stored needs of it.
type Reading interface {
	Likeness(ctx context.Context, docket, lot string) (*store.LikenessRow, error)
}

// Files finds attachments. Implementation: *files.Service.
type Files interface {
	ByDigest(ctx context.Context, origin, sha256 string) ([]*files.Kept, error)
}

// Keys seals what is kept. Implementation: *ledger.Keyring.
type Keys interface {
	Private(purpose string, plain []byte) ([]byte, error)
	OpenPrivate(purpose string, sealed []byte) ([]byte, error)
	PrivateName(purpose string, plain []byte) string
}

// Config of a Job. Store, Files, Keys and Read must be given.
type Config struct {
	Store    Store
	Files    Files
	Keys     Keys
	Read     func(ctx context.Context, data []byte) (*extract.Answer, error)
	Standard []string           // texts that anybody may quote
	Settings *likeness.Settings // nil: the program's
	Clock    func() time.Time   // nil: time.Now
	Log      *slog.Logger       // nil: silent

	Timeout time.Duration // for all lots of a docket; 0: ten minutes
	Lease   time.Duration // by Clock, after which a dead job's docket is another's; 0: Timeout and a minute
	Poll    time.Duration // how often it looks; 0: two seconds
	Text    int           // bytes of text of a lot's bids that are compared; 0: 24 MiB
}

// A Job compares the files of one docket after another.
type Job struct{ Config }

// New makes a job; Run or Drain sets it to work.
func New(c Config) *Job {
	if c.Settings == nil {
		c.Settings = &likeness.Settings{Text: likeness.DefaultLimits, Bill: likeness.DefaultBillLimits}
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Minute
	}
	if c.Lease <= 0 {
		c.Lease = c.Timeout + time.Minute
	}
	if c.Poll <= 0 {
		c.Poll = 2 * time.Second
	}
	if c.Text <= 0 {
		c.Text = 24 << 20
	}
	return &Job{c}
}

// Edition names how files are compared, and by what they are: another one has
// all dockets looked at anew.
func (j *Job) Edition() string {
	raw, _ := json.Marshal([]any{version, j.Settings, j.Standard}) // plain values: it cannot fail
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Run works until ctx ends.
func (j *Job) Run(ctx context.Context) {
	for ctx.Err() == nil {
		did, err := j.Once(ctx)
		if err != nil && ctx.Err() == nil {
			j.Log.Error("files of bids: will try again", "error", err)
		}
		if did && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(j.Poll):
		}
	}
}

// Drain works until nothing is due.
func (j *Job) Drain(ctx context.Context) error {
	for {
		if did, err := j.Once(ctx); err != nil || !did {
			return err
		}
	}
}

// errBroken means that the comparison broke down; what it was is left out, for
// it could carry what a file says.
var errBroken = errors.New("alike: the comparison broke down")

// Once compares the files of one docket that is due, and says whether there was one.
func (j *Job) Once(ctx context.Context) (did bool, err error) {
	job, err := j.Store.ClaimLikeness(ctx, j.Clock(), j.Lease)
	if err != nil || job == nil {
		return false, err
	}
	defer func() {
		if p := recover(); p != nil {
			j.Log.Error("files of bids: broke down", "docket", job.Docket, "type", fmt.Sprintf("%T", p))
			err = errBroken // its lease ends, and it is tried again, not without end
		}
	}()
	return true, j.docket(ctx, job)
}

func (j *Job) docket(ctx context.Context, job *store.LikenessJob) error {
	row, err := j.Store.Docket(ctx, job.Docket)
	if err != nil {
		return err
	}
	if row == nil {
		return j.Store.EndLikeness(ctx, job, time.Time{})
	}
	d, err := docket.Decode(row.Body)
	if err != nil {
		return err
	}
	kept, err := j.Store.Likenesses(ctx, d.ID)
	if err != nil {
		return err
	}
	at := j.Clock()
	limited, cancel := context.WithTimeout(ctx, j.Timeout)
	defer cancel()
	var rows []store.LikenessRow
	var again time.Time
	changed, renamed := false, false
	for _, lot := range timeline.Lots(d) {
		p := j.plan(d, lot, at)
		if p == nil {
			continue
		}
		inputs := j.Keys.PrivateName(purpose, p.inputs)
		old := slices.IndexFunc(kept, func(r store.LikenessRow) bool { return r.Lot == lot })
		if old >= 0 && kept[old].Inputs == inputs {
			rows = append(rows, kept[old])
			continue
		}
		plain, err := j.measured(ctx, limited, p, job.Tries)
		if err != nil {
			return err
		}
		if p.waits { // a file that may come yet: looked for as long again as it has been waited for
			inputs += " waiting"
			if wait := at.Sub(p.opened); wait < 90*24*time.Hour {
				again = at.Add(min(max(wait, 10*time.Minute), 24*time.Hour))
			}
		}
		if old >= 0 {
			if was, err := j.Keys.OpenPrivate(purpose, kept[old].Body); err == nil && string(was) == string(plain) {
				renamed = renamed || kept[old].Inputs != inputs
				kept[old].Inputs = inputs
				rows = append(rows, kept[old])
				continue
			}
		}
		sealed, err := j.Keys.Private(purpose, plain)
		if err != nil {
			return err
		}
		rows, changed = append(rows, store.LikenessRow{Docket: d.ID, Lot: lot, Inputs: inputs, Made: at, Body: sealed}), true
	}
	changed = changed || len(rows) != len(kept)
	if !changed && !renamed {
		return j.Store.EndLikeness(ctx, job, again)
	}
	_, err = j.Store.SaveLikeness(ctx, job, rows, changed, again)
	return err
}

// measured compares the files of a lot, unless that broke down too often.
func (j *Job) measured(ctx, limited context.Context, p *plan, tries int) ([]byte, error) {
	l := &detect.Likeness{Bidders: []detect.LikenessBidder{}, Tender: []detect.LikenessFile{}, Pairs: []detect.LikenessPair{}, Problem: "it broke down, several times"}
	if tries <= maxTries {
		var err error
		if l, err = j.lot(ctx, limited, p); err != nil {
			return nil, err
		}
	}
	return json.Marshal(l)
}

// A plan is what is to be compared for a lot.
type plan struct {
	d      *docket.Docket
	at     time.Time
	bids   []detect.NamedFile
	tender []detect.NamedFile
	opened time.Time // the last release
	inputs []byte    // all of this
	waits  bool      // a file was not here
}

// plan says what is to be compared for a lot, nil when its bids are not opened
// or those of fewer than two bidders name files.
func (j *Job) plan(d *docket.Docket, lot string, at time.Time) *plan {
	p := &plan{d: d, at: at}
	type opening struct{ Origin, Lot, Seal, State string }
	var openings []opening
	open := false
	for _, r := range d.Releases {
		if r.At.After(at) {
			continue
		}
		openings = append(openings, opening{r.Origin, r.Lot, string(r.Seal), r.State})
		open = open || r.Seal == standard.Bid && r.State == docket.StateOpened && (r.Lot == lot || r.Lot == "" || lot == "")
		if r.At.After(p.opened) {
			p.opened = r.At
		}
	}
	if !open {
		return nil
	}
	p.bids, p.tender = detect.BidFiles(d, lot), detect.TenderFiles(d, lot)
	if !slices.ContainsFunc(p.bids, func(f detect.NamedFile) bool { return f.Who != p.bids[0].Who }) {
		return nil
	}
	for _, fs := range [][]detect.NamedFile{p.bids, p.tender} {
		for i := range fs {
			fs[i].Ref.Position = 0 // a correction that leaves the files as they are changes nothing
		}
	}
	raw, _ := json.Marshal([]any{version, lot, p.bids, p.tender, openings, j.Settings, j.Standard}) // plain values: it cannot fail
	p.inputs = raw
	return p
}

// released is the predicate by which files are opened: as the window says.
func (p *plan) released(v standard.Vault, seal standard.Seal) bool {
	return disclose.Released(p.d, v, seal, p.at)
}

// Stored reads what is kept of a lot; nil when nothing is.
func Stored(ctx context.Context, s Reading, keys Keys, docket, lot string) (*detect.Likeness, error) {
	row, err := s.Likeness(ctx, docket, lot)
	if err != nil || row == nil {
		return nil, err
	}
	plain, err := keys.OpenPrivate(purpose, row.Body)
	if err != nil {
		return nil, fmt.Errorf("alike: %w", err)
	}
	var l detect.Likeness
	if err := json.Unmarshal(plain, &l); err != nil {
		return nil, errors.New("alike: what is kept of a lot cannot be read") // the error itself could quote it
	}
	return &l, nil
}
