package ledger

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/standard"
)

var lot = standard.Vault{Origin: testOrigin, Tender: "T1", Lot: "L1"}

// Positions of the rows of a fullBench that tests refer to.
const (
	openRow   = 0 // one of a batch of two, with a defect
	partRow   = 2 // with sealed parts: bid and personal
	wholeRow  = 3 // wholly sealed, with a personal part inside
	systemRow = 4
	erasedAt  = 5 // of whose fields one is erased
	erasure   = 6 // the record of that
	tailRow   = 7
	fullSize  = 8
)

// fullBench is a small log with a row of each kind, published twice.
func fullBench(t testing.TB) *bench {
	b := newBench(t)
	a := openDraft("503", "K1", "20261123090000", map[string]string{"TENDER_PROJECT_CODE": "T1", "NOTICE_NAME": "公告"})
	a.Problems = []standard.Problem{{Rule: "S012", Field: "NOTICE_NAME", Severity: standard.Defect, TextZH: "过短", TextEN: "too short"}}
	mustAppend(t, b.l, submission(a, openDraft("503", "K2", "20261123090001", map[string]string{"TENDER_PROJECT_CODE": "T1"})))
	part := openDraft("506", "K3", "20261123090002", map[string]string{"TENDER_PROJECT_CODE": "T1", "BID_OPENING_CONTENT": "报价 100", "CONTACT_PHONE": "13900000000"})
	part.Sealing = standard.Sealing{Fields: map[string]standard.Seal{"BID_OPENING_CONTENT": standard.Bid, "CONTACT_PHONE": standard.Personal}, Vaults: []standard.Vault{lot}, Person: "P1"}
	mustAppend(t, b.l, submission(part))
	whole := openDraft("507", "K4", "20261123090003", map[string]string{"TENDER_PROJECT_CODE": "T1", "BIDDER_NAME": "甲公司", "CONTACT_PHONE": "13911111111"})
	whole.Sealing = standard.Sealing{Whole: standard.Bid, Fields: map[string]standard.Seal{"CONTACT_PHONE": standard.Personal}, Vaults: []standard.Vault{lot}, Person: "P2"}
	mustAppend(t, b.l, submission(whole))
	b.publish()
	mustAppend(t, b.l, Submission{Author: Author{Kind: "system", ID: "mingjing"}, Drafts: []Draft{{
		Record: standard.Record{Origin: SystemOrigin, Dataset: "release", Op: standard.Insert, Key: "r", Revision: "1", Fields: map[string]string{"STATE": "opened"}},
		Codes:  []string{"tender:T1"},
	}}})
	mustAppend(t, b.l, submission(openDraft("504", "K6", "20261123090005", map[string]string{"TENDER_PROJECT_CODE": "T1", "REMARK": "张三 340104199001011234"})))
	if _, err := b.l.Erase(context.Background(), Erasure{Order: "皖删〔2026〕1号", Position: erasedAt, Fields: []string{"REMARK"}, Reason: "个人信息", Author: Author{Kind: "person", ID: "office"}}); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, b.l, submission(openDraft("503", "K8", "20261123090006", map[string]string{"TENDER_PROJECT_CODE": "T1"})))
	b.publish()
	if b.store.head.Size != fullSize {
		t.Fatalf("%d rows", b.store.head.Size)
	}
	return b
}

// options check everything that can be checked.
func (b *bench) options() VerifyOptions {
	return VerifyOptions{
		Store: b.store, Dir: b.dir, VKey: b.vkey, Keyring: b.l.keys, Open: all, Personal: true,
		Codes: func(*Row, *standard.Record) ([]string, bool) { return []string{"tender:T1"}, true },
		CheckBatch: func(_ context.Context, _ *BatchRow, e *Evidence, rows []*Row) error {
			if string(e.Base) != "base" {
				return errors.New("signature does not verify")
			}
			for _, r := range rows {
				if r.Key != "" && !bytes.Contains(e.Body, []byte(r.Dataset+" "+r.Key+" ")) {
					return fmt.Errorf("record %s is not in the body", r.Key)
				}
			}
			return nil
		},
	}
}

func (b *bench) verify(t testing.TB, change ...func(*VerifyOptions)) *VerifyReport {
	t.Helper()
	opt := b.options()
	for _, c := range change {
		c(&opt)
	}
	r, err := VerifyData(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func report(r *VerifyReport) string {
	var b strings.Builder
	_ = r.Write(&b, "en")
	return b.String()
}

func TestVerifyHonestLog(t *testing.T) {
	b := fullBench(t)
	for name, change := range map[string]func(*VerifyOptions){
		"all":             func(*VerifyOptions) {},
		"without keyring": func(o *VerifyOptions) { o.Keyring = nil },
		"nothing opened":  func(o *VerifyOptions) { o.Open, o.Personal = nil, false },
		"bare store":      func(o *VerifyOptions) { *o = VerifyOptions{Store: o.Store} },
	} {
		r := b.verify(t, change)
		if !r.OK() || VerifyExit(r, nil) != 0 || r.Size != fullSize {
			t.Errorf("%s: %s", name, report(r))
		}
	}
	r := b.verify(t)
	if len(r.Erased) != 1 || r.Erased[0].Position != erasedAt || r.Erased[0].Order != "皖删〔2026〕1号" || r.Erased[0].Record != erasure {
		t.Errorf("erased: %+v", r.Erased)
	}
	var zh bytes.Buffer
	if err := r.Write(&zh, "zh"); err != nil || !strings.Contains(zh.String(), "已依 皖删〔2026〕1号 号决定删除") || !strings.Contains(report(r), "erased by order") {
		t.Errorf("words: %s %v", zh.String(), err)
	}
	if secret := report(r) + zh.String(); strings.Contains(secret, "13900000000") || strings.Contains(secret, "13911111111") || strings.Contains(secret, "甲公司") {
		t.Error("a sealed value is in the report")
	}
	if empty := newBench(t).verify(t); !empty.OK() || empty.Size != 0 {
		t.Errorf("empty log: %s", report(empty))
	}
}

// Whatever column of whatever row is altered, it is found; the table must name
// every column there is.
func TestEveryAlteredColumnIsFound(t *testing.T) {
	flip := func(p *[]byte) bool {
		if len(*p) == 0 {
			return false
		}
		(*p)[len(*p)/2] ^= 1
		return true
	}
	text := func(p *string) bool { *p += "x"; return true }
	columns := map[string][]func(*Row) bool{
		"Position": {func(r *Row) bool { r.Position++; return true }, func(r *Row) bool { r.Position = 0; return true }},
		"Received": {
			func(r *Row) bool { r.Received = r.Received.Add(-time.Hour); return true }, // backdated
			func(r *Row) bool { r.Received = r.Received.Add(time.Millisecond); return true },
		},
		"Author": {
			func(r *Row) bool { return text(&r.Author.Kind) }, func(r *Row) bool { return text(&r.Author.ID) }, func(r *Row) bool { return text(&r.Author.Key) },
			func(r *Row) bool { // the same text kind:id
				r.Author.Kind, r.Author.ID = r.Author.Kind+":"+r.Author.ID, ""
				return true
			},
		},
		"Origin":   {func(r *Row) bool { return text(&r.Origin) }, func(r *Row) bool { r.Origin = ""; return true }},
		"Batch":    {func(r *Row) bool { r.Batch++; return true }, func(r *Row) bool { r.Batch--; return true }, func(r *Row) bool { b := r.Batch; r.Batch = 0; return b != 0 }},
		"Standard": {func(r *Row) bool { return text(&r.Standard) }},
		"History":  {func(r *Row) bool { r.History = !r.History; return true }},
		"Dataset":  {func(r *Row) bool { return text(&r.Dataset) }},
		"Key":      {func(r *Row) bool { return text(&r.Key) }},
		"Revision": {func(r *Row) bool { return text(&r.Revision) }},
		"Op":       {func(r *Row) bool { r.Op = "delete"; return true }},
		"Occurred": {func(r *Row) bool { return text(&r.Occurred) }},
		"Fields": {
			func(r *Row) bool { return replace(&r.Fields, "T1", "T2") },
			func(r *Row) bool { return replace(&r.Fields, "TENDER_PROJECT_CODE", "TENDER_PROJECT_CODF") },
			func(r *Row) bool { r.Fields = []byte(`{}`); return true },
			func(r *Row) bool { r.Fields = nil; return true },
			func(r *Row) bool {
				r.Fields = append(bytes.TrimSuffix(r.Fields, []byte("}")), []byte(`,"X":"1"}`)...)
				return true
			},
			func(r *Row) bool { r.Fields = []byte("{"); return true },
		},
		"Sealed": {
			func(r *Row) bool { return flip(&r.Sealed) },
			func(r *Row) bool { had := len(r.Sealed) > 0; r.Sealed = nil; return had },
			func(r *Row) bool {
				if len(r.Sealed) == 0 {
					return false
				}
				r.Sealed = r.Sealed[:len(r.Sealed)-1]
				return true
			},
			func(r *Row) bool { r.Sealed = append(r.Sealed, 1); return true },
		},
		"Seed":        {func(r *Row) bool { return flip(&r.Seed) }, func(r *Row) bool { had := len(r.Seed) > 0; r.Seed = nil; return had }, func(r *Row) bool { r.Seed = append(r.Seed, 7); return true }},
		"Commitments": {func(r *Row) bool { return flip(&r.Commitments) }, func(r *Row) bool { r.Commitments = append(r.Commitments, make([]byte, 32)...); return true }, func(r *Row) bool { r.Commitments = append(r.Commitments, 1); return true }},
		"Salts": {
			func(r *Row) bool { return replace(&r.Salts, "TENDER", "TENDEX") },
			func(r *Row) bool { had := len(r.Salts) > 0; r.Salts = nil; return had },
			func(r *Row) bool {
				if len(r.Salts) == 0 {
					r.Salts = []byte(`{}`)
				} else {
					r.Salts = append(bytes.TrimSuffix(r.Salts, []byte("}")), []byte(`,"X":"00"}`)...)
				}
				return true
			},
		},
		"Leaf":     {func(r *Row) bool { r.Leaf[9] ^= 4; return true }},
		"Identity": {func(r *Row) bool { return flip(&r.Identity) }},
		"Content": {func(r *Row) bool {
			if r.Position == erasedAt { // what it was made of is gone: nothing can tell
				return false
			}
			return flip(&r.Content)
		}},
		"Problems": {
			func(r *Row) bool { had := len(r.Problems) > 0; r.Problems = nil; return had },
			func(r *Row) bool {
				r.Problems = []byte(`[{"rule":"S999","severity":"defect","zh":"x","en":"x","mend_zh":"","mend_en":""}]`)
				return true
			},
		},
		"Codes": {func(r *Row) bool { r.Codes = nil; return true }, func(r *Row) bool { r.Codes = append(r.Codes, "tender:T9"); return true }},
	}
	var names []string
	for i := range reflect.TypeFor[Row]().NumField() {
		names = append(names, reflect.TypeFor[Row]().Field(i).Name)
	}
	if have := slices.Sorted(maps.Keys(columns)); !slices.Equal(have, slices.Sorted(slices.Values(names))) {
		t.Fatalf("the table names %v, a row has %v", have, names)
	}
	b := fullBench(t)
	honest := slices.Clone(b.store.rows)
	opt := b.options()
	for _, name := range names {
		for i, change := range columns[name] {
			done := 0
			for at := range honest {
				row := cloneRow(honest[at])
				if !change(row) || reflect.DeepEqual(row, honest[at]) {
					continue
				}
				done++
				b.store.rows = slices.Clone(honest)
				b.store.rows[at] = row
				r, err := VerifyData(t.Context(), opt)
				if err != nil {
					t.Fatalf("%s[%d] of row %d: %v", name, i, at, err)
				}
				if r.OK() || VerifyExit(r, nil) != 1 {
					t.Errorf("%s[%d] of row %d altered, nothing was found", name, i, at)
				}
				found := slices.ContainsFunc(r.Troubles, func(tr Trouble) bool { return tr.Position == int64(at) })
				if !found && name != "Position" && name != "Batch" {
					t.Errorf("%s[%d] of row %d altered, but the report does not name the row: %s", name, i, at, report(r))
				}
			}
			if done == 0 {
				t.Errorf("%s[%d] altered no row", name, i)
			}
		}
	}
}

func replace(p *[]byte, from, to string) bool {
	was := *p
	*p = bytes.Replace(was, []byte(from), []byte(to), 1)
	return !bytes.Equal(was, *p)
}

func TestSuspectedColumn(t *testing.T) {
	for field, alter := range map[string]func(*Row){
		FieldReceived:               func(r *Row) { r.Received = r.Received.Add(time.Millisecond) },
		FieldAuthor:                 func(r *Row) { r.Author.ID = "other" },
		FieldKeyID:                  func(r *Row) { r.Author.Key = "k2" },
		FieldHistory:                func(r *Row) { r.History = true },
		"leaf":                      func(r *Row) { r.Leaf[0] ^= 1 },
		"@origin/@dataset/@key":     func(r *Row) { r.Key = "K9" },
		"content" /* the column */ : func(r *Row) { replace(&r.Fields, "T1", "T2") },
	} {
		b := fullBench(t)
		alter(b.store.rows[openRow])
		r := b.verify(t)
		if !slices.ContainsFunc(r.Troubles, func(tr Trouble) bool { return tr.Position == openRow && tr.Field == field }) {
			t.Errorf("%s is not named: %s", field, report(r))
		}
	}
}

func TestVerifyTellsSuccessionAndDeep(t *testing.T) {
	b := fullBench(t)
	oldDir := t.TempDir()
	oldSigner, oldVKey, err := OpenSigner(t.Context(), newMemStore(), oldDir, "test.example/log0", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	last, err := signCheckpoint(Checkpoint{Origin: "test.example/log0", Size: 7}, oldSigner)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := NewSuccession(last, benchLog, "disk lost", b.pub.cfg.Signer)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteSuccession(b.dir, signed); err != nil {
		t.Fatal(err)
	}
	r := b.verify(t, func(o *VerifyOptions) {
		o.OldVKey = oldVKey
		o.Deep = func(_ context.Context, r *VerifyReport) error {
			r.Add(TroubleDeep, 3, "", "卷宗 T1 与重算结果不同", "docket T1 is not what refolding gives")
			return nil
		}
	})
	if !strings.Contains(report(r), "succeeds test.example/log0 (7 records), because: disk lost") {
		t.Error(report(r))
	}
	if r.OK() || r.Troubles[0].Kind != TroubleDeep || len(r.Troubles) != 1 {
		t.Errorf("deep: %+v", r.Troubles)
	}
	if r := b.verify(t, func(o *VerifyOptions) { o.OldVKey = b.vkey }); !has(r, TroubleCheckpoint) {
		t.Error("succession under a wrong key")
	}
	failed := errors.New("store gone")
	opt := b.options()
	opt.Deep = func(context.Context, *VerifyReport) error { return failed }
	if r, err := VerifyData(t.Context(), opt); !errors.Is(err, failed) || VerifyExit(r, err) != 2 {
		t.Errorf("deep check that could not be carried out: %v", err)
	}
}

// A store that cannot be read is an error, never a clean report.
func TestVerifyUnreadableStore(t *testing.T) {
	b := fullBench(t)
	for n := 1; ; n++ {
		b.store.calls, b.store.fault = 0, func(i int, _ string) error {
			if i == n {
				return errFault
			}
			return nil
		}
		r, err := VerifyData(t.Context(), b.options())
		if b.store.calls < n {
			if n < 10 || err != nil {
				t.Errorf("only %d calls: %v", n-1, err)
			}
			break
		}
		if !errors.Is(err, errFault) && (r == nil || r.OK()) {
			t.Errorf("call %d fails: %v", n, err)
		}
	}
	b.store.fault = nil
}

func BenchmarkVerifyData(b *testing.B) {
	x := benchOf(b, 5000)
	b.ResetTimer()
	for b.Loop() {
		if r, err := VerifyData(b.Context(), VerifyOptions{Store: x.store, Dir: x.dir, VKey: x.vkey, Keyring: x.l.keys}); err != nil || !r.OK() {
			b.Fatal(err, report(r))
		}
	}
	b.ReportMetric(float64(b.N)*5000/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkReadBack(b *testing.B) {
	x := benchOf(b, 5000)
	b.ResetTimer()
	for b.Loop() {
		if _, _, err := readBack(b.Context(), x.store, &edge{}, x.store.head, time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*5000/b.Elapsed().Seconds(), "records/s")
}

// benchOf is a log of n records of 25 fields.
func benchOf(b *testing.B, n int) *bench {
	x := newBench(b)
	for i := 0; i < n; i += 500 {
		var ds []Draft
		for j := range 500 {
			r := record25()
			ds = append(ds, openDraft("503", fmt.Sprintf("K%d", i+j), "1", r.Fields))
		}
		mustAppend(b, x.l, submission(ds...))
	}
	x.publish()
	return x
}
