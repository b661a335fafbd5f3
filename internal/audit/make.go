package audit

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/store"
	"mingjing/internal/store/snapshot"
)

// A Snapshot is the tables as of one moment, never changed.
type Snapshot struct {
	ID       string    `json:"id"`
	Position int64     `json:"position" doc:"Number of records in the log at that moment"`
	At       time.Time `json:"at" doc:"When it was taken"`
	Dockets  int       `json:"dockets"`
	Waiting  int64     `json:"waiting,omitempty" doc:"Records in the log whose dockets were not folded anew yet"`
	Bytes    int64     `json:"bytes"`
	Digest   string    `json:"digest" doc:"SHA-256 of the file"`
	Personal string    `json:"personal_digest" doc:"SHA-256 of the file of what is masked in it"`
	Seconds  float64   `json:"seconds" doc:"How long it took to make"`
}

// personalTable holds what stands masked in the others, in a file of its own.
var personalTable = func() snapshot.Table {
	t := snapshot.Table{Name: "value", Index: []string{"docket"}}
	for _, c := range disclose.PersonalTable().Columns {
		t.Columns = append(t.Columns, snapshot.Column{Name: c.Name, Type: c.Type})
	}
	return t
}()

// indexed are the columns by which auditors look for rows.
var indexed = []string{"docket", "id", "project", "party_code", "payee_code", "code", "indicator", "kind"}

func tables() []snapshot.Table {
	var out []snapshot.Table
	for _, t := range disclose.Tables() {
		s := snapshot.Table{Name: t.Name}
		for _, c := range t.Columns {
			s.Columns = append(s.Columns, snapshot.Column{Name: c.Name, Type: c.Type})
			if slices.Contains(indexed, c.Name) {
				s.Index = append(s.Index, c.Name)
			}
		}
		out = append(out, s)
	}
	return out
}

// make fills a new snapshot from what an auditor may see of every docket at one moment.
func (d *Desk) make(ctx context.Context) (_ *Snapshot, err error) {
	begun := d.cfg.Clock()
	s := &Snapshot{ID: strings.ReplaceAll(begun.UTC().Format("20060102T150405.000Z"), ".", ""), At: begun}
	main, err := snapshot.Create(ctx, d.file(s.ID, mainFile), tables())
	if err != nil {
		return nil, err
	}
	personal, err := snapshot.Create(ctx, d.file(s.ID, personalFile), []snapshot.Table{personalTable})
	if err != nil {
		return nil, errors.Join(err, main.Drop())
	}
	whole := false
	defer func() {
		if !whole {
			err = errors.Join(err, main.Drop(), personal.Drop(), d.forget(s.ID))
		}
	}()
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails (crypto/rand)
	f := &filling{ctx: ctx, main: main, personal: personal, reader: disclose.Reader{Audience: disclose.Auditor, ID: "audit"}, at: begun, projects: map[string]bool{}, key: key[:]}
	err = d.cfg.Store.EachDocket(ctx, func(m store.Moment) error {
		s.Position, s.Waiting = m.Head.Size, m.Waiting
		return nil
	}, func(row *store.DocketRow, findings []store.FindingRow) error {
		s.Dockets++
		return f.docket(row, findings)
	})
	if err != nil {
		return nil, err
	}
	for code := range f.projects {
		if err := f.project(code, s.Position, d.cfg.Project); err != nil {
			return nil, err
		}
	}
	if s.Digest, err = main.Finish(ctx); err != nil {
		return nil, err
	}
	if s.Personal, err = personal.Finish(ctx); err != nil {
		return nil, err
	}
	info, err := os.Stat(d.file(s.ID, mainFile))
	if err != nil {
		return nil, err
	}
	s.Bytes, s.Seconds = info.Size(), d.cfg.Clock().Sub(begun).Seconds()
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	tmp := d.file(s.ID, wordFile) + ".part"
	if err := errors.Join(os.WriteFile(tmp, text, 0o600), os.Rename(tmp, d.file(s.ID, wordFile))); err != nil { // the last: what has its word is whole
		return nil, err
	}
	whole = true
	return s, nil
}

// A filling is a snapshot under way.
type filling struct {
	ctx            context.Context
	main, personal *snapshot.Writer
	reader         disclose.Reader
	at             time.Time
	projects       map[string]bool
	key            []byte // of the pseudonyms of this snapshot; nobody keeps it
}

func (f *filling) docket(row *store.DocketRow, findings []store.FindingRow) error {
	var d docket.Docket
	if err := json.Unmarshal(row.Body, &d); err != nil {
		return fmt.Errorf("stored docket %q cannot be read", row.ID) // the cause may quote what it says
	}
	v := disclose.View(&d, f.reader, f.at)
	if v == nil {
		return nil
	}
	if code := v.ProjectCode(); code != "" {
		f.projects[code] = true
	}
	var plain []detect.Finding
	by := map[string]*store.FindingRow{}
	for i := range findings {
		var one detect.Finding
		if err := json.Unmarshal(findings[i].Body, &one); err != nil {
			return fmt.Errorf("stored finding of docket %q cannot be read", row.ID)
		}
		if one.State == detect.Fired {
			plain = append(plain, one)
			by[one.Key] = &findings[i]
		}
	}
	var found []disclose.Found
	for _, one := range disclose.Findings(plain, &d, f.reader, f.at) {
		found = append(found, disclose.Found{Finding: one, At: by[one.Key].At, Dismissed: by[one.Key].Dismissed})
	}
	return f.add(v.Tabled(found, f.pseudonym))
}

func (f *filling) project(code string, before int64, read func(ctx context.Context, code string, before int64) (*docket.ProjectFile, error)) error {
	p, err := read(f.ctx, code, before)
	if err != nil {
		return err
	}
	p.Dockets = nil // each has its own rows
	v, err := disclose.ViewProject(p, f.reader, f.at, nil)
	if err != nil || v == nil {
		return err
	}
	return f.add(v.Tabled(f.pseudonym))
}

func (f *filling) add(rows []disclose.TabledRow, personal []disclose.PersonalValue) error {
	for _, r := range rows {
		if err := f.main.Add(f.ctx, r.Table, r.Values...); err != nil {
			return err
		}
	}
	for _, p := range personal {
		if err := f.personal.Add(f.ctx, personalTable.Name, p.Docket, p.Dataset, p.Origin, p.Key, p.Field, p.Value); err != nil {
			return err
		}
	}
	return nil
}

// pseudonym stands for a name in this snapshot and in no other.
func (f *filling) pseudonym(name string) string {
	mac := hmac.New(sha256.New, f.key)
	mac.Write([]byte(strings.TrimSpace(name)))
	return "〔人" + hex.EncodeToString(mac.Sum(nil)[:5]) + "〕"
}

const (
	mainFile     = ".db"
	personalFile = ".personal.db"
	wordFile     = ".json"
)

func (d *Desk) file(id, kind string) string { return filepath.Join(d.cfg.Dir, id+kind) }

// forget removes the files of a snapshot, its word first.
func (d *Desk) forget(id string) error {
	var errs []error
	for _, kind := range []string{wordFile, mainFile, personalFile} {
		if err := os.Remove(d.file(id, kind)); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
