package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"

	"mingjing/internal/standard"
)

// The column evidence of a batch row: a version byte, a kind byte, then by kind
//
//	plain   seed ‖ zstd of the evidence
//	sealed  commitment ‖ key ids ‖ box of (seed ‖ zstd of the evidence)
//	erased  commitment ‖ position of the erasure record
//
// commitment is that of the field @batch, the same in all records of the batch.
// It is salted by the batch's own seed, not by the records': a reader of one
// open record must not be able to try values of its sealed neighbours against
// the digest of the body that holds both.
const (
	evidenceVersion = 1
	batchPlain      = 0
	batchSealed     = 1
	batchErased     = 2
	batchDomain     = "mingjing/batch/1"
)

// maxEvidence bounds what is unpacked: a batch has at most 1,000 records.
const maxEvidence = 256 << 20

var zstdCoder = sync.OnceValues(func() (*zstd.Encoder, *zstd.Decoder) {
	// Neither fails without a reader or writer and with these options.
	e, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	d, _ := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxEvidence), zstd.WithDecoderConcurrency(1))
	return e, d
})

func batchDigest(e *Evidence) string {
	d := sha256.Sum256(e.Body)
	return hex.EncodeToString(d[:])
}

func packEvidence(seed [32]byte, e *Evidence) []byte {
	raw := make([]byte, 0, len(e.Body)+len(e.Base)+256)
	raw = putString(raw, e.ContentType)
	raw = putString(raw, e.Body)
	raw = putString(raw, e.Base)
	raw = putString(raw, e.Signature)
	raw = putString(raw, e.Algorithm)
	raw = putString(raw, e.KeyID)
	enc, _ := zstdCoder()
	return enc.EncodeAll(raw, append(make([]byte, 0, len(raw)/3), seed[:]...))
}

func unpackEvidence(packed []byte) (seed [32]byte, e *Evidence, err error) {
	if len(packed) < 32 {
		return seed, nil, errWire
	}
	copy(seed[:], packed)
	_, dec := zstdCoder()
	raw, err := dec.DecodeAll(packed[32:], nil)
	if err != nil {
		return seed, nil, err
	}
	r := wireReader{b: raw}
	e = &Evidence{ContentType: r.string(), Body: r.chunk(), Base: r.chunk(), Signature: r.chunk(), Algorithm: r.string(), KeyID: r.string()}
	return seed, e, r.end()
}

// encodeEvidence returns the column evidence and the commitment of @batch. keys
// are all keys that its records hang on; none leaves it in the open.
func encodeEvidence(seed [32]byte, e *Evidence, keys []*keyEntry) ([]byte, Hash, error) {
	c := Commit(seed, FieldBatch, batchDigest(e))
	packed := packEvidence(seed, e)
	if len(keys) == 0 {
		return append([]byte{evidenceVersion, batchPlain}, packed...), c, nil
	}
	out := sealedBatchHeader(c, keyIDs(keys))
	b, err := sealBox(keys, append([]byte(batchDomain), out...), pad(packed))
	if err != nil {
		return nil, c, err
	}
	return b.append(out), c, nil
}

func sealedBatchHeader(c Hash, ids []KeyID) []byte {
	out := append([]byte{evidenceVersion, batchSealed}, c[:]...)
	out = binary.AppendUvarint(out, uint64(len(ids)))
	for _, id := range ids {
		out = append(out, id[:]...)
	}
	return out
}

func erasedBatch(c Hash, order int64) []byte {
	return binary.AppendUvarint(append([]byte{evidenceVersion, batchErased}, c[:]...), uint64(order))
}

// A batchForm is the column evidence, read as far as that goes without keys.
type batchForm struct {
	kind       byte
	commitment Hash
	packed     []byte // plain
	box        box    // sealed
	header     []byte
	order      int64 // erased
}

func readBatch(b *BatchRow) (*batchForm, error) {
	r := wireReader{b: b.Evidence}
	if v := r.byte(); v != evidenceVersion {
		return nil, fmt.Errorf("batch %d: evidence of unknown version %d", b.ID, v)
	}
	f := &batchForm{kind: r.byte()}
	var err error
	switch f.kind {
	case batchPlain:
		f.packed = r.b
		var seed [32]byte
		var e *Evidence
		if seed, e, err = unpackEvidence(f.packed); err == nil {
			f.commitment = Commit(seed, FieldBatch, batchDigest(e))
		}
	case batchSealed:
		f.commitment = r.hash()
		for range r.count(16) {
			f.box.ids = append(f.box.ids, r.keyID())
		}
		f.header = sealedBatchHeader(f.commitment, f.box.ids)
		f.box.read(&r)
		err = r.end()
	case batchErased:
		f.commitment, f.order = r.hash(), int64(r.uvarint())
		err = r.end()
	default:
		err = errWire
	}
	if err != nil {
		return nil, fmt.Errorf("batch %d: column evidence: %w", b.ID, err)
	}
	return f, nil
}

// BatchCommitment returns the commitment to @batch of every record of b: for a
// batch in the open it is recomputed from its body, so that a changed body
// gives another leaf; for a sealed or erased one it is what was stored. erased
// is the position of the erasure record that removed the body, or -1.
func BatchCommitment(b *BatchRow) (c Hash, erased int64, err error) {
	f, err := readBatch(b)
	if err != nil {
		return Hash{}, -1, err
	}
	if f.kind == batchErased {
		return f.commitment, f.order, nil
	}
	return f.commitment, -1, nil
}

// BatchSealed tells whether the kept body of b is encrypted.
func BatchSealed(b *BatchRow) bool {
	return len(b.Evidence) > 1 && b.Evidence[1] == batchSealed
}

// RevealBatch returns the signed batch when all its vaults are open and, if it
// holds Personal parts, personal is true; nil when it may not be read (yet),
// was erased, or a key of it was destroyed.
func (l *Ledger) RevealBatch(b *BatchRow, open func(standard.Vault, standard.Seal) bool, personal bool) (*Evidence, error) {
	_, e, err := l.openBatch(b, closedIfNil(open), personal)
	return e, err
}

func (l *Ledger) openBatch(b *BatchRow, open func(standard.Vault, standard.Seal) bool, personal bool) (seed [32]byte, e *Evidence, err error) {
	f, err := readBatch(b)
	if err != nil {
		return seed, nil, err
	}
	packed := f.packed
	switch f.kind {
	case batchErased:
		return seed, nil, nil
	case batchSealed:
		keys, have, err := l.keys.all(f.box.ids)
		if err != nil || !have {
			return seed, nil, err
		}
		for _, k := range keys {
			if !mayOpen(k, open, personal) {
				return seed, nil, nil
			}
		}
		padded, err := f.box.open(keys, append([]byte(batchDomain), f.header...))
		if err == nil {
			packed, err = unpad(padded)
		}
		if err != nil {
			return seed, nil, fmt.Errorf("batch %d: does not open: %w", b.ID, err)
		}
	}
	seed, e, err = unpackEvidence(packed)
	if err != nil {
		return seed, nil, fmt.Errorf("batch %d: %w", b.ID, err)
	}
	if Commit(seed, FieldBatch, batchDigest(e)) != f.commitment {
		return seed, nil, fmt.Errorf("batch %d: its body is not the one that was committed to", b.ID)
	}
	return seed, e, nil
}

func mayOpen(e *keyEntry, open func(standard.Vault, standard.Seal) bool, personal bool) bool {
	switch e.kind {
	case "person":
		return personal
	case "vault":
		return !noVault(e.vault) && open(e.vault, e.seal)
	}
	return false
}
