package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"mingjing/internal/identity"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

const (
	exportKept    = 24 * time.Hour   // then it is removed
	exportQuiet   = 30 * time.Second // without a sign of life its maker is gone
	exportsMost   = 100_000          // dockets in one file
	exportsAtOnce = 2                // of all readers together; of one reader one
)

// The states of an export.
const (
	exportRunning = "running"
	exportDone    = "done"
	exportFailed  = "failed"
)

// Export is one export and how far it is.
type Export struct {
	ID       string     `json:"id"`
	State    string     `json:"state" enum:"running,done,failed"`
	Asked    time.Time  `json:"asked"`
	Expires  time.Time  `json:"expires" doc:"When it is removed"`
	Filter   CardFilter `json:"filter"`
	Lang     string     `json:"lang" enum:"zh,en"`
	Expected int        `json:"expected" doc:"Rows that the list had when the export began; 0 until they are counted"`
	Done     int        `json:"done" doc:"Rows written"`
	Position int64      `json:"position" doc:"Number of records in the log when it began"`
	Bytes    int64      `json:"bytes,omitempty"`
	Error    string     `json:"error,omitempty" doc:"Why it failed, in Chinese and English: a file is whole or there is none"`
}

// exportBody is what is kept of an export.
type exportBody struct {
	Export
	Rights string `json:"rights"` // digest of what its reader may see
}

// ExportList are a reader's exports, the newest first.
type ExportList struct {
	Items []Export `json:"items"`
}

type newExportInput struct {
	Body struct {
		Filter CardFilter `json:"filter" doc:"As the list of dockets takes it"`
		Lang   string     `json:"lang,omitempty" enum:"zh,en" default:"zh" doc:"Of the headings"`
	}
}

type exportInput struct {
	ID string `path:"id" maxLength:"40"`
}

// exports makes files of lists.
type exports struct {
	s       *Server
	mu      sync.Mutex
	running map[string]string // owner of each
	jobs    sync.WaitGroup
	stop    context.CancelFunc
	ctx     context.Context
}

func newExports(s *Server) *exports {
	e := &exports{s: s, running: map[string]string{}}
	e.ctx, e.stop = context.WithCancel(context.Background()) // of no request: a job outlives the one that asked for it
	return e
}

func (s *Server) routesExports() {
	op := func(id, method, path, summary, description string, errs ...int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/exports" + path, Summary: summary, Description: description, Tags: []string{"lists"},
			Errors: append(errs, 401, 403, 422, 500, 503), Security: []map[string][]string{{"token": {}}, {"session": {}}},
		}
	}
	huma.Register(s.api, op("create-export", http.MethodPost, "", "Export a list to Excel 导出", "Begins; ask for its state. The file says what was asked, as of which position of the log, how many rows were expected and written, and what is left out by which article. "+
		"One at a time for each reader.", 429), s.createExport)
	huma.Register(s.api, op("list-exports", http.MethodGet, "", "My exports 我的导出", "The newest first. They are removed after a day."), s.listExports)
	huma.Register(s.api, op("get-export", http.MethodGet, "/{id}", "State of an export 导出进度", "For who made it, while they may see what they saw then.", 404), s.getExport)
	file := op("get-export-file", http.MethodGet, "/{id}/file", "File of an export 下载导出文件", "Likewise, once it is done.", 404)
	file.Responses = map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{excelType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}
	huma.Register(s.api, file, s.getExportFile)
}

const excelType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// rightsOf is a digest of what a reader may see: who gets another post sees
// nothing of what was made in the former one.
func rightsOf(ctx context.Context) string {
	r := readerOf(ctx)
	text, err := json.Marshal([]any{r.Audience, r.Origins, r.Regions, r.Sectors, identity.Who(ctx).Post.ID})
	if err != nil {
		return "" // never: texts only
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

func (s *Server) createExport(ctx context.Context, in *newExportInput) (*out[Export], error) {
	owner := ownerOf(ctx)
	if owner == "" || s.cfg.ExportDir == "" {
		return nil, problemNotYours.problem(requestID(ctx), "sign in to export")
	}
	r := readerOf(ctx)
	l, err := s.list(ctx, r, in.Body.Filter)
	if err != nil {
		return nil, err
	}
	l.most = exportsMost + 1
	s.exports.tidy(ctx)
	head, err := s.cfg.Store.Head(ctx)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	now := s.cfg.Clock().UTC().Truncate(time.Millisecond)
	e := &exportBody{Export: Export{
		ID: randomID(), State: exportRunning, Asked: now, Expires: now.Add(exportKept), Filter: in.Body.Filter, Lang: in.Body.Lang, Position: head.Size,
	}, Rights: rightsOf(ctx)}
	if !s.exports.enter(e.ID, owner) {
		return nil, problemBusy.problem(requestID(ctx), "")
	}
	if err := s.exports.keep(ctx, owner, e); err != nil {
		s.exports.leave(e.ID)
		return nil, s.fault(ctx, err)
	}
	answer := e.Export
	// It lasts as long as the session or token that asked for it.
	own, stop := s.whileOf(ctx, s.exports.ctx)
	s.exports.jobs.Go(func() {
		defer stop()
		defer s.exports.leave(e.ID)
		s.exports.run(own, owner, e, l)
	})
	return &out[Export]{answer}, nil
}

// whileOf returns a context under another that ends when what who asks hangs on ends.
func (s *Server) whileOf(ctx, under context.Context) (context.Context, context.CancelFunc) {
	if s.cfg.Accounts == nil {
		return context.WithCancel(under)
	}
	if who := identity.Who(ctx); who.Session != "" {
		return s.cfg.Accounts.While(under, who)
	}
	return s.cfg.Accounts.WhileToken(under, askedOf(ctx).request.Header.Get("Authorization"))
}

func (x *exports) enter(id, owner string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.running) >= exportsAtOnce {
		return false
	}
	for _, o := range x.running {
		if o == owner {
			return false
		}
	}
	x.running[id] = owner
	return true
}

func (x *exports) leave(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.running, id)
}

func (x *exports) keep(ctx context.Context, owner string, e *exportBody) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return x.s.cfg.Store.PutExport(ctx, store.ExportRow{ID: e.ID, Owner: owner, State: e.State, Asked: e.Asked, Beat: x.s.cfg.Clock(), Body: text})
}

func (x *exports) path(id string) string { return filepath.Join(x.s.cfg.ExportDir, id+".xlsx") }

// run makes the file and notes how it went. Whatever happens, a file is whole
// or there is none.
func (x *exports) run(ctx context.Context, owner string, e *exportBody, l *roll) {
	err := x.make(ctx, owner, e, l)
	e.State = exportDone
	if err != nil {
		e.State, e.Error = exportFailed, exportError(ctx, err)
		x.s.cfg.Log.WarnContext(ctx, "export failed", "export", e.ID, "done", e.Done, "expected", e.Expected, "error", err)
		_ = os.Remove(x.path(e.ID))
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := x.keep(end, owner, e); err != nil {
		x.s.cfg.Log.ErrorContext(ctx, "export", "export", e.ID, "error", err)
		_ = os.Remove(x.path(e.ID)) // nobody would know that it is whole
	}
}

// errShort means that not all rows of a list could be written.
type errShort struct{ written, expected int }

func (e errShort) Error() string { return fmt.Sprintf("%d rows of %d", e.written, e.expected) }

var errLong = errors.New("too many rows")

func exportError(ctx context.Context, err error) string {
	var short errShort
	switch {
	case errors.As(err, &short):
		return fmt.Sprintf("应有 %d 行，仅能写出 %d 行（其间有案卷不再可见），请重新导出 / %d of %d rows could be written: some dockets can no longer be seen. Export again.",
			short.expected, short.written, short.written, short.expected)
	case errors.Is(err, errLong):
		return fmt.Sprintf("超过 %d 行，请缩小范围后再导出 / More than %d rows: narrow the list and export again.", exportsMost, exportsMost)
	case ctx.Err() != nil:
		return "登录或服务已结束，导出中止，请重新导出 / The session or the server ended: export again."
	}
	return "内部错误，未能生成文件，请重新导出 / An internal fault: no file was made. Export again."
}

func (x *exports) make(ctx context.Context, owner string, e *exportBody, l *roll) (err error) {
	ids, expected, err := l.all(ctx)
	if err != nil {
		return err
	}
	if len(ids) > exportsMost {
		return errLong
	}
	e.Expected = expected
	if err := x.keep(ctx, owner, e); err != nil {
		return err
	}
	if err := os.MkdirAll(x.s.cfg.ExportDir, 0o700); err != nil {
		return err
	}
	book, err := newBook(e.Lang == "en", x.s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, book.close()) }()
	beat := time.Now()
	for len(ids) > 0 {
		chunk := ids[:min(500, len(ids))]
		ids = ids[len(chunk):]
		cards, err := l.inOrder(ctx, store.CardQuery{Scopes: l.query.Scopes}, chunk)
		if err != nil {
			return err
		}
		for _, c := range cards {
			if err := book.row(c); err != nil {
				return err
			}
			e.Done++
		}
		if time.Since(beat) > 500*time.Millisecond {
			beat = time.Now()
			if err := x.keep(ctx, owner, e); err != nil {
				return err
			}
		}
	}
	if e.Done != e.Expected {
		return errShort{e.Done, e.Expected}
	}
	if err := book.cover(&e.Export, l.r, x.s.cfg.Clock()); err != nil {
		return err
	}
	e.Bytes, err = book.save(x.path(e.ID))
	return errors.Join(err, ctx.Err())
}

// tidy removes what is older than a day, and files that nobody knows of.
func (x *exports) tidy(ctx context.Context) {
	rows, err := x.s.cfg.Store.Exports(ctx, "")
	if err != nil {
		x.s.cfg.Log.WarnContext(ctx, "exports are not tidied", "error", err)
		return
	}
	now := x.s.cfg.Clock()
	kept := map[string]bool{}
	for i := range rows {
		if now.Sub(rows[i].Asked) < exportKept {
			kept[rows[i].ID+".xlsx"] = true
			continue
		}
		if err := os.Remove(x.path(rows[i].ID)); err != nil && !errors.Is(err, os.ErrNotExist) {
			x.s.cfg.Log.WarnContext(ctx, "an export is not removed", "export", rows[i].ID, "error", err)
			continue
		}
		if err := x.s.cfg.Store.DropExport(ctx, rows[i].ID); err != nil {
			x.s.cfg.Log.WarnContext(ctx, "exports are not tidied", "error", err)
			return
		}
	}
	entries, err := os.ReadDir(x.s.cfg.ExportDir)
	if err != nil {
		return // none was made yet
	}
	for _, f := range entries {
		info, err := f.Info()
		if err == nil && !kept[f.Name()] && strings.Contains(f.Name(), ".xlsx") && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(filepath.Join(x.s.cfg.ExportDir, f.Name())) // the next time tries again
		}
	}
}

// keepTidy tidies until ctx ends.
func (x *exports) keepTidy(ctx context.Context) {
	tick := time.NewTicker(10 * time.Minute)
	defer tick.Stop()
	for {
		x.tidy(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *Server) listExports(ctx context.Context, _ *struct{}) (*out[ExportList], error) {
	body := ExportList{Items: []Export{}}
	owner := ownerOf(ctx)
	if owner == "" {
		return &out[ExportList]{body}, nil
	}
	rows, err := s.cfg.Store.Exports(ctx, owner)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	for i := range rows {
		e, err := s.exportOf(ctx, &rows[i])
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		if e != nil {
			body.Items = append(body.Items, *e)
		}
	}
	return &out[ExportList]{body}, nil
}

// exportOf reads an export for who asks; nil when it is not theirs, or no more.
func (s *Server) exportOf(ctx context.Context, row *store.ExportRow) (*Export, error) {
	var e exportBody
	if err := json.Unmarshal(row.Body, &e); err != nil {
		return nil, err
	}
	now := s.cfg.Clock()
	if owner := ownerOf(ctx); owner == "" || row.Owner != owner || e.Rights != rightsOf(ctx) || !now.Before(e.Expires) {
		return nil, nil
	}
	if e.State == exportRunning && now.Sub(row.Beat) > exportQuiet {
		e.State, e.Error = exportFailed, "服务曾中断，导出未完成，请重新导出 / The server was interrupted: export again."
	}
	return &e.Export, nil
}

func (s *Server) ownExport(ctx context.Context, id string) (*Export, error) {
	row, err := s.cfg.Store.Export(ctx, id)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if row == nil {
		return nil, notFound(ctx)
	}
	e, err := s.exportOf(ctx, row)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if e == nil {
		return nil, notFound(ctx)
	}
	return e, nil
}

func (s *Server) getExport(ctx context.Context, in *exportInput) (*out[Export], error) {
	e, err := s.ownExport(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &out[Export]{*e}, nil
}

func (s *Server) getExportFile(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
	e, err := s.ownExport(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if e.State != exportDone {
		return nil, notFound(ctx)
	}
	f, err := os.Open(s.exports.path(e.ID))
	if errors.Is(err, os.ErrNotExist) {
		return nil, notFound(ctx)
	}
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer f.Close() //nolint:errcheck // only read
		hc.SetHeader("Content-Type", excelType)
		hc.SetHeader("Content-Disposition", `attachment; filename="mingjing-`+e.Asked.In(trade.Zone).Format("20060102-1504")+`.xlsx"`)
		if _, err := io.Copy(hc.BodyWriter(), f); err != nil {
			s.cfg.Log.InfoContext(ctx, "an export was cut while it was read", "export", e.ID)
		}
	}}, nil
}

// all gives the dockets of the whole list in its order, no more than one above
// exportsMost, and how many there must be by a count of its own.
func (l *roll) all(ctx context.Context) (ids []string, expected int, err error) {
	if l.text == "" {
		return l.s.cfg.Store.CardIDs(ctx, l.query, exportsMost)
	}
	if err := l.search(ctx); err != nil || len(l.hits) == 0 {
		return nil, 0, err
	}
	q := l.query
	q.Dockets = l.hits
	if ids, expected, err = l.s.cfg.Store.CardIDs(ctx, q, exportsMost); err != nil || q.Sort != "" {
		return ids, expected, err
	}
	meet := make(map[string]bool, len(ids))
	for _, id := range ids {
		meet[id] = true
	}
	best := make([]string, 0, len(ids))
	for _, id := range l.hits {
		if meet[id] {
			best = append(best, id)
		}
	}
	return best, expected, nil
}
