package ledger

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/standard"
)

// Domain separators of the two commitments (design section 4, point 3). The
// digit leaves room for another hash, such as SM3.
const (
	fieldDomain  = "mingjing/field/1"
	recordDomain = "mingjing/record/1"
)

// Names of the fields the ledger adds to a record's own. A sender's field whose
// name begins with '@' is committed under its name with one more '@' before
// it, so that it can never pass for one of these.
const (
	FieldOrigin   = "@origin"
	FieldDataset  = "@dataset"
	FieldKey      = "@key"
	FieldRevision = "@revision"
	FieldOp       = "@op"
	FieldOccurred = "@occurred"
	FieldReceived = "@received" // ReceivedText of our clock
	FieldStandard = "@standard"
	FieldProblems = "@problems" // JSON of the defects found at intake; absent when there were none
	FieldBatch    = "@batch"    // hex SHA-256 of the signed body, "" for system records; salted by the batch's seed
	FieldAuthor   = "@author"   // kind:id
	FieldKeyID    = "@key_id"   // id of the key that signed
	FieldHistory  = "@history"  // "1" when it came through a history window, else ""
)

// Salt returns the salt of the field called name: HMAC-SHA-256(seed, name).
func Salt(seed [32]byte, name string) Hash {
	s := newSalter(seed)
	defer s.free()
	return s.salt(name)
}

// Commit returns the commitment to one field:
// SHA-256("mingjing/field/1" ‖ salt ‖ len ‖ name ‖ len ‖ value), where each len
// is 8 bytes, big endian, and counts bytes.
func Commit(seed [32]byte, name, value string) Hash {
	return CommitSalted(Salt(seed, name), name, value)
}

// CommitSalted is Commit for one who was shown the salt but not the seed.
func CommitSalted(salt Hash, name, value string) Hash {
	var few [256]byte
	return sha256.Sum256(appendPreimage(few[:0], salt[:], name, value))
}

func appendPreimage(b, salt []byte, name, value string) []byte {
	b = append(b, fieldDomain...)
	b = append(b, salt...)
	b = binary.BigEndian.AppendUint64(b, uint64(len(name)))
	b = append(b, name...)
	b = binary.BigEndian.AppendUint64(b, uint64(len(value)))
	return append(b, value...)
}

// LeafOf returns the leaf of a record: SHA-256("mingjing/record/1" ‖ the
// commitments, sorted bytewise). It does not change cs.
func LeafOf(cs []Hash) Hash {
	sorted := slices.Clone(cs)
	sortHashes(sorted)
	return leafOfSorted(sorted)
}

func leafOfSorted(cs []Hash) Hash {
	var few [17 + 48*32]byte
	b := append(few[:0], recordDomain...)
	for i := range cs {
		b = append(b, cs[i][:]...)
	}
	return sha256.Sum256(b)
}

func sortHashes(cs []Hash) {
	slices.SortFunc(cs, compareHashes)
}

func compareHashes(a, b Hash) int {
	x, y := binary.BigEndian.Uint64(a[:]), binary.BigEndian.Uint64(b[:])
	if x != y {
		return cmp.Compare(x, y)
	}
	return bytes.Compare(a[:], b[:])
}

// insertHash puts h into the sorted cs.
func insertHash(cs []Hash, h Hash) []Hash {
	at, _ := slices.BinarySearchFunc(cs, h, compareHashes)
	return slices.Insert(cs, at, h)
}

// A salter computes salts and commitments under one seed. It keeps the hash's
// state after HMAC's two pads, so that a field costs four blocks of SHA-256 and
// no allocation: a record has some forty fields. Salters are pooled; one that
// is not given back is only garbage.
type salter struct {
	h            hash.Hash
	inner, outer []byte // marshalled states
	buf          []byte
	sum          [32]byte
}

type restorer interface {
	encoding.BinaryUnmarshaler
	encoding.BinaryAppender
}

var salters = sync.Pool{New: func() any { return &salter{h: sha256.New()} }}

func newSalter(seed [32]byte) *salter {
	s := salters.Get().(*salter)
	state := s.h.(restorer) // of crypto/sha256 by its documentation
	pad := func(x byte, into []byte) []byte {
		s.buf = append(s.buf[:0], seed[:]...)
		s.buf = append(s.buf, make([]byte, 32)...)
		for i := range s.buf {
			s.buf[i] ^= x
		}
		s.h.Reset()
		s.h.Write(s.buf)
		out, err := state.AppendBinary(into[:0])
		if err != nil {
			panic(err) // never: the state is always marshalled
		}
		return out
	}
	s.inner, s.outer = pad(0x36, s.inner), pad(0x5c, s.outer)
	return s
}

// free gives s back; it must not be used any more.
func (s *salter) free() { salters.Put(s) }

func (s *salter) after(state, data []byte) {
	if err := s.h.(restorer).UnmarshalBinary(state); err != nil {
		panic(err) // never: it was marshalled by the same code
	}
	s.h.Write(data)
	s.h.Sum(s.sum[:0])
}

func (s *salter) salt(name string) Hash {
	s.buf = append(s.buf[:0], name...)
	s.after(s.inner, s.buf)
	s.after(s.outer, s.sum[:])
	return s.sum
}

func (s *salter) commit(name, value string) Hash {
	s.salt(name)
	s.buf = appendPreimage(s.buf[:0], s.sum[:], name, value)
	return sha256.Sum256(s.buf)
}

// FieldName returns the name under which a sender's field is committed.
func FieldName(name string) string {
	if strings.HasPrefix(name, "@") {
		return "@" + name
	}
	return name
}

// erasedName is the committed name of what an erasure order names: a sender's
// field, or FieldProblems, which goes with any field that is erased.
func erasedName(name string) string {
	if name == FieldProblems {
		return name
	}
	return FieldName(name)
}

// ReceivedText is how a received time is committed: RFC 3339, UTC, with
// exactly three digits of a second.
func ReceivedText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// RecordFields returns every field that is committed for record r in row, by
// committed name: the sender's own and the ledger's ('@'). The one exception is
// FieldBatch of a record that came in a batch: it is salted by a seed of the
// batch, so its commitment is BatchCommitment of the kept batch.
func RecordFields(row *Row, r *standard.Record) map[string]string {
	m := openSystemFields(row)
	m[FieldDataset] = r.Dataset
	m[FieldKey] = r.Key
	m[FieldRevision] = r.Revision
	m[FieldOp] = string(r.Op)
	m[FieldOccurred] = r.Occurred
	for name, value := range r.Fields {
		m[FieldName(name)] = value
	}
	return m
}

// openSystemFields are the ledger's fields that stand in the open in every row.
func openSystemFields(row *Row) map[string]string {
	m := make(map[string]string, 48)
	m[FieldOrigin] = row.Origin
	m[FieldReceived] = ReceivedText(row.Received)
	m[FieldStandard] = row.Standard
	m[FieldAuthor] = authorText(row.Author)
	m[FieldKeyID] = row.Author.Key
	m[FieldHistory] = historyText(row.History)
	if row.Batch == 0 {
		m[FieldBatch] = ""
	}
	if len(row.Problems) > 0 {
		m[FieldProblems] = string(row.Problems)
	}
	return m
}

func authorText(a Author) string { return a.Kind + ":" + a.ID }

func historyText(h bool) string {
	if h {
		return "1"
	}
	return ""
}

// OpenFields returns the committed fields that stand open in row's columns, by
// committed name; sealed and erased fields are not among them.
func OpenFields(row *Row) (map[string]string, error) {
	m := openSystemFields(row)
	if row.whole() {
		if row.Key != "" || row.Revision != "" || row.Occurred != "" || len(row.Fields) > 0 {
			return nil, fmt.Errorf("record %d: %w: it is wholly sealed, but its columns are not empty", row.Position, ErrLeaf)
		}
		return m, nil
	}
	m[FieldDataset] = row.Dataset
	m[FieldKey] = row.Key
	m[FieldRevision] = row.Revision
	m[FieldOp] = row.Op
	m[FieldOccurred] = row.Occurred
	if len(row.Fields) > 0 {
		var fields map[string]string
		if err := json.Unmarshal(row.Fields, &fields); err != nil {
			return nil, fmt.Errorf("record %d: column fields is not a JSON object of strings: %w", row.Position, err)
		}
		for name, value := range fields {
			m[FieldName(name)] = value
		}
	}
	return m, nil
}

// whole tells whether the very existence of the record is sealed.
func (r *Row) whole() bool { return r.Dataset == "" && r.Op == "" }

// openSalts returns the salts of the open fields names, from the row's seed or,
// after an erasure, from the salts that were kept.
func openSalts(row *Row, names []string) (map[string]Hash, error) {
	salts := make(map[string]Hash, len(names))
	if len(row.Salts) > 0 {
		var kept map[string]string
		if err := json.Unmarshal(row.Salts, &kept); err != nil {
			return nil, fmt.Errorf("record %d: column salts is not a JSON object: %w", row.Position, err)
		}
		for _, name := range names {
			raw, err := hex.DecodeString(kept[name])
			if err != nil || len(raw) != 32 {
				return nil, fmt.Errorf("record %d: no salt kept for field %s", row.Position, name)
			}
			salts[name] = Hash(raw)
		}
		return salts, nil
	}
	if len(row.Seed) != 32 {
		return nil, fmt.Errorf("record %d: its seed has %d bytes, want 32", row.Position, len(row.Seed))
	}
	s := newSalter([32]byte(row.Seed))
	defer s.free()
	for _, name := range names {
		salts[name] = s.salt(name)
	}
	return salts, nil
}

// ErrLeaf says that a row's content does not give the leaf it was logged with.
var ErrLeaf = errors.New("content does not match the leaf that was logged")

// RowLeaf recomputes the leaf of row from its columns alone, without any key:
// open fields under the row's seed (or kept salts), plus the stored commitments
// of sealed and erased fields, plus batch, which is BatchCommitment of the
// row's kept batch and is ignored when row.Batch is 0. Any change of an open
// column, of the batch or of a stored commitment gives another leaf.
func RowLeaf(row *Row, batch Hash) (Hash, error) {
	cs, err := rowCommitments(row, batch)
	if err != nil {
		return Hash{}, err
	}
	return LeafOf(cs), nil
}

// CheckRow compares RowLeaf with the leaf that row carries; the error wraps
// ErrLeaf when they differ. Whoever compares rows with the tree must use
// row.Leaf only after this. A field that was moved from the open into the
// commitments passes here: that is what Unexplained is for.
func CheckRow(row *Row, batch Hash) error {
	leaf, err := RowLeaf(row, batch)
	if err != nil {
		return err
	}
	if leaf != row.Leaf {
		return fmt.Errorf("record %d: %w: recomputed %x, logged %x", row.Position, ErrLeaf, leaf[:8], row.Leaf[:8])
	}
	return nil
}

func rowCommitments(row *Row, batch Hash) ([]Hash, error) {
	fields, err := OpenFields(row)
	if err != nil {
		return nil, err
	}
	salts, err := openSalts(row, slices.Collect(maps.Keys(fields)))
	if err != nil {
		return nil, err
	}
	if len(row.Commitments)%32 != 0 {
		return nil, fmt.Errorf("record %d: column commitments has %d bytes, not a multiple of 32", row.Position, len(row.Commitments))
	}
	cs := make([]Hash, 0, len(fields)+len(row.Commitments)/32+1)
	for name, value := range fields {
		cs = append(cs, CommitSalted(salts[name], name, value))
	}
	for rest := row.Commitments; len(rest) > 0; rest = rest[32:] {
		cs = append(cs, Hash(rest[:32]))
	}
	if row.Batch != 0 {
		cs = append(cs, batch)
	}
	return cs, nil
}

// macs are pooled HMACs under one key: the form of all keyed names in the
// database, over length-prefixed parts.
type macs struct{ pool sync.Pool }

type keyedHash struct {
	h   hash.Hash
	buf []byte
}

func (m *macs) sum(key []byte, parts ...string) []byte {
	k, _ := m.pool.Get().(*keyedHash)
	if k == nil {
		k = &keyedHash{h: hmac.New(sha256.New, key)}
	}
	k.buf = k.buf[:0]
	for _, p := range parts {
		k.buf = binary.BigEndian.AppendUint64(k.buf, uint64(len(p)))
		k.buf = append(k.buf, p...)
	}
	k.h.Reset()
	k.h.Write(k.buf)
	out := k.h.Sum(nil)
	if cap(k.buf) <= 1<<16 {
		m.pool.Put(k)
	}
	return out
}
