package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingjing/internal/standard"
)

var officer = Author{Kind: "person", ID: "officer"}

// everything is all bytes that the store holds now (not what it was handed).
func everything(m *MemStore) []byte {
	var b bytes.Buffer
	for _, r := range m.rows {
		dump(&b, r)
	}
	for _, x := range m.batches {
		b.Write(x.Evidence)
	}
	return b.Bytes()
}

func TestErase(t *testing.T) {
	for _, c := range []struct {
		name     string
		position int64
		erasure  Erasure
		secret   string // that must be unreadable afterwards
		gone     []string
	}{
		{"an open field", 3, Erasure{Fields: []string{"NAME"}}, "erase me", []string{"@problems", "NAME"}},
		{"a personal field", 0, Erasure{Fields: []string{"CONTACT_ID"}}, personalSecret, []string{"@problems", "CONTACT_ID"}},
		{"a person, with the key", 0, Erasure{Person: true}, personalSecret, []string{"@problems", "CONTACT_ID"}},
		{"a released bid field", 0, Erasure{Fields: []string{"BID_OPENING_CONTENT"}, Open: all}, bidSecret, []string{"@problems", "BID_OPENING_CONTENT"}},
		{"inside a released envelope", 1, Erasure{Fields: []string{"BIDDER_NAME", "PHONE", "SCORE"}, Open: all}, bidSecret, []string{"BIDDER_NAME", "PHONE", "SCORE"}},
		{"a person inside a released envelope", 1, Erasure{Person: true, Fields: []string{"BIDDER_NAME"}, Open: all}, bidSecret, []string{"BIDDER_NAME", "PHONE"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := newMemStore()
			l := openTest(t, store, t.TempDir())
			plain := openDraft("503", "a", "1", map[string]string{"NAME": "erase me", "OTHER": "stays", "@odd": "stays too"})
			plain.Problems = []standard.Problem{{Rule: "S1", Field: "NAME", Value: "erase me", TextEN: "erase me is no name"}}
			mustAppend(t, l, submission(sealedDrafts()...))
			mustAppend(t, l, submission(plain))
			before := rowAt(t, store, c.position)
			c.erasure.Order, c.erasure.Reason, c.erasure.Author, c.erasure.Position = "法〔2026〕1号", "court order", officer, c.position
			receipt, err := l.Erase(context.Background(), c.erasure)
			if err != nil {
				t.Fatal(err)
			}
			after := rowAt(t, store, c.position)
			if after.Leaf != before.Leaf {
				t.Error("the leaf changed")
			}
			if err := checkLog(store); err != nil {
				t.Error(err)
			}
			if n, err := Unexplained(after); n != len(c.gone) || err != nil {
				t.Errorf("%d commitments unexplained, %v; erased are %d", n, err, len(c.gone))
			}
			if bytes.Contains(everything(store), []byte(c.secret)) {
				t.Error("the value is still there")
			}
			if c.position == 3 && bytes.Contains(everything(store), before.Seed) {
				t.Error("the seed is still there: it gives the salt of what was erased")
			}
			e, ok := ParseErasure(rowAt(t, store, receipt.Position))
			if !ok || e.Position != c.position || fmt.Sprint(e.Fields) != fmt.Sprint(c.gone) || e.Person != c.erasure.Person {
				t.Errorf("erasure record %+v", e)
			}
			if got, want := rowAt(t, store, receipt.Position).Codes, before.Codes; fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("its codes are %v, the row's %v: nothing would be folded anew", got, want)
			}
			g, err := l.keys.read(after, func(*keyEntry) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range c.gone {
				if f, ok := g.fields[erasedName(name)]; ok {
					t.Errorf("%s still reads %q", name, f.value)
				}
			}
			was, err := l.keys.read(before, func(*keyEntry) bool { return true })
			if err == nil { // unless the person's key went
				for name, f := range was.fields {
					own, _ := senderName(name)
					if !strings.Contains(fmt.Sprint(c.gone), own) && g.fields[name].value != f.value {
						t.Errorf("%s went too", name)
					}
				}
			}
			// What survives can still be shown and verified.
			d, err := l.Disclose(context.Background(), after, []string{"@received", "@origin"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if leaf, err := d.Recompute(); err != nil || leaf != before.Leaf {
				t.Errorf("disclosed after erasure: %x, %v", leaf, err)
			}
			if c.position == 3 {
				if _, err := l.Disclose(context.Background(), after, []string{"OTHER", FieldName("@odd")}, nil); err != nil {
					t.Error(err)
				}
			}
			// The body of its batch is gone for everybody.
			b := store.batches[before.Batch-1]
			if e, err := l.RevealBatch(b, all, true); e != nil || err != nil {
				t.Errorf("the batch still reads: %v, %v", e, err)
			}
			if _, order, _ := BatchCommitment(b); order != receipt.Position {
				t.Errorf("the batch names order %d, want %d", order, receipt.Position)
			}
			if _, err := l.Erase(context.Background(), c.erasure); !errors.Is(err, ErrErasure) {
				t.Errorf("erased twice: %v", err)
			}
			// A sender who repeats the record does not bring the value back.
			if c.position == 3 {
				if out := mustAppend(t, l, submission(plain)); !out[0].Duplicate {
					t.Error("a replay stored the erased value again")
				}
			}
		})
	}
}

func TestEraseRefused(t *testing.T) {
	store := newMemStore()
	l := openTest(t, store, t.TempDir())
	mustAppend(t, l, submission(append(sealedDrafts(), openDraft("503", "a", "1", map[string]string{"NAME": "erase me"}))...))
	good := Erasure{Order: "1", Position: 3, Fields: []string{"NAME"}, Reason: "order", Author: officer}
	for name, change := range map[string]func(e *Erasure){
		"sealed field":           func(e *Erasure) { e.Position, e.Fields = 0, []string{"BID_OPENING_CONTENT"} },
		"sealed envelope":        func(e *Erasure) { e.Position, e.Fields = 1, []string{"BIDDER_NAME"} },
		"person in an envelope":  func(e *Erasure) { e.Position, e.Fields, e.Person = 1, nil, true },
		"envelope nobody opens":  func(e *Erasure) { e.Position, e.Fields, e.Open = 2, []string{"BIDDER_NAME"}, all },
		"no such field":          func(e *Erasure) { e.Fields = []string{"X"} },
		"the ledger's own field": func(e *Erasure) { e.Fields = []string{"@received"} },
		"nothing":                func(e *Erasure) { e.Fields = nil },
		"no reason":              func(e *Erasure) { e.Reason = "" },
		"no order":               func(e *Erasure) { e.Order = "" },
		"a source asks":          func(e *Erasure) { e.Author.Kind = "source" },
		"the reason repeats it":  func(e *Erasure) { e.Reason = "because erase me is wrong" },
	} {
		e := good
		change(&e)
		if _, err := l.Erase(context.Background(), e); !errors.Is(err, ErrErasure) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := l.Erase(context.Background(), Erasure{Order: "1", Position: 99, Fields: []string{"NAME"}, Reason: "r", Author: officer}); err == nil {
		t.Error("erased a record that is not there")
	}
	if len(store.rows) != 4 {
		t.Errorf("a refused erasure left a record")
	}
}

// TestEraseCutShort lets every step after the erasure record fail; the next
// Open does the rest.
func TestEraseCutShort(t *testing.T) {
	for _, at := range []string{"rows at", "batch", "rewrite batch", "batch rewritten", "rewrite", "rewritten", "committed"} {
		t.Run(at, func(t *testing.T) {
			store, dir := newMemStore(), t.TempDir()
			l := openTest(t, store, dir)
			mustAppend(t, l, submission(sealedDrafts()[0]))
			armed := false
			store.fault = func(_ int, name string) error {
				armed = armed || name == "commit"
				if armed && name == at {
					return errFault
				}
				return nil
			}
			if _, err := l.Erase(context.Background(), Erasure{Order: "1", Position: 0, Fields: []string{"BID_OPENING_TIME"}, Person: true, Reason: "order", Author: officer}); !errors.Is(err, errFault) {
				t.Fatal(err)
			}
			store.fault = nil
			mustAppend(t, l, submission(openDraft("503", "more", "1", nil)))
			closeAll(l)
			if row := rowAt(t, store, 0); at != "rewritten" && !strings.Contains(string(row.Fields), "BID_OPENING_TIME") {
				t.Fatal("the fault came too late to test anything")
			}
			l = openTest(t, store, dir)
			row := rowAt(t, store, 0)
			if strings.Contains(string(row.Fields), "BID_OPENING_TIME") {
				t.Error("the next Open did not finish the erasure")
			}
			if n, err := Unexplained(row); n != 3 || err != nil { // two fields and the defects
				t.Errorf("unexplained %d, %v", n, err)
			}
			if e, err := l.RevealBatch(store.batches[0], all, true); e != nil || err != nil {
				t.Error("the batch was left")
			}
			if _, gone := l.keys.find(l.keys.personKey(personName("", personalSecret)).id); gone {
				t.Error("a destroyed key was handed out")
			}
			if p, err := l.RevealPersonal(row, all); err != nil || len(p) > 0 {
				t.Errorf("personal part %v, %v", p, err)
			}
			if err := checkLog(store); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestForgedErasureRecord: a source cannot erase by sending the data set.
func TestForgedErasureRecord(t *testing.T) {
	store, dir := newMemStore(), t.TempDir()
	l := openTest(t, store, dir)
	mustAppend(t, l, submission(openDraft("503", "a", "1", map[string]string{"NAME": "stays"})))
	mustAppend(t, l, submission(openDraft(ErasureDataset, "1/0", "1", map[string]string{"ORDER": "1", "POSITION": "0", "FIELDS": "NAME", "REASON": "r"})))
	closeAll(l)
	openTest(t, store, dir)
	if !strings.Contains(string(rowAt(t, store, 0).Fields), "stays") {
		t.Error("a source erased a record")
	}
}

func TestErasureMark(t *testing.T) {
	store, dir := newMemStore(), t.TempDir()
	l := openTest(t, store, dir)
	mustAppend(t, l, submission(openDraft("503", "a", "1", nil), openDraft("503", "b", "1", nil)))
	closeAll(l)
	l = openTest(t, store, dir)
	if l.watched != 2 || l.readErasureMark() != 2 {
		t.Errorf("looked through %d, mark %d", l.watched, l.readErasureMark())
	}
	for _, bad := range []string{"", "x", "-1", "3000"} {
		if err := os.WriteFile(filepath.Join(dir, erasureMark), []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if n := l.readErasureMark(); n != 0 {
			t.Errorf("mark %q is read as %d", bad, n)
		}
	}
}
