package ledger

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mingjing/internal/standard"
)

// The column sealed of a row: a version byte, then parts. A record has at most
// one part a seal; a wholly sealed record has one part, its envelope, which
// holds data set, key, revision, op, occurred, fields and problems, and inside
// it the parts of other seals. Each part has a seed of its own, so that opening
// one tells nothing about low-entropy values in another, and so that the open
// fields of a row can be checked against its leaf by anybody.
const sealVersion = 1

const partDomain = "mingjing/part/1"

var sealCodes = []standard.Seal{1: standard.Bid, 2: standard.Committee, 3: standard.Personal}

// A part is one sealed part with its clear header.
type part struct {
	seal  standard.Seal
	whole bool
	names []string // committed names in it; empty for an envelope, whose names are secret too
	count int      // commitments it accounts for, nested parts included
	box   box
}

// A field is one committed field as it stands in a part.
type field struct {
	name, value string
	salt        Hash // only after an erasure; before, content.salts gives it
}

// content is what a part hides.
type content struct {
	seed     *[32]byte // nil after an erasure: then salts are kept field by field
	fields   []field
	problems []byte // JSON; only in an envelope
	nested   []byte // parts inside an envelope
}

func (p *part) header(b []byte) []byte {
	b = append(b, byte(slices.Index(sealCodes, p.seal)), boolByte(p.whole))
	b = binary.AppendUvarint(b, uint64(len(p.box.ids)))
	for _, id := range p.box.ids {
		b = append(b, id[:]...)
	}
	b = binary.AppendUvarint(b, uint64(len(p.names)))
	for _, n := range p.names {
		b = putString(b, n)
	}
	return binary.AppendUvarint(b, uint64(p.count))
}

func boolByte(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// aad binds a part to its row and header: moved to another row, or with
// another list of names, it does not open.
func (p *part) aad(row *Row) []byte {
	b := append([]byte(nil), partDomain...)
	b = putString(b, row.Origin)
	b = putString(b, row.Identity)
	b = putString(b, row.Content)
	return p.header(b)
}

func encodeParts(parts []*part) []byte {
	if len(parts) == 0 {
		return nil
	}
	b := append(make([]byte, 0, 1024), sealVersion)
	b = binary.AppendUvarint(b, uint64(len(parts)))
	for _, p := range parts {
		b = p.header(b)
		b = p.box.append(b)
	}
	return b
}

func decodeParts(raw []byte) ([]*part, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	r := wireReader{b: raw}
	if v := r.byte(); v != sealVersion {
		return nil, fmt.Errorf("sealed parts of unknown version %d", v)
	}
	parts := make([]*part, 0, 3)
	for range r.count(4) {
		p := new(part)
		code := int(r.byte())
		if code < 1 || code >= len(sealCodes) {
			return nil, fmt.Errorf("sealed part of unknown seal %d", code)
		}
		p.seal, p.whole = sealCodes[code], r.bool()
		for range r.count(16) {
			p.box.ids = append(p.box.ids, r.keyID())
		}
		for range r.count(1) {
			p.names = append(p.names, r.string())
		}
		n := r.uvarint()
		if n > 1<<20 {
			return nil, errWire
		}
		p.count = int(n)
		p.box.read(&r)
		if r.err != nil {
			return nil, r.err
		}
		parts = append(parts, p)
	}
	return parts, r.end()
}

// Unexplained returns how many of the row's stored Commitments belong to no
// sealed part. They must be fields that an erasure record naming this position
// took away (ParseErasure): a checker has to find it, or else somebody hid a
// field. It is an error when there are fewer commitments than sealed fields.
func Unexplained(row *Row) (int, error) {
	sealed, err := SealedCount(row)
	if err != nil {
		return 0, err
	}
	n := len(row.Commitments)/32 - sealed
	if n < 0 {
		return 0, fmt.Errorf("record %d: %w: its sealed parts hold %d fields more than it has commitments", row.Position, ErrLeaf, -n)
	}
	return n, nil
}

// SealedCount returns how many of the row's stored Commitments belong to its
// sealed parts, nested ones included.
func SealedCount(row *Row) (int, error) {
	parts, err := decodeParts(row.Sealed)
	if err != nil {
		return 0, fmt.Errorf("record %d: column sealed: %w", row.Position, err)
	}
	n := 0
	for _, p := range parts {
		n += p.count
	}
	return n, nil
}

func (c *content) encode() []byte {
	b := make([]byte, 0, 1024)
	if c.seed != nil {
		b = append(b, 0)
		b = append(b, c.seed[:]...)
	} else {
		b = append(b, 1)
	}
	b = binary.AppendUvarint(b, uint64(len(c.fields)))
	for i := range c.fields {
		f := &c.fields[i]
		b = putString(b, f.name)
		b = putString(b, f.value)
		if c.seed == nil {
			b = append(b, f.salt[:]...)
		}
	}
	b = putString(b, c.problems)
	b = putString(b, c.nested)
	return pad(b)
}

func decodeContent(padded []byte) (*content, error) {
	raw, err := unpad(padded)
	if err != nil {
		return nil, err
	}
	r := wireReader{b: raw}
	c := new(content)
	if !r.bool() {
		seed := [32]byte(r.hash())
		c.seed = &seed
	}
	n := r.count(2)
	c.fields = make([]field, 0, n)
	for range n {
		f := field{name: r.string(), value: r.string()}
		if c.seed == nil {
			f.salt = r.hash()
		}
		c.fields = append(c.fields, f)
	}
	c.problems, c.nested = r.chunk(), r.chunk()
	return c, r.end()
}

// salts fills the salt of every field.
func (c *content) salts() {
	if c.seed == nil {
		return
	}
	s := newSalter(*c.seed)
	defer s.free()
	for i := range c.fields {
		c.fields[i].salt = s.salt(c.fields[i].name)
	}
}

// keysFor returns the keys that a part hangs on: the person's for Personal, and
// otherwise those of all vaults. A part whose record names no lot hangs on the
// vault without codes, which nothing opens.
func (k *Keyring) keysFor(seal standard.Seal, origin string, s *standard.Sealing) []*keyEntry {
	if seal == standard.Personal {
		return []*keyEntry{k.personKey(personName(origin, s.Person))}
	}
	var keys []*keyEntry
	for _, v := range s.Vaults {
		e := k.vaultKey(v, seal)
		if !slices.Contains(keys, e) {
			keys = append(keys, e)
		}
	}
	if len(keys) == 0 {
		keys = append(keys, k.vaultKey(standard.Vault{Origin: origin}, seal))
	}
	return keys
}

// locks returns the keys that any part of a record hangs on.
func (k *Keyring) locks(d *Draft) []*keyEntry {
	var keys []*keyEntry
	if d.Sealing.Whole != standard.Open {
		keys = k.keysFor(d.Sealing.Whole, d.Record.Origin, &d.Sealing)
	}
	for _, name := range slices.Sorted(maps.Keys(d.Sealing.Fields)) {
		if seal := d.Sealing.Fields[name]; seal != standard.Open && seal != d.Sealing.Whole {
			keys = append(keys, k.keysFor(seal, d.Record.Origin, &d.Sealing)...)
		}
	}
	return keys
}

// personName names the holder of a Personal part; persons who cannot be told
// apart share one key for each origin, which no erasure destroys.
func personName(origin, person string) string {
	if person == "" {
		return "unknown\x00" + origin
	}
	return "known\x00" + person
}

// noVault tells a vault that no opening can name.
func noVault(v standard.Vault) bool { return v.Tender == "" && v.Lot == "" }

// sealPart encrypts fields of one seal for row, which must have its origin,
// identity and content. It appends the commitments of the fields to cs.
func (k *Keyring) sealPart(row *Row, p *part, c *content, keys []*keyEntry, cs []Hash) ([]Hash, error) {
	s := newSalter(*c.seed)
	defer s.free()
	for i := range c.fields {
		cs = append(cs, s.commit(c.fields[i].name, c.fields[i].value))
	}
	return cs, k.boxPart(row, p, c, keys)
}

func (k *Keyring) boxPart(row *Row, p *part, c *content, keys []*keyEntry) error {
	p.count = len(c.fields)
	if !p.whole {
		p.names = p.names[:0]
		for i := range c.fields {
			p.names = append(p.names, c.fields[i].name)
		}
	}
	nested, err := decodeParts(c.nested)
	if err != nil {
		return err
	}
	for _, n := range nested {
		p.count += n.count
	}
	p.box.ids = keyIDs(keys)
	b, err := sealBox(keys, p.aad(row), c.encode())
	p.box = b
	return err
}

// openPart decrypts p. gone tells that a key was destroyed.
func (k *Keyring) openPart(row *Row, p *part) (c *content, gone bool, err error) {
	keys, have, err := k.all(p.box.ids)
	if err != nil || !have {
		return nil, !have && err == nil, err
	}
	plain, err := p.box.open(keys, p.aad(row))
	if err == nil {
		c, err = decodeContent(plain)
	}
	if err != nil {
		return nil, false, fmt.Errorf("record %d: its %s part does not open: %w; the row was altered or the keyring is another log's", row.Position, p.seal, err)
	}
	return c, false, nil
}

// token is the name under which sealed rows of a vault are found.
func (k *Keyring) token(v standard.Vault, s standard.Seal) string {
	return fmt.Sprintf("%x", k.mac("token", v.Origin, v.Tender, v.Lot, string(s)))
}

// SealedCode returns the routing code of rows wholly sealed under token, as
// Ledger.Token gives it: "sealed:" and the token.
func SealedCode(token string) string { return "sealed:" + token }

// IsSealedCode tells whether code is a SealedCode.
func IsSealedCode(code string) bool { return strings.HasPrefix(code, "sealed:") }
