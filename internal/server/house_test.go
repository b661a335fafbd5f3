package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/exchange"
	"mingjing/internal/files"
	"mingjing/internal/identity"
	"mingjing/internal/ledger"
	"mingjing/internal/refold"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

var now = time.Date(2018, 6, 1, 4, 0, 0, 0, time.UTC)

const (
	originA = "12410000415800000X"
	originB = "91410100170000000A"
	tenderA = "E4103002441A04301001" // in Luoyang, in plain, not opened
	tenderB = "E4103002441A04301002" // in Luoyang, opened
	tenderC = "E4101002441A04301003" // in Zhengzhou, opened
)

// memory is a Store in memory, but for its full text.
type memory struct {
	dockets  map[string]*docket.Docket
	findings []store.FindingRow
	rows     map[int64]*ledger.Row
	counts   []store.Count
	down     error
	t        testing.TB
	indexed  *store.DB
	version  int64

	marshalled map[string]*store.DocketRow
	feed       []memoryItem
}

// memoryItem is one change of one part of a docket.
type memoryItem struct {
	store.FeedItem
	origin string
	seen   [disclose.Seats]uint64
}

// items puts all dockets into the feed as they are, one after the other.
func (m *memory) items() []memoryItem {
	for _, id := range m.ids() {
		if len(m.feed) > 0 && m.feed[len(m.feed)-1].Docket >= id {
			continue
		}
		for _, f := range disclose.Faces(m.dockets[id], now) {
			m.feed = append(m.feed, memoryItem{store.FeedItem{Seq: int64(len(m.feed) + 1), At: now.Add(-time.Hour), Docket: id, Part: f.Row, Evaluated: now}, f.Origin, f.Seen})
		}
	}
	return m.feed
}

func (m *memory) FeedItems(_ context.Context, f store.FeedFilter) (out []store.FeedItem, _ error) {
	all := slices.Clone(m.items())
	if f.Backward {
		slices.Reverse(all)
	}
	for _, i := range all {
		if i.seen[f.Seat] != 0 && (f.Backward && i.Seq <= f.Before || !f.Backward && i.Seq > f.After) && (f.Origin == "" || f.Origin == i.origin) && len(out) < f.Limit {
			out = append(out, i.FeedItem)
		}
	}
	return out, m.down
}

func (m *memory) FeedHead(context.Context) (int64, error) { return int64(len(m.items())), m.down }

func (m *memory) FeedStep(context.Context, string, time.Time) (*store.FeedItem, bool, error) {
	return nil, false, m.down
}

// index is a real full text over the dockets, made when it is asked for first.
func (m *memory) index() *store.DB {
	if m.indexed != nil {
		return m.indexed
	}
	db, err := store.Open(m.t.Context(), "sqlite:"+filepath.Join(m.t.TempDir(), "index.db"))
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = db.Close() })
	m.indexed = db
	for id := range m.dockets {
		m.put(id)
	}
	return db
}

// put indexes a docket as a worker would.
func (m *memory) put(id string) {
	w := refold.New(refold.Config{Store: m.index(), Clock: func() time.Time { return now }})
	m.version++
	d := m.dockets[id]
	d.Through = m.version
	body, err := d.Encode()
	if err != nil {
		m.t.Fatal(err)
	}
	var found []detect.Finding
	for i := range m.findings {
		var f detect.Finding
		if err := json.Unmarshal(m.findings[i].Body, &f); err != nil {
			m.t.Fatal(err)
		}
		if m.findings[i].Docket == id {
			found = append(found, f)
		}
	}
	row := &store.DocketRow{ID: id, Class: d.Class, Region: d.Region, Title: d.Title, Through: m.version, Body: body}
	if row.Cards, err = w.Cards(d, found, now); err != nil {
		m.t.Fatal(err)
	}
	var kept []store.FindingRow
	for _, f := range m.findings {
		if f.Docket == id {
			kept = append(kept, m.seats(d, f))
		}
	}
	if saved, err := m.indexed.SaveDocket(m.t.Context(), row, kept, w.Texts(d, now)); err != nil || !saved {
		m.t.Fatal(saved, err)
	}
	delete(m.marshalled, id)
}

// seats says which seats see a finding, as a worker would.
func (m *memory) seats(d *docket.Docket, row store.FindingRow) store.FindingRow {
	var f detect.Finding
	if err := json.Unmarshal(row.Body, &f); err != nil {
		m.t.Fatal(err)
	}
	row.Class, row.Title, row.Grade, row.Digest = d.Class, d.Title, f.Grade, f.Digest
	for seat, r := range map[int]disclose.Reader{
		disclose.NumberSupervisor: {Audience: disclose.Supervisor, Regions: []string{disclose.Everywhere}}, disclose.NumberAuditor: {Audience: disclose.Auditor},
	} {
		if len(disclose.Findings([]detect.Finding{f}, d, r, now)) > 0 {
			row.Seats |= 1 << seat
		}
	}
	return row
}

func (m *memory) Finding(ctx context.Context, docket, key string) (*store.FindingRow, error) {
	return m.index().Finding(ctx, docket, key)
}

func (m *memory) Warnings(ctx context.Context, f store.WarningFilter) ([]store.FindingRow, error) {
	return m.index().Warnings(ctx, f)
}

func (m *memory) CountWarnings(ctx context.Context, f store.WarningFilter, most int) (int, error) {
	return m.index().CountWarnings(ctx, f, most)
}

func (m *memory) WarningCounts(ctx context.Context, f store.WarningFilter) ([]store.WarningCount, error) {
	return m.index().WarningCounts(ctx, f)
}

func (m *memory) FindingRegions(ctx context.Context) ([]string, error) {
	return m.index().FindingRegions(ctx)
}

func (m *memory) Cases(ctx context.Context, dockets []string) ([]store.CaseRow, error) {
	return m.index().Cases(ctx, dockets)
}

func (m *memory) CasesAfter(ctx context.Context, seq int64, limit int) ([]store.CaseRow, error) {
	return m.index().CasesAfter(ctx, seq, limit)
}

func (m *memory) Case(ctx context.Context, docket, key string) (*store.CaseRow, error) {
	return m.index().Case(ctx, docket, key)
}

func (m *memory) Instructions(ctx context.Context, f store.InstructionFilter) ([]store.InstructionRow, error) {
	return m.index().Instructions(ctx, f)
}

func (m *memory) Instruction(ctx context.Context, id string) (*store.InstructionRow, error) {
	return m.index().Instruction(ctx, id)
}

func (m *memory) DocketsOfDay(ctx context.Context, day, from string, most int) ([]string, error) {
	return m.index().DocketsOfDay(ctx, day, from, most)
}

func (m *memory) Ping(context.Context) error { return m.down }

func (m *memory) row(id string) *store.DocketRow {
	if r := m.marshalled[id]; r != nil {
		return r
	}
	d := m.dockets[id]
	body, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	if m.marshalled == nil {
		m.marshalled = map[string]*store.DocketRow{}
	}
	m.marshalled[id] = &store.DocketRow{ID: id, Class: d.Class, Region: d.Region, Title: d.Title, Evaluated: now, Body: body}
	return m.marshalled[id]
}

func (m *memory) Docket(_ context.Context, id string) (*store.DocketRow, error) {
	if m.down != nil || m.dockets[id] == nil {
		return nil, m.down
	}
	return m.row(id), nil
}

func (m *memory) ids() []string {
	var ids []string
	for id := range m.dockets {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func (m *memory) Dockets(_ context.Context, f store.DocketFilter) ([]*store.DocketRow, error) {
	var out []*store.DocketRow
	for _, id := range m.ids() {
		r := m.row(id)
		if id > f.After && (len(f.IDs) == 0 || slices.Contains(f.IDs, id)) && (len(f.Regions) == 0 || slices.Contains(f.Regions, r.Region)) &&
			(len(f.Classes) == 0 || slices.Contains(f.Classes, r.Class)) && len(out) < f.Limit {
			out = append(out, r)
		}
	}
	return out, m.down
}

func (m *memory) Vectors(_ context.Context, each func(string) error) error {
	for _, id := range m.ids() {
		if err := each(detect.Vector(detect.Evaluate(m.dockets[id], detect.Env{At: now}))); err != nil {
			return err
		}
	}
	return m.down
}

func (m *memory) Findings(_ context.Context, f store.FindingFilter) ([]store.FindingRow, error) {
	var out []store.FindingRow
	if f.Oldest {
		for _, r := range m.findings {
			if r.Seq > f.After && len(out) < f.Limit {
				out = append(out, r)
			}
		}
		return out, m.down
	}
	for i := len(m.findings) - 1; i >= 0; i-- {
		r := m.findings[i]
		if (f.After == 0 || r.Seq < f.After) && (f.Indicator == "" || f.Indicator == r.Indicator) && (f.Docket == "" || f.Docket == r.Docket) && len(out) < f.Limit {
			out = append(out, r)
		}
	}
	return out, m.down
}

func (m *memory) FindingHead(context.Context) (int64, error) {
	return int64(len(m.findings)), m.down
}

func (m *memory) Cards(ctx context.Context, q store.CardQuery) (store.CardPage, error) {
	if m.down != nil {
		return store.CardPage{}, m.down
	}
	return m.index().Cards(ctx, q)
}

func (m *memory) CountCards(ctx context.Context, q store.CardQuery, most int) (int, error) {
	return m.index().CountCards(ctx, q, most)
}

func (m *memory) TallyCards(ctx context.Context, q store.CardQuery) ([]store.CardTally, error) {
	return m.index().TallyCards(ctx, q)
}

func (m *memory) TallyHours(ctx context.Context, q store.CardQuery) ([]store.HourTally, error) {
	return m.index().TallyHours(ctx, q)
}

func (m *memory) Requests(ctx context.Context, f store.RequestFilter) ([]store.RequestRow, error) {
	return m.index().Requests(ctx, f)
}

func (m *memory) Request(ctx context.Context, source, id string) (*store.RequestRow, error) {
	return m.index().Request(ctx, source, id)
}

func (m *memory) LastRequests(ctx context.Context) (map[string]store.RequestRow, error) {
	return m.index().LastRequests(ctx)
}

func (m *memory) RuleCounts(ctx context.Context, source, day string) ([]store.RuleCount, error) {
	return m.index().RuleCounts(ctx, source, day)
}

func (m *memory) CardIDs(ctx context.Context, q store.CardQuery, most int) ([]string, int, error) {
	ids, n, err := m.index().CardIDs(ctx, q, most)
	return ids, n, errors.Join(m.down, err)
}

func (m *memory) Head(context.Context) (ledger.Head, error) { return ledger.Head{Size: 400}, m.down }

func (m *memory) SavedViews(ctx context.Context, owners []string, page string) ([]store.SavedViewRow, error) {
	rows, err := m.index().SavedViews(ctx, owners, page)
	return rows, errors.Join(m.down, err)
}

func (m *memory) SavedView(ctx context.Context, id string) (*store.SavedViewRow, error) {
	return m.index().SavedView(ctx, id)
}

func (m *memory) PutSavedView(ctx context.Context, v store.SavedViewRow, most int) error {
	return m.index().PutSavedView(ctx, v, most)
}

func (m *memory) DropSavedView(ctx context.Context, id string) error {
	return m.index().DropSavedView(ctx, id)
}

func (m *memory) Exports(ctx context.Context, owner string) ([]store.ExportRow, error) {
	rows, err := m.index().Exports(ctx, owner)
	return rows, errors.Join(m.down, err)
}

func (m *memory) Export(ctx context.Context, id string) (*store.ExportRow, error) {
	return m.index().Export(ctx, id)
}

func (m *memory) PutExport(ctx context.Context, e store.ExportRow) error {
	return m.index().PutExport(ctx, e)
}

func (m *memory) DropExport(ctx context.Context, id string) error {
	return m.index().DropExport(ctx, id)
}

func (m *memory) Search(ctx context.Context, q store.SearchQuery) (store.SearchPage, error) {
	if m.down != nil {
		return store.SearchPage{}, m.down
	}
	return m.index().Search(ctx, q)
}

func (m *memory) SearchCount(ctx context.Context, q store.SearchQuery, most int) (int, error) {
	return m.index().SearchCount(ctx, q, most)
}

func (m *memory) SearchParties(ctx context.Context, q store.SearchQuery) (store.PartyPage, error) {
	return m.index().SearchParties(ctx, q)
}

func (m *memory) CountParties(ctx context.Context, q store.SearchQuery, most int) (int, error) {
	return m.index().CountParties(ctx, q, most)
}

func (m *memory) Namings(ctx context.Context, q store.SearchQuery, code string, names []string, most int) ([]store.Naming, error) {
	return m.index().Namings(ctx, q, code, names, most)
}

func (m *memory) NamingsIn(ctx context.Context, q store.SearchQuery, dockets []string, most int) ([]store.Naming, error) {
	return m.index().NamingsIn(ctx, q, dockets, most)
}

func (m *memory) RowsAt(_ context.Context, ps []int64) (out []*ledger.Row, _ error) {
	for _, p := range ps {
		if r := m.rows[p]; r != nil {
			out = append(out, r)
		}
	}
	return out, m.down
}

func (m *memory) PositionsByCode(context.Context, []string) (map[string][]int64, error) {
	return nil, m.down
}

func (m *memory) PositionsByIdentity(_ context.Context, identities [][]byte) (out []int64, err error) {
	for p, r := range m.rows {
		if slices.ContainsFunc(identities, func(id []byte) bool { return bytes.Equal(id, r.Identity) }) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out, m.down
}

func (m *memory) Counts(context.Context, string) ([]store.Count, error) { return m.counts, m.down }
func (m *memory) Backlog(context.Context) (store.Backlog, error) {
	return store.Backlog{Codes: 7}, m.down
}

// reader ledger: reads rows as they are put here, opening what may be opened.
type openLedger struct{ records map[int64]standard.Record }

func (l openLedger) Reveal(row *ledger.Row, open func(standard.Vault, standard.Seal) bool) (*ledger.Revealed, error) {
	rec := l.records[row.Position]
	ds := standard.Default().Dataset(rec.Dataset)
	if ds.Seal != standard.Open && !open(standard.Vault{Origin: rec.Origin, Tender: rec.Fields["TENDER_PROJECT_CODE"], Lot: rec.Fields["BID_SECTION_CODE"]}, ds.Seal) {
		return &ledger.Revealed{Record: standard.Record{Origin: rec.Origin}}, nil
	}
	return &ledger.Revealed{Record: rec}, nil
}

func (l openLedger) Disclose(_ context.Context, row *ledger.Row, names []string, _ func(standard.Vault, standard.Seal) bool) (*ledger.Disclosed, error) {
	d := &ledger.Disclosed{Log: "test", Position: row.Position}
	for _, n := range names {
		d.Fields = append(d.Fields, ledger.DisclosedField{Name: n, Value: l.records[row.Position].Fields[n]})
	}
	return d, nil
}

type planted struct {
	docket, dataset, field, origin string
	value                          string
}

// house is a server over three dockets that hold every field of every data set
// of a construction tender in plain.
type house struct {
	memory  *memory
	ledger  openLedger
	planted []planted
	log     *strings.Builder
	config  Config
	server  *Server
	next    int64
	byValue map[string]planted

	readings notes
}

// tokens by the name of their reader, as the scripts write them.
var tokens = map[string]disclose.Reader{
	"source":        {Audience: disclose.Source, ID: "system A", Origins: []string{originA}},
	"supervisor":    {Audience: disclose.Supervisor, ID: "Luoyang", Regions: []string{"410300"}},
	"outside":       {Audience: disclose.Supervisor, ID: "Kaifeng", Regions: []string{"410200"}},
	"auditor":       {Audience: disclose.Auditor, ID: "audit"},
	"administrator": {Audience: disclose.Administrator, ID: "admin"},
}

type testReaders struct{}

func (testReaders) Reader(_ context.Context, authorization string) (disclose.Reader, error) {
	switch {
	case authorization == "":
		return disclose.Reader{Audience: disclose.Public}, nil
	case authorization == "Bearer broken":
		return disclose.Reader{}, errors.New("disk gone")
	case !strings.HasPrefix(authorization, "Bearer "):
		return disclose.Reader{}, identity.ErrMalformed
	}
	r, ok := tokens[strings.TrimPrefix(authorization, "Bearer ")]
	if !ok {
		return disclose.Reader{}, identity.ErrUnknown
	}
	return r, nil
}

// subjects are projects and bodies in memory: one project that all dockets
// name, and bodies whose registers hold every planted row.
type subjects struct{ m *memory }

func (s subjects) Project(_ context.Context, code string) (*docket.ProjectFile, error) {
	return &docket.ProjectFile{File: docket.Docket{ID: code}, Dockets: s.m.ids()}, s.m.down
}

func (s subjects) Body(_ context.Context, code string) (*docket.BodyFile, error) {
	b := &docket.BodyFile{File: docket.Docket{ID: code}}
	for _, id := range s.m.ids() {
		b.File.Live = append(b.File.Live, s.m.dockets[id].Live...)
	}
	return b, s.m.down
}

func newHouse(t *testing.T, change ...func(*Config)) *house {
	t.Helper()
	h := &house{memory: &memory{t: t, dockets: map[string]*docket.Docket{}, rows: map[int64]*ledger.Row{}}, ledger: openLedger{map[int64]standard.Record{}}, log: &strings.Builder{}}
	h.tender(tenderA, "410302", false)
	h.tender(tenderB, "410302", true)
	h.tender(tenderC, "410105", true)
	h.memory.counts = []store.Count{{Day: "2018-06-01", Source: "system A", Dataset: "503", Records: 3, Defective: 1}, {Day: "2018-06-01", Source: "system A", Dataset: "502", Records: 2}}
	ids := 0
	h.config = Config{
		Version: "test", StoreName: "memory", LogName: "mingjing.test/log", Store: h.memory, Ledger: h.ledger, Readers: testReaders{}, Subjects: subjects{h.memory},
		Log: slog.New(slog.NewTextHandler(h.log, nil)), Clock: func() time.Time { return now }, CursorKey: make([]byte, 32),
		NewID:    func() string { ids++; return fmt.Sprintf("request-%d", ids) },
		Readings: &h.readings,
		LogHandler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintln(w, "mingjing.test/log")
		}),
		LogState: func() LogState {
			return LogState{Size: 400, At: now.Add(-time.Minute), Witnesses: []Witness{{Name: "witness.test", Size: 390, At: now.Add(-time.Minute), OK: true}}}
		},
		Exchange: func(api huma.API, mux *http.ServeMux) error {
			return exchange.Mount(api, mux, exchange.Deps{Catalogue: standard.Default(), Files: files.New(files.Config{}), NewID: func() string { return "door-1" }, Log: slog.New(slog.DiscardHandler)})
		},
		Docs:   map[string]string{"exchange": "# Door\n\n| rule | meaning |\n|---|---|\n| `X001` | not signed |\n"},
		Checks: []Check{{Name: "keys", Do: func(context.Context) error { return nil }}},
	}
	for _, c := range change {
		c(&h.config)
	}
	var err error
	if h.server, err = New(h.config); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) tender(id, region string, opened bool) {
	lot := id + "001"
	d := &docket.Docket{ID: id, Class: "construction", Region: region, Title: "综合楼建设工程 " + id, Lots: []docket.Lot{{Code: lot, Name: "一标段", Declared: true}}}
	h.memory.dockets[id] = d
	for _, ds := range standard.Default().Datasets() {
		if ds.Class != "construction" {
			continue
		}
		for i := range 2 {
			origin := []string{originA, originB}[i]
			h.put(d, ds, origin, lot, region)
		}
	}
	if opened {
		for _, o := range []string{originA, originB} {
			d.Releases = append(d.Releases, docket.Release{Origin: o, Lot: lot, Seal: standard.Bid, State: "opened", Bidders: 3, At: now.Add(-time.Hour)})
		}
	}
	f := detect.Finding{
		Key: "k" + id, Indicator: "D01", State: detect.Fired, Docket: id, Lot: lot, Subjects: []string{"subjects of " + id}, Value: "2 bidders of " + id,
		TextZH: "疑似同一机器 " + id, TextEN: "suspected same machine " + id, Grade: detect.Clue,
		Evidence: []docket.Ref{{Dataset: "519", Key: "key-519-" + id + originA, Field: "CPU_ID", Origin: originA, Position: 5}},
	}
	body, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	h.memory.findings = append(h.memory.findings, store.FindingRow{Key: f.Key, Docket: id, Indicator: "D01", State: "fired", Region: region, At: now, Body: body, Seq: int64(len(h.memory.findings) + 1)})
}

func (h *house) put(d *docket.Docket, ds *standard.Dataset, origin, lot, region string) {
	h.next++
	key := "key-" + ds.No + "-" + d.ID + origin
	e := docket.Entry{Dataset: ds.No, Origin: origin, Key: key, Revision: "1", Position: h.next, Received: now.Add(-time.Hour), Versions: 1, Fields: map[string]string{}}
	for i := range ds.Fields {
		f := &ds.Fields[i]
		switch f.Name {
		case "TENDER_PROJECT_CODE":
			e.Fields[f.Name] = d.ID
		case "BID_SECTION_CODE", "BID_SECTION_CODES":
			e.Fields[f.Name] = lot
		case "REGION_CODE":
			e.Fields[f.Name] = region
		case "TENDER_PROJECT_NAME":
			e.Fields[f.Name] = d.Title
		default:
			e.Fields[f.Name] = fmt.Sprintf("plant%s%sx%04d", strings.ToLower(strings.ReplaceAll(f.Name, "_", "")), ds.No, h.next)
			h.planted = append(h.planted, planted{d.ID, ds.No, f.Name, origin, e.Fields[f.Name]})
		}
	}
	if ds.Seal != standard.Open {
		h.planted = append(h.planted, planted{d.ID, ds.No, "@key", origin, key})
	}
	d.Live = append(d.Live, e)
	d.Events = append(d.Events, docket.Event{At: now.Add(-time.Hour), Kind: "of." + ds.No, Lot: lot, Ref: docket.Ref{Dataset: ds.No, Key: key, Origin: origin, Position: h.next, Field: ds.Fields[0].Name}})
	id := sha256.Sum256([]byte(origin + ds.No + key))
	h.memory.rows[h.next] = &ledger.Row{Position: h.next, Origin: origin, Identity: id[:]}
	h.ledger.records[h.next] = standard.Record{Origin: origin, Dataset: ds.No, Key: key, Fields: e.Fields}
}

// seen lists what planted values stand in a text.
func (h *house) seen(text string) []planted {
	if h.byValue == nil {
		h.byValue = map[string]planted{}
		for _, p := range h.planted {
			h.byValue[p.value] = p
		}
	}
	var out []planted
	for _, word := range plantedWords.FindAllString(text, -1) {
		if p, ok := h.byValue[word]; ok {
			out = append(out, p)
		}
	}
	return out
}

var plantedWords = regexp.MustCompile(`plant[a-z0-9]+|key-[0-9]+-[0-9A-Z]+`)

// get asks as a reader, "" for the public.
func (h *house) get(path, who string, header ...string) *httptest.ResponseRecorder {
	return h.do("GET", path, who, header...)
}

func (h *house) do(method, path, who string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+who)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.server.Handler().ServeHTTP(w, r)
	return w
}

func decode[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if w.Code != 200 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return v
}
