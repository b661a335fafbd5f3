package ledger

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"mingjing/internal/standard"
)

var updateCommit = flag.Bool("update-commit", false, "write testdata/commit.json anew: only when the form of commitments changes on purpose")

// commitVectors are for whoever writes a verifier in another language.
type commitVectors struct {
	Seed   string           `json:"seed"`
	Fields []fieldVector    `json:"fields"`
	Leaf   string           `json:"leaf"`
	Tree   map[int64]string `json:"tree"` // size → root of a tree of that many such leaves
}

type fieldVector struct {
	Name       string `json:"name"`
	Value      string `json:"value"`
	Salt       string `json:"salt"`
	Commitment string `json:"commitment"`
}

// plainCommit follows the text of the design, word by word.
func plainCommit(seed []byte, name, value string) (salt, c []byte) {
	h := hmac.New(sha256.New, seed)
	h.Write([]byte(name))
	salt = h.Sum(nil)
	var b bytes.Buffer
	b.WriteString("mingjing/field/1")
	b.Write(salt)
	_ = binary.Write(&b, binary.BigEndian, uint64(len(name)))
	b.WriteString(name)
	_ = binary.Write(&b, binary.BigEndian, uint64(len(value)))
	b.WriteString(value)
	d := sha256.Sum256(b.Bytes())
	return salt, d[:]
}

func TestCommitVectors(t *testing.T) {
	var seed [32]byte
	for i := range seed {
		seed[i] = byte(i)
	}
	v := commitVectors{Seed: hex.EncodeToString(seed[:]), Tree: map[int64]string{}}
	var cs []Hash
	for _, f := range [][2]string{
		{"BIDDER_NAME", "某某建设集团有限公司"},
		{"BID_AMOUNT", "12345678901234.123456"},
		{"EMPTY", ""},
		{"", "no name"},
		{"@origin", "E3400000001000000X"},
		{"@@origin", "a sender's own"},
		{"LONG", string(bytes.Repeat([]byte("长"), 300))},
		{string(bytes.Repeat([]byte("N"), 200)), "long name"},
	} {
		salt, want := plainCommit(seed[:], f[0], f[1])
		if got := Salt(seed, f[0]); !bytes.Equal(got[:], salt) {
			t.Errorf("Salt(%q) = %x, want %x", f[0], got, salt)
		}
		c := Commit(seed, f[0], f[1])
		if !bytes.Equal(c[:], want) {
			t.Errorf("Commit(%q) = %x, want %x", f[0], c, want)
		}
		cs = append(cs, c)
		v.Fields = append(v.Fields, fieldVector{f[0], f[1], hex.EncodeToString(salt), hex.EncodeToString(want)})
	}
	leaf := LeafOf(cs)
	sorted := slices.Clone(cs)
	slices.SortFunc(sorted, func(a, b Hash) int { return bytes.Compare(a[:], b[:]) })
	all := []byte("mingjing/record/1")
	for _, c := range sorted {
		all = append(all, c[:]...)
	}
	if leaf != Hash(sha256.Sum256(all)) {
		t.Error("LeafOf is not the hash of the sorted commitments")
	}
	slices.Reverse(cs)
	if LeafOf(cs) != leaf {
		t.Error("LeafOf depends on the order it is given")
	}
	v.Leaf = hex.EncodeToString(leaf[:])
	e := &edge{}
	for _, n := range []int64{1, 2, 3, 255, 256, 257, 1000} {
		e.append(slices.Repeat([]Hash{leaf}, int(n-e.size)))
		root := e.root()
		v.Tree[n] = hex.EncodeToString(root[:])
	}
	golden(t, "testdata/commit.json", v)
}

func golden(t *testing.T, path string, v any) {
	t.Helper()
	got, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *updateCommit {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; commitments already given out would no longer verify", path)
	}
}

// TestCommitSeparates shows that no two (name, value) pairs share a preimage.
func TestCommitSeparates(t *testing.T) {
	var seed [32]byte
	salt := Salt(seed, "a")
	if CommitSalted(salt, "ab", "c") == CommitSalted(salt, "a", "bc") {
		t.Error("name and value run into each other")
	}
	if FieldName("@origin") == FieldOrigin || FieldName("@@origin") == FieldName("@origin") {
		t.Error("a sender's field can pass for the ledger's own")
	}
	for _, name := range []string{"A", "@x", "@@x", ""} {
		if own, ok := senderName(FieldName(name)); !ok || own != name {
			t.Errorf("senderName(FieldName(%q)) = %q, %v", name, own, ok)
		}
	}
	if _, ok := senderName(FieldOrigin); ok {
		t.Error("@origin passes for a sender's field")
	}
}

func record25() standard.Record {
	r := standard.Record{Origin: "E3400000001000000X", Dataset: "507", Op: standard.Insert, Key: "k1", Revision: "20180301093000", Occurred: "2018-03-01T09:30:00+08:00", Fields: map[string]string{}}
	for i := range 25 {
		r.Fields[fmt.Sprintf("FIELD_NAME_NO_%02d", i)] = fmt.Sprintf("某个字段的值 %d", i)
	}
	return r
}

// BenchmarkCommit is one record of 25 fields: what the design calls about 5 µs.
func BenchmarkCommit(b *testing.B) {
	r := record25()
	var names, values []string
	for n, v := range r.Fields {
		names, values = append(names, n), append(values, v)
	}
	var seed [32]byte
	cs := make([]Hash, 0, 25)
	b.ReportAllocs()
	for b.Loop() {
		seed[0]++
		s := newSalter(seed)
		cs = cs[:0]
		for i := range names {
			cs = append(cs, s.commit(names[i], values[i]))
		}
		s.free()
		sortHashes(cs)
		leafOfSorted(cs)
	}
}

// BenchmarkPrepare is everything done for one record outside the transaction.
func BenchmarkPrepare(b *testing.B) {
	for _, c := range []struct {
		name string
		seal standard.Sealing
	}{
		{"open", standard.Sealing{}},
		{"personal", standard.Sealing{Fields: map[string]standard.Seal{"FIELD_NAME_NO_03": standard.Personal}, Person: "p"}},
		{"whole", standard.Sealing{Whole: standard.Bid, Vaults: []standard.Vault{{Origin: "o", Tender: "t", Lot: "l"}}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			l := openTest(b, newMemStore(), b.TempDir())
			d := Draft{Record: record25(), Sealing: c.seal, Codes: []string{"tender:t"}}
			s := &Submission{Author: Author{Kind: "source", ID: "s"}}
			b.ReportAllocs()
			for b.Loop() {
				p, err := l.prepareDraft(s, &d)
				if err != nil {
					b.Fatal(err)
				}
				p.finish(time.Time{}, true, Hash{})
			}
		})
	}
}
