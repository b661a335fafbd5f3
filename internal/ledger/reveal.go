package ledger

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"mingjing/internal/standard"
)

// Revealed is a record as far as it may be read now.
type Revealed struct {
	Record    standard.Record          // of a closed envelope only Origin is known
	Sealed    map[string]standard.Seal // fields that exist but cannot be read; those of a closed envelope are not even named
	Vaults    []standard.Vault         // that its Bid and Committee parts hang on, open or not
	Complete  bool                     // every Bid and Committee part was read; Personal parts never count
	Destroyed bool                     // a key was destroyed: a part is unreadable for good
	Problems  []standard.Problem       // its defects; none for a closed envelope
}

// Reveal reads a row: its open fields, and of its Bid and Committee parts those
// all of whose vaults open says yes to. Personal parts stay closed and are
// named in Sealed. open is asked once a vault; nil opens nothing. A part that
// should open and does not is an error, and so is a row that is not what was
// appended: it was altered or forged, or the keyring is another log's.
func (l *Ledger) Reveal(row *Row, open func(standard.Vault, standard.Seal) bool) (*Revealed, error) {
	return l.reveal(row, func(e *keyEntry) bool { return open != nil && mayOpen(e, open, false) })
}

// RevealBeside reads a row like Reveal, and also when it hangs on no vault but
// other is a version of the same row that open opens: a delete that names no
// lot has nothing left to hide then, and would otherwise never take effect.
func (l *Ledger) RevealBeside(row, other *Row, open func(standard.Vault, standard.Seal) bool) (*Revealed, error) {
	beside, err := l.Reveal(other, open)
	if err != nil || beside.Record.Dataset == "" || !hmac.Equal(row.Identity, other.Identity) {
		return l.Reveal(row, open)
	}
	return l.reveal(row, func(e *keyEntry) bool {
		return open != nil && mayOpen(e, open, false) || e.kind == "vault" && e.vault == standard.Vault{Origin: other.Origin}
	})
}

func (l *Ledger) reveal(row *Row, may func(*keyEntry) bool) (*Revealed, error) {
	g, err := l.keys.read(row, may)
	if err != nil {
		return nil, err
	}
	if err := l.keys.authentic(row, g); err != nil {
		return nil, err
	}
	r := &Revealed{Sealed: g.hidden, Vaults: g.vaults, Complete: g.complete, Destroyed: g.destroyed}
	r.Record = standard.Record{Origin: row.Origin}
	if !g.envelope {
		r.Record = g.record(row.Origin)
	}
	if len(g.problems) > 0 {
		if err := json.Unmarshal(g.problems, &r.Problems); err != nil {
			return nil, fmt.Errorf("record %d: column problems: %w", row.Position, err)
		}
	}
	return r, nil
}

// RevealPersonal reads the Personal fields of a row, by the sender's names; the
// caller must have a right to them and write down that they were read. Those
// inside an envelope need its vaults open too. It returns none when the
// person's key was destroyed.
func (l *Ledger) RevealPersonal(row *Row, open func(standard.Vault, standard.Seal) bool) (map[string]string, error) {
	g, err := l.keys.read(row, func(e *keyEntry) bool { return mayOpen(e, closedIfNil(open), true) })
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for name, f := range g.fields {
		if own, ok := senderName(name); ok && f.seal == standard.Personal {
			out[own] = f.value
		}
	}
	return out, nil
}

func closedIfNil(open func(standard.Vault, standard.Seal) bool) func(standard.Vault, standard.Seal) bool {
	if open == nil {
		return func(standard.Vault, standard.Seal) bool { return false }
	}
	return open
}

// A reading is what was read of a row.
type reading struct {
	fields    map[string]readField     // by committed name
	hidden    map[string]standard.Seal // by the sender's name
	vaults    []standard.Vault
	problems  []byte
	envelope  bool // a closed envelope
	complete  bool
	destroyed bool
	withSalts bool
}

type readField struct {
	value string
	salt  Hash // of sealed fields, when asked for
	seal  standard.Seal
}

// read opens every part all of whose keys allow says yes to.
func (k *Keyring) read(row *Row, allow func(*keyEntry) bool) (*reading, error) {
	return k.readWith(row, allow, false)
}

func (k *Keyring) readWith(row *Row, allow func(*keyEntry) bool, salts bool) (*reading, error) {
	open, err := OpenFields(row)
	if err != nil {
		return nil, err
	}
	g := &reading{fields: make(map[string]readField, len(open)), hidden: map[string]standard.Seal{}, problems: row.Problems, complete: true, withSalts: salts}
	for name, value := range open {
		g.fields[name] = readField{value: value}
	}
	return g, k.readParts(row, row.Sealed, allow, g)
}

func (k *Keyring) readParts(row *Row, raw []byte, allow func(*keyEntry) bool, g *reading) error {
	parts, err := decodeParts(raw)
	if err != nil {
		return fmt.Errorf("record %d: column sealed: %w", row.Position, err)
	}
	for _, p := range parts {
		c, err := k.tryPart(row, p, allow, g)
		if err != nil {
			return err
		}
		if c == nil {
			for _, name := range p.names {
				if own, ok := senderName(name); ok {
					g.hidden[own] = p.seal
				}
			}
			g.envelope = g.envelope || p.whole
			g.complete = g.complete && p.seal == standard.Personal
			continue
		}
		if g.withSalts {
			c.salts()
		}
		for _, f := range c.fields {
			g.fields[f.name] = readField{value: f.value, salt: f.salt, seal: p.seal}
		}
		if p.whole {
			g.problems = c.problems
		}
		if err := k.readParts(row, c.nested, allow, g); err != nil {
			return err
		}
	}
	return nil
}

// tryPart opens p when it may; nil when it may not or a key was destroyed.
func (k *Keyring) tryPart(row *Row, p *part, allow func(*keyEntry) bool, g *reading) (*content, error) {
	keys, have, err := k.all(p.box.ids)
	if err != nil {
		return nil, err
	}
	if !have {
		g.destroyed = true
		return nil, nil
	}
	allowed := len(keys) > 0
	for _, e := range keys {
		if e.kind == "vault" && !slices.Contains(g.vaults, e.vault) && !noVault(e.vault) {
			g.vaults = append(g.vaults, e.vault)
		}
		allowed = allow(e) && allowed
	}
	if !allowed {
		return nil, nil
	}
	c, gone, err := k.openPart(row, p)
	g.destroyed = g.destroyed || gone
	return c, err
}

// record makes the record of what was read.
func (g *reading) record(origin string) standard.Record {
	r := standard.Record{
		Origin: origin, Dataset: g.fields[FieldDataset].value, Op: standard.Op(g.fields[FieldOp].value), Key: g.fields[FieldKey].value,
		Revision: g.fields[FieldRevision].value, Occurred: g.fields[FieldOccurred].value, Fields: make(map[string]string, len(g.fields)),
	}
	for name, f := range g.fields {
		if own, ok := senderName(name); ok && f.seal != standard.Personal {
			r.Fields[own] = f.value
		}
	}
	return r
}

// senderName is the sender's name of a committed field; false for the ledger's own.
func senderName(committed string) (string, bool) {
	if rest, ok := strings.CutPrefix(committed, "@"); ok {
		return rest, strings.HasPrefix(rest, "@")
	}
	return committed, true
}

// Disclosed shows some fields of one record so that anybody can check them
// against its leaf, and sees of the rest that it exists but not what it is.
type Disclosed struct {
	Log         string           `json:"log"`
	Position    int64            `json:"position"`
	Leaf        string           `json:"leaf"`        // hex
	Fields      []DisclosedField `json:"fields"`      // sorted by name
	Commitments []string         `json:"commitments"` // hex, of all other fields
}

// DisclosedField is one field with the salt of its commitment.
type DisclosedField struct {
	Name  string `json:"name"` // as committed: '@' before the ledger's own
	Value string `json:"value"`
	Salt  string `json:"salt"` // hex
}

// ErrDisclose wraps why a field cannot be disclosed.
var ErrDisclose = errors.New("cannot disclose")

// Disclose shows the fields called names (committed names: "BIDDER_NAME",
// "@received") of a row. Fields still sealed for open, erased or Personal are
// refused; "@batch" can be shown only when the kept batch can be read.
func (l *Ledger) Disclose(ctx context.Context, row *Row, names []string, open func(standard.Vault, standard.Seal) bool) (*Disclosed, error) {
	batch, c, err := l.batchOf(ctx, row)
	if err != nil {
		return nil, err
	}
	rest, err := rowCommitments(row, c)
	if err != nil {
		return nil, err
	}
	if LeafOf(rest) != row.Leaf {
		return nil, CheckRow(row, c)
	}
	g, err := l.keys.readWith(row, func(e *keyEntry) bool { return mayOpen(e, closedIfNil(open), false) }, true)
	if err != nil {
		return nil, err
	}
	if err := addOpenSalts(row, g); err != nil {
		return nil, err
	}
	if row.Batch != 0 && slices.Contains(names, FieldBatch) {
		if err := l.addBatchField(batch, g, open); err != nil {
			return nil, err
		}
	}
	d := &Disclosed{Log: l.opt.Name, Position: row.Position, Leaf: hex.EncodeToString(row.Leaf[:]), Fields: []DisclosedField{}, Commitments: []string{}}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		f, ok := g.fields[name]
		if !ok {
			return nil, fmt.Errorf("%w: record %d has no field %q that may be read now", ErrDisclose, row.Position, name)
		}
		at := slices.Index(rest, CommitSalted(f.salt, name, f.value))
		if at < 0 {
			return nil, fmt.Errorf("record %d: field %q: %w", row.Position, name, ErrLeaf)
		}
		rest = slices.Delete(rest, at, at+1)
		d.Fields = append(d.Fields, DisclosedField{Name: name, Value: f.value, Salt: hex.EncodeToString(f.salt[:])})
	}
	sortHashes(rest)
	for i := range rest {
		d.Commitments = append(d.Commitments, hex.EncodeToString(rest[i][:]))
	}
	return d, nil
}

// batchOf reads the row's kept batch and the commitment of @batch; nil and zero
// for system records.
func (l *Ledger) batchOf(ctx context.Context, row *Row) (*BatchRow, Hash, error) {
	if row.Batch == 0 {
		return nil, Hash{}, nil
	}
	b, err := l.store.Batch(ctx, row.Batch)
	if err != nil {
		return nil, Hash{}, err
	}
	if b == nil {
		return nil, Hash{}, fmt.Errorf("record %d came in batch %d, which is missing from the store; restore it from its backup", row.Position, row.Batch)
	}
	c, _, err := BatchCommitment(b)
	return b, c, err
}

func addOpenSalts(row *Row, g *reading) error {
	open, err := OpenFields(row)
	if err != nil {
		return err
	}
	salts, err := openSalts(row, slices.Collect(maps.Keys(open)))
	if err != nil {
		return err
	}
	for name, value := range open {
		g.fields[name] = readField{value: value, salt: salts[name]}
	}
	return nil
}

func (l *Ledger) addBatchField(b *BatchRow, g *reading, open func(standard.Vault, standard.Seal) bool) error {
	seed, e, err := l.openBatch(b, closedIfNil(open), true)
	if err != nil || e == nil {
		return err
	}
	g.fields[FieldBatch] = readField{value: batchDigest(e), salt: Salt(seed, FieldBatch)}
	return nil
}

// Recompute returns the leaf that d's fields and commitments give. Who checks d
// compares it with d.Leaf, and d.Leaf at d.Position with the log.
func (d *Disclosed) Recompute() (Hash, error) {
	cs := make([]Hash, 0, len(d.Fields)+len(d.Commitments))
	for _, f := range d.Fields {
		salt, err := hex.DecodeString(f.Salt)
		if err != nil || len(salt) != 32 {
			return Hash{}, fmt.Errorf("field %q: its salt must be 64 hex digits", f.Name)
		}
		cs = append(cs, CommitSalted(Hash(salt), f.Name, f.Value))
	}
	for _, c := range d.Commitments {
		raw, err := hex.DecodeString(c)
		if err != nil || len(raw) != 32 {
			return Hash{}, errors.New("a commitment must be 64 hex digits")
		}
		cs = append(cs, Hash(raw))
	}
	return LeafOf(cs), nil
}
