package ledger

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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
	FieldBatch    = "@batch"   // hex SHA-256 of the signed body, "" for system records; salted by the batch's seed
	FieldAuthor   = "@author"  // kind:id
	FieldKeyID    = "@key_id"  // id of the key that signed
	FieldHistory  = "@history" // "1" when it came through a history window, else ""
)

// Salt returns the salt of the field called name: HMAC-SHA-256(seed, name).
func Salt(seed [32]byte, name string) Hash {
	h := newSalter(seed)
	return h.salt(name)
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
	b := append(few[:0], fieldDomain...)
	b = append(b, salt[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(len(name)))
	b = append(b, name...)
	b = binary.BigEndian.AppendUint64(b, uint64(len(value)))
	b = append(b, value...)
	return sha256.Sum256(b)
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
	slices.SortFunc(cs, func(a, b Hash) int { return bytes.Compare(a[:], b[:]) })
}

// A salter computes salts under one seed. HMAC is written out so that it runs
// without allocating: a record has some forty fields.
type salter struct{ inner, outer [64]byte }

func newSalter(seed [32]byte) salter {
	var s salter
	for i := range s.inner {
		var k byte
		if i < len(seed) {
			k = seed[i]
		}
		s.inner[i], s.outer[i] = k^0x36, k^0x5c
	}
	return s
}

func (s *salter) salt(name string) Hash {
	var few [192]byte
	b := append(few[:0], s.inner[:]...)
	b = append(b, name...)
	in := sha256.Sum256(b)
	var out [96]byte
	copy(out[:], s.outer[:])
	copy(out[64:], in[:])
	return sha256.Sum256(out[:])
}

func (s *salter) commit(name, value string) Hash {
	return CommitSalted(s.salt(name), name, value)
}

// FieldName returns the name under which a sender's field is committed.
func FieldName(name string) string {
	if strings.HasPrefix(name, "@") {
		return "@" + name
	}
	return name
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

// mac is HMAC-SHA-256 over length-prefixed parts: the form of all keyed names
// in the database.
func mac(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}
