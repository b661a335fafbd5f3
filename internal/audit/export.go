package audit

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"mingjing/internal/store/snapshot"
	"mingjing/internal/supervise"
)

// ManifestKind is the kind of the statement that is signed about a file.
const ManifestKind = "audit-manifest"

// A Manifest says what a file is that was taken out. It is signed with the log's key.
type Manifest struct {
	File     string           `json:"file"`
	Format   string           `json:"format"`
	SHA256   string           `json:"sha256"`
	Bytes    int64            `json:"bytes"`
	Rows     int              `json:"rows"`
	Columns  []string         `json:"columns"`
	Types    []string         `json:"types,omitempty"` // of a Parquet file
	Remark   string           `json:"remark,omitempty"`
	Asked    supervise.Asking `json:"asked"`    // as it stands in the log
	Snapshot Snapshot         `json:"snapshot"` // as of which it was answered
	Made     time.Time        `json:"made"`
}

// A Taken is an answer that is taken out as a file, and how far it is.
type Taken struct {
	ID      string           `json:"id"`
	State   string           `json:"state" enum:"running,done,failed"`
	Format  string           `json:"format" enum:"csv,xlsx,parquet"`
	Asked   supervise.Asking `json:"asked"`
	Rows    int              `json:"rows"`
	Bytes   int64            `json:"bytes,omitempty"`
	SHA256  string           `json:"sha256,omitempty"`
	Error   string           `json:"error,omitempty"`
	Expires time.Time        `json:"expires" doc:"When it is removed"`
}

// takenFor is how long a file can be fetched.
const takenFor = 24 * time.Hour

// exportSlack is how many times longer than a question on a screen one for a file may take.
const exportSlack = 10

// Export puts a question into the log and answers it into a file, beside the
// caller. Errors as of Ask.
func (d *Desk) Export(ctx context.Context, q Question, format string) (*Taken, error) {
	if !slices.Contains(Formats(), format) {
		return nil, &Wrong{"未知的格式 / unknown format"}
	}
	q.Act, q.Format, q.Rows = supervise.AskExport, format, d.cfg.Limits.Export
	p, err := d.pend(ctx, q)
	if err != nil {
		return nil, err
	}
	t := &Taken{ID: p.told.Asking.ID, State: "running", Format: format, Asked: p.told.Asking, Expires: d.cfg.Clock().Add(takenFor)}
	if err := errors.Join(os.MkdirAll(d.taken(""), 0o700), d.keep(t)); err != nil {
		p.done()
		return nil, fmt.Errorf("audit: %w", err)
	}
	answer := *t
	d.jobs.Go(func() {
		defer p.done()
		d.export(d.ctx, t, p)
	})
	return &answer, nil
}

// export makes the file of a pending question and its manifest, or neither.
func (d *Desk) export(ctx context.Context, t *Taken, p *pending) {
	err := func() error {
		select {
		case d.turns <- struct{}{}:
			defer func() { <-d.turns }()
		case <-ctx.Done():
			return ctx.Err()
		}
		return d.write(ctx, t, p)
	}()
	t.State = "done"
	if err != nil {
		t.State, t.Error = "failed", "内部错误，未能生成文件 / An internal fault: no file was made"
		var wrong *Wrong
		switch {
		case errors.As(err, &wrong):
			t.Error = wrong.Text
		case ctx.Err() != nil:
			t.Error = "服务已停止，请重新导出 / The service was stopped: export again"
		default:
			d.cfg.Log.Error("auditors' export", "id", t.ID, "error", err)
		}
		_ = os.Remove(d.taken(t.ID + ".data"))
		_ = os.Remove(d.taken(t.ID + ".manifest"))
	}
	if err := d.keep(t); err != nil {
		d.cfg.Log.Error("auditors' export", "id", t.ID, "error", err)
	}
}

func (d *Desk) write(ctx context.Context, t *Taken, p *pending) (err error) {
	f, err := os.OpenFile(d.taken(t.ID+".data"), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	s, err := newSheet(t.Format, f)
	if err != nil {
		return err
	}
	kept := &columned{sheet: s}
	p.work.Within *= exportSlack
	p.work.Millis *= exportSlack
	if err := d.run(ctx, p.work, p.told, kept); err != nil {
		return errors.Join(err, s.finish())
	}
	if err := s.finish(); err != nil {
		return err
	}
	if p.told.More {
		return &Wrong{fmt.Sprintf("超过 %d 行，请缩小范围后再导出 / More than %d rows: narrow the question and export again", d.cfg.Limits.Export, d.cfg.Limits.Export)}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	sum := sha256.New()
	if t.Bytes, err = io.Copy(sum, f); err != nil {
		return err
	}
	t.Rows, t.SHA256 = p.told.Rows, hex.EncodeToString(sum.Sum(nil))
	m := Manifest{
		File: "answer." + t.Format, Format: t.Format, SHA256: t.SHA256, Bytes: t.Bytes, Rows: t.Rows, Columns: named(kept.names),
		Asked: p.told.Asking, Snapshot: p.told.Snapshot, Made: d.cfg.Clock().UTC().Truncate(time.Second),
	}
	switch s := s.(type) {
	case *parquetSheet:
		m.Types = s.typed()
	case *csvSheet:
		m.Remark = "文本以 = + - @ 开头者前加单引号，以免被当作公式 / Text that begins with = + - @ has ' before it, so that no workbook takes it for a formula"
	}
	text, err := json.Marshal(&m, jsontext.WithIndent(" "))
	if err != nil {
		return err
	}
	signed, err := d.cfg.Sign(ManifestKind, string(text)+"\n")
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), os.WriteFile(d.taken(t.ID+".manifest"), signed, 0o600))
}

// columned keeps the names of the columns that pass.
type columned struct {
	sheet
	names []string
}

func (c *columned) Columns(names, types []string) error {
	c.names = names
	return c.sheet.Columns(names, types)
}

var _ snapshot.Answer = (*columned)(nil)

func (d *Desk) taken(name string) string { return filepath.Join(d.cfg.Dir, "taken", name) }

func (d *Desk) keep(t *Taken) error {
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	tmp := d.taken(t.ID + ".json.part")
	return errors.Join(os.WriteFile(tmp, text, 0o600), os.Rename(tmp, d.taken(t.ID+".json")))
}

// Taken are the files that a person has taken out and that can be fetched still,
// the newest first. It removes those of everybody that are over.
func (d *Desk) Taken(person string) ([]Taken, error) {
	words, err := filepath.Glob(d.taken("*.json"))
	if err != nil {
		return nil, err
	}
	list := []Taken{}
	for _, path := range words {
		text, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		var t Taken
		if err == nil {
			err = json.Unmarshal(text, &t)
		}
		if err != nil {
			return nil, fmt.Errorf("audit: %s: %w", path, err)
		}
		switch {
		case d.cfg.Clock().After(t.Expires):
			for _, kind := range []string{".data", ".manifest", ".json"} {
				_ = os.Remove(d.taken(t.ID + kind)) // the next time tries again
			}
		case t.Asked.Person == person:
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b Taken) int {
		return strings.Compare(b.Asked.At.Format(time.RFC3339)+b.ID, a.Asked.At.Format(time.RFC3339)+a.ID)
	})
	return list, nil
}

// Fetch writes a file that a person has taken out, with its manifest, as a ZIP. ErrNotKept: there is none.
func (d *Desk) Fetch(person, id string, begin func(t Taken) io.Writer) error {
	list, err := d.Taken(person)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(t Taken) bool { return t.ID == id && t.State == "done" })
	if i < 0 {
		return ErrNotKept
	}
	data, err := os.Open(d.taken(id + ".data"))
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	defer data.Close()
	signed, err := os.ReadFile(d.taken(id + ".manifest"))
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	z := zip.NewWriter(begin(list[i]))
	method := zip.Store // Excel and Parquet are compressed already
	if list[i].Format == "csv" {
		method = zip.Deflate
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: "answer." + list[i].Format, Method: method, Modified: list[i].Asked.At})
	if err == nil {
		_, err = io.Copy(w, data)
	}
	if err == nil {
		w, err = z.CreateHeader(&zip.FileHeader{Name: "answer.manifest", Method: zip.Deflate, Modified: list[i].Asked.At})
	}
	if err == nil {
		_, err = w.Write(signed)
	}
	return errors.Join(err, z.Close())
}

// endHalf forgets what a stop of the program left half made.
func (d *Desk) endHalf() error {
	words, err := filepath.Glob(d.taken("*.json"))
	if err != nil {
		return err
	}
	var errs []error
	for _, path := range words {
		text, err := os.ReadFile(path)
		var t Taken
		if err == nil {
			err = json.Unmarshal(text, &t)
		}
		if err == nil && t.State != "running" {
			continue
		}
		if t.State, t.Error = "failed", "服务已停止，请重新导出 / The service was stopped: export again"; t.ID != "" {
			_ = os.Remove(d.taken(t.ID + ".data"))
			errs = append(errs, d.keep(&t))
		}
	}
	return errors.Join(errs...)
}
