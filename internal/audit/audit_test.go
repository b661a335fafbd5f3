package audit

import (
	"archive/zip"
	"bytes"
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
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
	"mingjing/internal/supervise"
)

// The test binary is also the process that answers.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "sql-worker" {
		for _, name := range []string{"MINGJING_STORE", "MINGJING_SECRET_OF_TEST"} {
			if os.Getenv(name) != "" {
				fmt.Println(`{"fault":"the process was given ` + name + `"}`)
				os.Exit(0)
			}
		}
		if err := Work(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const (
	opened = "E4103002441A04301001"
	shut   = "E4103002441A04301002"
	origin = "91410100170000000A"
)

// shelf holds dockets in memory.
type shelf struct{ rows []*store.DocketRow }

func (s *shelf) EachDocket(_ context.Context, begun func(store.Moment) error, fn func(*store.DocketRow, []store.FindingRow) error) error {
	if err := begun(store.Moment{Head: ledger.Head{Size: 400}, Waiting: 2}); err != nil {
		return err
	}
	for _, r := range s.rows {
		f, _ := json.Marshal(detect.Finding{Key: "k", Indicator: "K02", State: detect.Fired, Docket: r.ID, Grade: detect.Fact, TextZH: "缺少合同，电话13800138000", TextEN: "no contract"})
		clear, _ := json.Marshal(detect.Finding{Key: "c", Indicator: "A01", State: detect.Failed, Docket: r.ID})
		if err := fn(r, []store.FindingRow{{Key: "k", Docket: r.ID, At: time.Now(), Body: f, Dismissed: true}, {Key: "c", Docket: r.ID, Body: clear}}); err != nil {
			return err
		}
	}
	return nil
}

func (s *shelf) put(t *testing.T, id string, open bool, entries ...docket.Entry) {
	t.Helper()
	lot := id + "001"
	d := docket.Docket{ID: id, Class: "construction", Title: "综合楼工程", Region: "410300", Lots: []docket.Lot{{Code: lot, Declared: true}}}
	for i, e := range entries {
		e.Origin, e.Key, e.Revision, e.Versions, e.Position, e.Received = origin, fmt.Sprintf("%s-%s-%d", e.Dataset, id, i), "1", 1, int64(i), time.Now()
		e.Fields["TENDER_PROJECT_CODE"], e.Fields["BID_SECTION_CODE"] = id, lot
		d.Live = append(d.Live, e)
	}
	if open {
		d.Releases = []docket.Release{{Origin: origin, Lot: lot, Seal: standard.Bid, State: "opened", Bidders: 3, At: time.Now().Add(-time.Hour)}}
	}
	body, err := json.Marshal(&d)
	if err != nil {
		t.Fatal(err)
	}
	s.rows = append(s.rows, &store.DocketRow{ID: id, Class: d.Class, Region: d.Region, Body: body})
}

type bench struct {
	*Desk
	shelf *shelf
	log   []supervise.Asking
	down  error
}

func newBench(t *testing.T, change ...func(*Config)) *bench {
	t.Helper()
	t.Setenv("MINGJING_SECRET_OF_TEST", "hush")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{shelf: &shelf{}}
	row := func(dataset string, fields map[string]string) docket.Entry {
		return docket.Entry{Dataset: dataset, Occurred: "2024-06-01T09:00:00+08:00", Fields: fields}
	}
	tender := func() docket.Entry {
		return row("501", map[string]string{"TENDER_PROJECT_NAME": "综合楼工程", "PROJECT_CODE": "P1", "TENDER_CONTENT": "咨询电话13800138000", "TENDERER_NAME": "某局"})
	}
	bid := func(who string) docket.Entry {
		return row("507", map[string]string{"BIDDER_NAME": who, "BID_PRICE": "1000", "PRICE_UNIT": "0", "PRICE_FORM_CODE": "1", "BID_MANAGER": "王经理"})
	}
	b.shelf.put(t, opened, true, tender(), bid("甲公司"), bid("乙公司"), row("9110", map[string]string{"CONTRACT_NUMBER": "H1", "PAYMENT_NUMBER": "1", "PAYMENT_AMOUNT": "300.05", "PAYEE_NAME": "甲公司", "PAYEE_CODE": "91410105MA0000B01L"}))
	b.shelf.put(t, shut, false, tender(), bid("秘密公司"))
	cfg := Config{
		Dir: filepath.Join(t.TempDir(), "audit"), Store: b.shelf, Command: []string{self, "sql-worker"}, Limits: DefaultLimits(),
		Project: func(_ context.Context, code string, before int64) (*docket.ProjectFile, error) {
			if before != 400 {
				t.Errorf("project %s is read before %d", code, before)
			}
			return &docket.ProjectFile{File: docket.Docket{ID: code, Live: []docket.Entry{{Dataset: "9101", Origin: origin, Key: "a", Versions: 1, Fields: map[string]string{"PROJECT_CODE": code, "TOTAL_INVESTMENT": "5000", "PROJECT_NAME": "综合楼"}}}}}, nil
		},
		Note: func(_ context.Context, a supervise.Asking) (supervise.Asking, error) {
			if b.down != nil {
				return a, b.down
			}
			a.ID, a.At = fmt.Sprint(len(b.log)+1), time.Now()
			b.log = append(b.log, a)
			return a, a.Check()
		},
	}
	cfg.Limits.Within = 5 * time.Second
	for _, c := range change {
		c(&cfg)
	}
	if b.Desk, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	return b
}

type kept struct {
	names []string
	rows  [][]any
}

func (k *kept) Columns(names, _ []string) error { k.names = names; return nil }
func (k *kept) Row(values []any) error          { k.rows = append(k.rows, values); return nil }

func (b *bench) ask(t *testing.T, sql string, change ...func(*Question)) (string, *Told, error) {
	t.Helper()
	q := Question{Asking: supervise.Asking{Act: supervise.AskQuery, SQL: sql, Person: "p", Name: "沈计"}, Rows: 100}
	for _, c := range change {
		c(&q)
	}
	got := &kept{}
	told, err := b.Ask(t.Context(), q, got)
	return fmt.Sprint(got.rows), told, err
}

func TestAsk(t *testing.T) {
	b := newBench(t)
	if _, _, err := b.ask(t, "SELECT 1"); !errors.Is(err, ErrNone) || len(b.log) != 0 {
		t.Fatalf("before the first snapshot: %v", err)
	}
	s, err := b.Take(t.Context())
	if err != nil || s.Dockets != 2 || s.Position != 400 || s.Waiting != 2 || s.Bytes == 0 {
		t.Fatalf("%+v %v", s, err)
	}
	for _, c := range []struct{ sql, want string }{
		{"SELECT id, project, tenderer, moment FROM docket ORDER BY id", "[[" + opened + " P1 某局 opened] [" + shut + " P1 某局 before]]"},
		{"SELECT party, yuan, fen FROM bid ORDER BY party", "[[乙公司 1000 100000] [甲公司 1000 100000]]"}, // of what is shut nothing
		{"SELECT docket, sum(fen) FROM payment GROUP BY docket", "[[" + opened + " 30005]]"},
		{"SELECT kind, fen FROM difference", "[[paid-without-contract 30005]]"},
		{"SELECT project, yuan FROM approval", "[[P1 5000]]"},
		{"SELECT DISTINCT indicator, grade, dismissed, text FROM finding", "[[K02 fact 1 缺少合同，电话〔已遮盖〕]]"},
		{"SELECT count(*), count(DISTINCT fields->>'BID_MANAGER') FROM record WHERE dataset = '507'", "[[2 1]]"},
		{"SELECT role, name FROM party WHERE name = '甲公司' ORDER BY role", "[[bidder 甲公司] [payee 甲公司]]"},
		{"SELECT fields->>'TENDER_CONTENT' FROM record WHERE dataset = '501' AND docket = '" + opened + "'", "[[咨询电话〔已遮盖〕]]"},
	} {
		got, told, err := b.ask(t, c.sql)
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		if strings.Contains(c.sql, "party WHERE") { // which roles there are is the disclosure's to say
			if !strings.Contains(got, "[bidder 甲公司]") {
				t.Errorf("%s: %s", c.sql, got)
			}
			continue
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.sql, got, c.want)
		}
		if told.Asking.Snapshot != 400 || told.Snapshot.ID != s.ID {
			t.Errorf("told %+v", told)
		}
	}
	if len(b.log) != 9 || b.log[0].SQL == "" || b.log[0].Person != "p" {
		t.Errorf("the log holds %d questions", len(b.log))
	}
	// Every documented table is there with its columns.
	for _, table := range disclose.Tables() {
		if got, _, err := b.ask(t, "SELECT * FROM "+table.Name+" LIMIT 0"); err != nil {
			t.Errorf("%s: %s %v", table.Name, got, err)
		}
	}
}

// The program's own questions can be asked.
func TestQuestions(t *testing.T) {
	b := newBench(t)
	if _, err := b.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, q := range Questions() {
		got, _, err := b.ask(t, q.SQL)
		if err != nil || q.ZH == "" || q.EN == "" {
			t.Errorf("%s: %v", q.ID, err)
		}
		if q.ID == "paid-without-contract" && !strings.Contains(got, opened) {
			t.Errorf("%s finds %s", q.ID, got)
		}
	}
}

// What is masked is shown to who proved who they are, and to nobody else.
func TestPersonal(t *testing.T) {
	b := newBench(t)
	if _, err := b.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	ask := "SELECT value FROM personal.value WHERE docket = '" + opened + "' ORDER BY value"
	var wrong *Wrong
	if got, _, err := b.ask(t, ask); !errors.As(err, &wrong) {
		t.Errorf("unproved: %s %v", got, err)
	}
	got, told, err := b.ask(t, ask, func(q *Question) { q.Personal = true })
	if err != nil || !strings.Contains(got, "13800138000") || !strings.Contains(got, "王经理") || !told.Asking.Personal {
		t.Errorf("proved: %s %v", got, err)
	}
	for _, kind := range []string{mainFile, personalFile} {
		text, err := os.ReadFile(b.file(told.Snapshot.ID, kind))
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"秘密公司", "13800138000", "王经理"} {
			if strings.Contains(string(text), secret) && (kind == mainFile || secret == "秘密公司") {
				t.Errorf("%s holds %s", kind, secret)
			}
		}
	}
	info, err := os.Stat(b.file(told.Snapshot.ID, personalFile))
	if err != nil || info.Mode().Perm() != 0o400 {
		t.Errorf("its file: %v %v", info.Mode(), err)
	}
}

// Without a record in the log nothing is asked: the process that answers is not even started.
func TestNoRecordNoQuestion(t *testing.T) {
	started := filepath.Join(t.TempDir(), "started")
	b := newBench(t, func(c *Config) {
		c.Command = []string{"/bin/sh", "-c", "echo > " + started}
	})
	if _, err := b.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.down = errors.New("disk full")
	if got, _, err := b.ask(t, "SELECT count(*) FROM docket"); !errors.Is(err, b.down) || !errors.Is(err, ErrNotNoted) || got != "[]" {
		t.Errorf("%s %v", got, err)
	}
	if _, err := os.Stat(started); err == nil {
		t.Error("the process was started")
	}
	b.down = nil
	if _, _, err := b.ask(t, "SELECT count(*) FROM docket"); err == nil {
		t.Error("a process that answers nothing was believed")
	}
	if _, err := os.Stat(started); err != nil {
		t.Errorf("the process was not started though the question is in the log: %v", err)
	}
}

// Limits of time, rows and memory are told in words; the desk goes on.
func TestLimits(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Limits.Memory = 200 << 20 })
	if _, err := b.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
	var wrong *Wrong
	for _, c := range []struct {
		sql, says string
		within    time.Duration
	}{
		{endless + "SELECT count(*) FROM n", "时限", time.Second},
		{endless + "SELECT count(DISTINCT b) FROM (SELECT randomblob(1000000) b FROM n LIMIT 2000)", "MiB", time.Minute},
		{"DELETE FROM docket", "only SELECT", time.Minute},
		{"SELECT no_such_column FROM docket", "no such column", time.Minute},
	} {
		b.cfg.Limits.Within = c.within
		if got, _, err := b.ask(t, c.sql); !errors.As(err, &wrong) || !strings.Contains(wrong.Text, c.says) {
			t.Errorf("%s: %s %v", c.sql, got, err)
		}
	}
	got, told, err := b.ask(t, endless+"SELECT i FROM n", func(q *Question) { q.Rows = 3 })
	if err != nil || !told.More || told.Rows != 3 || got != "[[1] [2] [3]]" {
		t.Errorf("rows: %s %+v %v", got, told, err)
	}
	if len(b.log) != 5 {
		t.Errorf("%d questions are in the log, want every one, also those that came to nothing", len(b.log))
	}
}

// Only the newest snapshots are kept; one that is not is told so; an erasure takes all.
func TestKept(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Keep = 2 })
	var ids []string
	for range 3 {
		s, err := b.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, s.ID)
		time.Sleep(3 * time.Millisecond)
	}
	list, making, failed, err := b.Snapshots()
	if err != nil || making || failed != "" || len(list) != 2 || list[0].ID != ids[2] || list[1].ID != ids[1] {
		t.Errorf("%+v %v", list, err)
	}
	if _, told, err := b.ask(t, "SELECT 1", func(q *Question) { q.ID = ids[1] }); err != nil || told.Snapshot.ID != ids[1] {
		t.Errorf("the older one: %v", err)
	}
	if _, _, err := b.ask(t, "SELECT 1", func(q *Question) { q.ID = ids[0] }); !errors.Is(err, ErrNotKept) {
		t.Errorf("the oldest: %v", err)
	}
	if files, _ := filepath.Glob(filepath.Join(b.cfg.Dir, "*")); len(files) != 6 {
		t.Errorf("%v", files)
	}
	if err := Forget(b.cfg.Dir); err != nil {
		t.Fatal(err)
	}
	if files, _ := filepath.Glob(filepath.Join(b.cfg.Dir, "*")); len(files) != 0 {
		t.Errorf("after an erasure: %v", files)
	}
}

// A file is whole with a manifest that its digest agrees with, in every format, and comes to who took it out alone.
func TestExport(t *testing.T) {
	b := newBench(t, func(c *Config) {
		c.Sign = func(kind, text string) ([]byte, error) { return []byte(kind + "\n" + text + "\n— signed\n"), nil }
	})
	if _, err := b.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	const sql = `SELECT 'text, "quoted"' AS said, 7 AS whole, 1.5 AS half, NULL AS none, 7 AS whole, '=1+1' AS formula UNION ALL SELECT '文', NULL, 2.0, NULL, 2.5, 'x'`
	take := func(format, sql string) Taken {
		t.Helper()
		taken, err := b.Export(t.Context(), Question{Asking: supervise.Asking{SQL: sql, Person: "p", Name: "沈计"}}, format)
		if err != nil || taken.State != "running" {
			t.Fatalf("%+v %v", taken, err)
		}
		b.jobs.Wait()
		list, err := b.Taken("p")
		if err != nil || len(list) == 0 {
			t.Fatal(list, err)
		}
		i := slices.IndexFunc(list, func(one Taken) bool { return one.ID == taken.ID })
		return list[i]
	}
	fetch := func(person, id string) (map[string][]byte, error) {
		var z bytes.Buffer
		if err := b.Fetch(person, id, func(Taken) io.Writer { return &z }); err != nil {
			return nil, err
		}
		r, err := zip.NewReader(bytes.NewReader(z.Bytes()), int64(z.Len()))
		if err != nil {
			t.Fatal(err)
		}
		out := map[string][]byte{}
		for _, f := range r.File {
			rc, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			out[f.Name], err = io.ReadAll(rc)
			if err := errors.Join(err, rc.Close()); err != nil {
				t.Fatal(err)
			}
		}
		return out, nil
	}
	for _, format := range Formats() {
		taken := take(format, sql)
		if taken.State != "done" || taken.Rows != 2 {
			t.Fatalf("%s: %+v", format, taken)
		}
		if _, err := fetch("another", taken.ID); !errors.Is(err, ErrNotKept) {
			t.Errorf("%s: another fetches it: %v", format, err)
		}
		files, err := fetch("p", taken.ID)
		if err != nil {
			t.Fatal(err)
		}
		data, text := files["answer."+format], string(files["answer.manifest"])
		body, ok := strings.CutPrefix(text, ManifestKind+"\n")
		body, _, _ = strings.Cut(body, "\n— signed")
		var m Manifest
		if err := json.Unmarshal([]byte(body), &m); !ok || err != nil {
			t.Fatalf("%s: %v in %s", format, err, text)
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != m.SHA256 || m.Bytes != int64(len(data)) || m.Rows != 2 || m.Snapshot.Position != 400 || m.Asked.SQL != sql || m.Asked.Format != format {
			t.Errorf("%s: the manifest says %+v", format, m)
		}
		if fmt.Sprint(m.Columns) != "[said whole half none whole_2 formula]" {
			t.Errorf("%s: columns %v", format, m.Columns)
		}
		switch format {
		case "csv":
			if want := "\ufeffsaid,whole,half,none,whole_2,formula\r\n\"text, \"\"quoted\"\"\",7,1.5,,7,'=1+1\r\n文,,2,,2.5,x\r\n"; string(data) != want {
				t.Errorf("%q, want %q", data, want)
			}
		case "xlsx":
			book, err := excelize.OpenReader(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			rows, err := book.GetRows("Sheet1")
			if formula, _ := book.GetCellFormula("Sheet1", "F2"); err != nil || fmt.Sprint(rows) != `[[said whole half none whole_2 formula] [text, "quoted" 7 1.5  7 =1+1] [文  2  2.5 x]]` || formula != "" {
				t.Errorf("%v %q %v", rows, formula, err)
			}
			_ = book.Close()
		case "parquet":
			if fmt.Sprint(m.Types) != "[STRING INT64 DOUBLE STRING DOUBLE STRING]" {
				t.Errorf("types %v", m.Types)
			}
			f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatal(err)
			}
			rows := make([]parquet.Row, 3)
			n, err := parquet.NewReader(f).ReadRows(rows)
			if n != 2 || err != nil && !errors.Is(err, io.EOF) || fmt.Sprint(rows[:n]) != `[[text, "quoted" 7 1.5 <null> 7 =1+1] [文 <null> 2 <null> 2.5 x]]` {
				t.Errorf("%d rows %v %v", n, rows[:n], err)
			}
		}
	}
	if taken := take("parquet", "SELECT 2.0 AS real, 3 AS whole"); taken.State != "done" {
		t.Errorf("%+v", taken)
	} else if files, err := fetch("p", taken.ID); err != nil || !strings.Contains(strings.Join(strings.Fields(string(files["answer.manifest"])), ""), `"types":["DOUBLE","INT64"]`) {
		t.Errorf("a real number without fraction is %s %v", files["answer.manifest"], err)
	}
	if taken := take("csv", "SELECT no_such_column FROM docket"); taken.State != "failed" || !strings.Contains(taken.Error, "no such column") {
		t.Errorf("a wrong question: %+v", taken)
	}
	b.cfg.Limits.Export = 3
	if taken := take("parquet", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 4) SELECT i FROM n"); taken.State != "failed" || !strings.Contains(taken.Error, "3 行") {
		t.Errorf("too many rows: %+v", taken)
	}
	if files, _ := filepath.Glob(b.taken("*.data")); len(files) != len(Formats())+1 {
		t.Errorf("what failed left %v", files)
	}
	noted := len(b.log)
	if noted != len(Formats())+3 || b.log[0].Act != supervise.AskExport {
		t.Errorf("%d in the log: %+v", noted, b.log)
	}
	b.down = errors.New("disk full")
	if _, err := b.Export(t.Context(), Question{Asking: supervise.Asking{SQL: sql, Person: "p", Name: "沈计"}}, "csv"); !errors.Is(err, ErrNotNoted) {
		t.Errorf("the log refuses: %v", err)
	}
	if list, err := b.Taken("p"); err != nil || len(list) != noted {
		t.Errorf("%d files for %d records: %v", len(list), noted, err)
	}
	b.cfg.Clock = func() time.Time { return time.Now().Add(25 * time.Hour) }
	if list, err := b.Taken("p"); err != nil || len(list) != 0 {
		t.Errorf("after a day: %+v %v", list, err)
	}
	if files, _ := filepath.Glob(b.taken("*")); len(files) != 0 {
		t.Errorf("after a day there are %v", files)
	}
}
