package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mingjing/internal/standard"
)

const (
	bidSecret       = "竞标报价9876543.21"
	committeeSecret = "评委秘密意见四百二十"
	personalSecret  = "342401199001011234"
	dataSetSecret   = "9011-secret-data-set"
)

// sealedDrafts are one record of each form, full of secrets.
func sealedDrafts() []Draft {
	partial := openDraft("506", "opening-1", "1", map[string]string{
		"BID_OPENING_TIME": "20180301093000", "BID_OPENING_CONTENT": bidSecret, "EVALUATION_CONTENT": committeeSecret, "CONTACT_ID": personalSecret,
	})
	partial.Sealing = standard.Sealing{
		Fields: map[string]standard.Seal{"BID_OPENING_CONTENT": standard.Bid, "EVALUATION_CONTENT": standard.Committee, "CONTACT_ID": standard.Personal},
		Vaults: []standard.Vault{lotA}, Person: personalSecret,
	}
	partial.Problems = []standard.Problem{
		{Rule: "S1", Field: "CONTACT_ID", Severity: standard.Defect, Value: personalSecret, TextZH: "值 " + personalSecret + " 有误", TextEN: "is wrong"},
		{Rule: "S2", Field: "BID_OPENING_TIME", Severity: standard.Defect, Value: "20180301093000"},
	}
	whole := openDraft(dataSetSecret, "key-"+bidSecret, "rev-"+bidSecret, map[string]string{
		"BIDDER_NAME": bidSecret, "PHONE": personalSecret, "SCORE": committeeSecret,
	})
	whole.Record.Occurred = "2018-03-01T09:30:00+08:00"
	whole.Codes = []string{"tender:" + bidSecret}
	whole.Sealing = standard.Sealing{
		Whole: standard.Bid, Fields: map[string]standard.Seal{"PHONE": standard.Personal, "SCORE": standard.Committee},
		Vaults: []standard.Vault{lotA, lotB}, Person: personalSecret,
	}
	whole.Problems = []standard.Problem{{Rule: "S3", Field: "BIDDER_NAME", Severity: standard.Defect}}
	lost := openDraft(dataSetSecret, "lost", "1", map[string]string{"BIDDER_NAME": bidSecret})
	lost.Sealing = standard.Sealing{Whole: standard.Committee}
	return []Draft{partial, whole, lost}
}

// TestSecretsNeverLeave looks for planted secrets in every byte that the store
// was handed and in every file of the keyring.
func TestSecretsNeverLeave(t *testing.T) {
	store, dir := newMemStore(), t.TempDir()
	l := openTest(t, store, dir)
	// An open neighbour in the same batch must not give them away either.
	mustAppend(t, l, submission(append(sealedDrafts(), openDraft("503", "neighbour", "1", map[string]string{"A": "open value"}))...))
	mustAppend(t, l, submission(sealedDrafts()...)) // replayed
	// Nor may the body of an open record whose batch held records that were refused.
	for i, d := range sealedDrafts() {
		beside := submission(openDraft("503", "beside", strconv.Itoa(i), map[string]string{"A": "open value"}), d)
		beside.Drafts, beside.Beside = beside.Drafts[:1], beside.Drafts[1:]
		mustAppend(t, l, beside)
		if !BatchSealed(store.batches[len(store.batches)-1]) {
			t.Errorf("%d: the body that holds a refused record is kept in the open", i)
		}
	}
	var files bytes.Buffer
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		files.Write(raw)
		return err
	})
	if err != nil || files.Len() == 0 {
		t.Fatal(err)
	}
	if !strings.Contains(store.handed.String(), "open value") {
		t.Fatal("the search would not find an open value")
	}
	for _, secret := range []string{bidSecret, committeeSecret, personalSecret, dataSetSecret, "BIDDER_NAME", hexOf([]byte(personalSecret)), hexOf([]byte(bidSecret))} {
		if bytes.Contains(store.handed.Bytes(), []byte(secret)) {
			t.Errorf("the store was handed %q", secret)
		}
		if bytes.Contains(files.Bytes(), []byte(secret)) {
			t.Errorf("the keyring holds %q", secret)
		}
	}
	for _, code := range []string{lotA.Tender, lotA.Lot} {
		if row := rowAt(t, store, 1); strings.Contains(strings.Join(row.Codes, " "), code+" ") {
			t.Errorf("codes of a sealed row name %q", code)
		}
	}
	if err := checkLog(store); err != nil {
		t.Error(err)
	}
}

func TestReveal(t *testing.T) {
	store := newMemStore()
	l := openTest(t, store, t.TempDir())
	mustAppend(t, l, submission(sealedDrafts()...))
	foreign := standard.Vault{Origin: "E3401000001000000Y", Tender: lotA.Tender, Lot: lotA.Lot}
	bidsOf := func(vs ...standard.Vault) func(standard.Vault, standard.Seal) bool {
		return func(v standard.Vault, s standard.Seal) bool { return s == standard.Bid && only(vs...)(v, s) }
	}
	for _, c := range []struct {
		name     string
		position int64
		open     func(standard.Vault, standard.Seal) bool
		fields   []string // of the record, sorted by hand
		sealed   map[string]standard.Seal
		complete bool
	}{
		{"partial, closed", 0, nil, []string{"BID_OPENING_TIME"}, map[string]standard.Seal{"BID_OPENING_CONTENT": standard.Bid, "EVALUATION_CONTENT": standard.Committee, "CONTACT_ID": standard.Personal}, false},
		{"partial, bids open", 0, bidsOf(lotA), []string{"BID_OPENING_CONTENT", "BID_OPENING_TIME"}, map[string]standard.Seal{"EVALUATION_CONTENT": standard.Committee, "CONTACT_ID": standard.Personal}, false},
		{"partial, all open", 0, all, []string{"BID_OPENING_CONTENT", "BID_OPENING_TIME", "EVALUATION_CONTENT"}, map[string]standard.Seal{"CONTACT_ID": standard.Personal}, true},
		{"partial, another lot", 0, only(lotB), []string{"BID_OPENING_TIME"}, map[string]standard.Seal{"BID_OPENING_CONTENT": standard.Bid, "EVALUATION_CONTENT": standard.Committee, "CONTACT_ID": standard.Personal}, false},
		{"partial, same codes of another origin", 0, only(foreign), []string{"BID_OPENING_TIME"}, map[string]standard.Seal{"BID_OPENING_CONTENT": standard.Bid, "EVALUATION_CONTENT": standard.Committee, "CONTACT_ID": standard.Personal}, false},
		{"whole, one of two lots", 1, only(lotA), nil, map[string]standard.Seal{}, false},
		{"whole, both lots, bids", 1, bidsOf(lotA, lotB), []string{"BIDDER_NAME"}, map[string]standard.Seal{"PHONE": standard.Personal, "SCORE": standard.Committee}, false},
		{"whole, all", 1, all, []string{"BIDDER_NAME", "SCORE"}, map[string]standard.Seal{"PHONE": standard.Personal}, true},
		{"names no lot: nothing opens it", 2, all, nil, map[string]standard.Seal{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := l.Reveal(rowAt(t, store, c.position), c.open)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{}
			for _, f := range c.fields {
				want[f] = sealedDrafts()[c.position].Record.Fields[f]
			}
			if len(c.fields) == 0 {
				want = nil
				if got.Record.Dataset != "" || got.Record.Key != "" || len(got.Problems) > 0 {
					t.Errorf("a closed envelope tells %+v", got)
				}
			} else {
				rec := sealedDrafts()[c.position].Record
				rec.Fields = want
				if diff := cmp.Diff(rec, got.Record); diff != "" {
					t.Error(diff)
				}
				if len(got.Problems) != len(sealedDrafts()[c.position].Problems) {
					t.Errorf("problems %+v", got.Problems)
				}
			}
			if diff := cmp.Diff(want, got.Record.Fields); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.sealed, got.Sealed); diff != "" {
				t.Error(diff)
			}
			if got.Complete != c.complete {
				t.Errorf("complete = %v", got.Complete)
			}
		})
	}
	got, err := l.Reveal(rowAt(t, store, 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]standard.Vault{lotA, lotB}, got.Vaults); diff != "" {
		t.Error(diff)
	}
	codes := rowAt(t, store, 1).Codes
	if diff := cmp.Diff([]string{SealedCode(l.Token(lotA, standard.Bid)), SealedCode(l.Token(lotB, standard.Bid))}, codes); diff != "" {
		t.Error(diff)
	}
}

func TestRevealPersonal(t *testing.T) {
	store := newMemStore()
	l := openTest(t, store, t.TempDir())
	mustAppend(t, l, submission(sealedDrafts()...))
	for _, c := range []struct {
		position int64
		open     func(standard.Vault, standard.Seal) bool
		want     map[string]string
	}{
		{0, nil, map[string]string{"CONTACT_ID": personalSecret}},
		{1, nil, map[string]string{}},
		{1, all, map[string]string{"PHONE": personalSecret}},
		{2, all, map[string]string{}},
	} {
		got, err := l.RevealPersonal(rowAt(t, store, c.position), c.open)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("record %d: %s", c.position, diff)
		}
	}
	if ok, err := l.keys.DestroyPerson(personalSecret); !ok || err != nil {
		t.Fatal(ok, err)
	}
	got, err := l.Reveal(rowAt(t, store, 0), all)
	if err != nil || !got.Destroyed || got.Sealed["CONTACT_ID"] != standard.Personal {
		t.Errorf("after the key's destruction: %+v, %v", got, err)
	}
	if p, err := l.RevealPersonal(rowAt(t, store, 0), all); err != nil || len(p) > 0 {
		t.Errorf("read %v, %v", p, err)
	}
}

func TestSealedPartsAreBoundToTheirRow(t *testing.T) {
	store := newMemStore()
	l := openTest(t, store, t.TempDir())
	a, b := sealedDrafts()[1], sealedDrafts()[1]
	b.Record.Key = "another"
	mustAppend(t, l, submission(a, b))
	for name, change := range map[string]func(r *Row){
		"parts of another row": func(r *Row) { r.Sealed = rowAt(t, store, 1).Sealed },
		"another origin":       func(r *Row) { r.Origin = "E3401000001000000Y" },
		"a flipped bit":        func(r *Row) { r.Sealed[len(r.Sealed)-1] ^= 1 },
	} {
		row := rowAt(t, store, 0)
		change(row)
		if got, err := l.Reveal(row, all); err == nil {
			t.Errorf("%s: revealed %+v", name, got)
		}
	}
}

func TestRevealBatch(t *testing.T) {
	store := newMemStore()
	l := openTest(t, store, t.TempDir())
	sealed, open := submission(sealedDrafts()[:2]...), submission(openDraft("503", "a", "1", nil))
	mustAppend(t, l, sealed)
	mustAppend(t, l, open)
	mustAppend(t, l, submission(sealedDrafts()[2]))
	batch := func(id int64) *BatchRow { return store.batches[id-1] }
	for _, c := range []struct {
		name     string
		id       int64
		open     func(standard.Vault, standard.Seal) bool
		personal bool
		want     *Evidence
	}{
		{"open", 2, nil, false, open.Evidence},
		{"sealed, closed", 1, nil, true, nil},
		{"sealed, one lot", 1, only(lotA), true, nil},
		{"sealed, no right to persons", 1, all, false, nil},
		{"sealed, all", 1, all, true, sealed.Evidence},
		{"of a record that names no lot", 3, all, true, nil},
	} {
		got, err := l.RevealBatch(batch(c.id), c.open, c.personal)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	if !BatchSealed(batch(1)) || BatchSealed(batch(2)) {
		t.Error("BatchSealed")
	}
	// A body changed in the database changes the commitment, hence the leaf.
	forged := *open.Evidence
	forged.Body = []byte("another body")
	seed, _, err := l.openBatch(batch(2), all, true)
	if err != nil {
		t.Fatal(err)
	}
	raw, _, err := encodeEvidence(seed, &forged, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := BatchCommitment(&BatchRow{ID: 2, Evidence: raw})
	if err != nil {
		t.Fatal(err)
	}
	if CheckRow(rowAt(t, store, 2), c) == nil {
		t.Error("a forged batch was not seen")
	}
}

// TestEveryOpenColumnIsCommitted changes each column in turn.
func TestEveryOpenColumnIsCommitted(t *testing.T) {
	store := newMemStore()
	l := openTest(t, store, t.TempDir())
	s := submission(append(sealedDrafts(), openDraft("503", "a", "1", map[string]string{"X": "1"}))...)
	s.History = true
	mustAppend(t, l, s)
	c, _, err := BatchCommitment(store.batches[0])
	if err != nil {
		t.Fatal(err)
	}
	changes := map[string]func(r *Row){
		"received": func(r *Row) { r.Received = r.Received.Add(-1e6) }, "author": func(r *Row) { r.Author.ID = "other" },
		"kind": func(r *Row) { r.Author.Kind = "system" }, "key id": func(r *Row) { r.Author.Key = "k2" }, "origin": func(r *Row) { r.Origin = "o" },
		"standard": func(r *Row) { r.Standard = "1" }, "history": func(r *Row) { r.History = false }, "seed": func(r *Row) { r.Seed[0]++ },
		"leaf": func(r *Row) { r.Leaf[0]++ }, "batch": func(r *Row) { r.Batch = 0 },
		"data set": func(r *Row) { r.Dataset = "510" }, "key": func(r *Row) { r.Key += "x" }, "revision": func(r *Row) { r.Revision += "0" },
		"op": func(r *Row) { r.Op = "delete" }, "occurred": func(r *Row) { r.Occurred += " " },
		"a field added": func(r *Row) { r.Fields = append([]byte(`{"NEW":"1",`), r.Fields[1:]...) },
		"commitments": func(r *Row) {
			if len(r.Commitments) == 0 {
				r.Leaf[1]++
				return
			}
			r.Commitments[0]++
		},
		"a commitment dropped": func(r *Row) {
			if len(r.Commitments) == 0 {
				r.Leaf[1]++
				return
			}
			r.Commitments = r.Commitments[32:]
		},
	}
	for p := range int64(4) {
		row := rowAt(t, store, p)
		if err := CheckRow(row, c); err != nil {
			t.Errorf("record %d: %v", p, err)
		}
		if n, err := Unexplained(row); n != 0 || err != nil {
			t.Errorf("record %d: %d unexplained, %v", p, n, err)
		}
		for name, change := range changes {
			row := rowAt(t, store, p)
			if len(row.Fields) == 0 {
				row.Fields = []byte("{}") // of an envelope: must be empty
			}
			change(row)
			if CheckRow(row, c) == nil {
				t.Errorf("record %d: a changed %s was not seen", p, name)
			}
		}
	}
	// An open field hidden among the commitments keeps the leaf; Unexplained sees it.
	row := rowAt(t, store, 3)
	hidden := Commit([32]byte(row.Seed), "X", "1")
	row.Fields, row.Commitments = []byte("{}"), hidden[:]
	if err := CheckRow(row, c); err != nil {
		t.Fatal(err)
	}
	if n, err := Unexplained(row); n != 1 || err != nil {
		t.Errorf("hidden field: %d unexplained, %v", n, err)
	}
}

// TestRecordFields: what is revealed, together with the batch, gives the leaf.
func TestRecordFields(t *testing.T) {
	store := newMemStore()
	l := openTest(t, store, t.TempDir())
	d := openDraft("503", "a", "1", map[string]string{"X": "1", "@received": "never"})
	mustAppend(t, l, Submission{Author: Author{Kind: "system", ID: "mingjing"}, Drafts: []Draft{d}})
	row := rowAt(t, store, 0)
	var cs []Hash
	for name, value := range RecordFields(row, &d.Record) {
		cs = append(cs, Commit([32]byte(row.Seed), name, value))
	}
	if LeafOf(cs) != row.Leaf || len(cs) != 12+2 {
		t.Errorf("%d fields give another leaf", len(cs))
	}
}

func TestDisclose(t *testing.T) {
	store := newMemStore()
	l := openTest(t, store, t.TempDir())
	mustAppend(t, l, submission(sealedDrafts()...))
	mustAppend(t, l, submission(openDraft("503", "a", "1", map[string]string{"X": "1", "Y": "2"})))
	for _, c := range []struct {
		name     string
		position int64
		names    []string
		open     func(standard.Vault, standard.Seal) bool
		ok       bool
	}{
		{"open fields", 3, []string{"X", "@received", "@batch"}, nil, true},
		{"none at all", 3, nil, nil, true},
		{"no such field", 3, []string{"Z"}, nil, false},
		{"open field of a partly sealed record", 0, []string{"BID_OPENING_TIME"}, nil, true},
		{"sealed field", 0, []string{"BID_OPENING_CONTENT"}, nil, false},
		{"released field", 0, []string{"BID_OPENING_CONTENT", "BID_OPENING_TIME"}, all, true},
		{"personal field", 0, []string{"CONTACT_ID"}, all, false},
		{"heading of an envelope", 1, []string{"@received", "@origin"}, nil, true},
		{"inside of an envelope", 1, []string{"@dataset"}, nil, false},
		{"inside of a released envelope", 1, []string{"@dataset", "BIDDER_NAME", "SCORE"}, all, true},
		{"digest of a closed batch", 0, []string{"@batch"}, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			row := rowAt(t, store, c.position)
			d, err := l.Disclose(context.Background(), row, c.names, c.open)
			if (err == nil) != c.ok {
				t.Fatalf("error %v", err)
			}
			if err != nil {
				return
			}
			if len(d.Fields) != len(c.names) {
				t.Errorf("%d fields shown of %d", len(d.Fields), len(c.names))
			}
			raw, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			var read Disclosed
			if err := json.Unmarshal(raw, &read); err != nil {
				t.Fatal(err)
			}
			leaf, err := read.Recompute()
			if err != nil || leaf != row.Leaf {
				t.Errorf("recomputed %x, %v", leaf, err)
			}
			for i := range read.Fields {
				read.Fields[i].Value += "!"
				if leaf, _ := read.Recompute(); leaf == row.Leaf {
					t.Errorf("a changed %s still gives the leaf", read.Fields[i].Name)
				}
				read.Fields[i].Value = strings.TrimSuffix(read.Fields[i].Value, "!")
			}
		})
	}
	row := rowAt(t, store, 3)
	row.Fields = []byte(`{"X":"9","Y":"2"}`)
	if _, err := l.Disclose(context.Background(), row, []string{"Y"}, nil); err == nil {
		t.Error("disclosed from an altered row")
	}
}

func FuzzSealedParts(f *testing.F) {
	store := newMemStore()
	l := openTest(f, store, f.TempDir())
	mustAppend(f, l, submission(sealedDrafts()...))
	closeAll(l)
	for _, r := range store.rows {
		f.Add(r.Sealed)
	}
	f.Add(store.batches[0].Evidence)
	c := content{seed: &[32]byte{1}, fields: []field{{name: "a", value: "b"}}}
	f.Add(c.encode())
	f.Fuzz(func(_ *testing.T, raw []byte) {
		if parts, err := decodeParts(raw); err == nil {
			again, err := decodeParts(encodeParts(parts))
			if err != nil || len(again) != len(parts) {
				panic("parts do not survive")
			}
		}
		_, _ = decodeContent(raw)
		_, _, _ = BatchCommitment(&BatchRow{Evidence: raw})
		_, _ = SealedCount(&Row{Sealed: raw})
	})
}
