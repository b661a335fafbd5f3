package ledger

import (
	"encoding/binary"
	"errors"
)

// The binary form of sealed parts and batches: uvarint counts and lengths,
// strings and byte strings after their length.

var errWire = errors.New("truncated or malformed")

func putString[T ~string | ~[]byte](b []byte, s T) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// A wireReader takes values off the front of b; after the first that does not
// fit, err is set and all that follow are zero.
type wireReader struct {
	b   []byte
	err error
}

func (r *wireReader) bytes(n uint64) []byte {
	if r.err != nil || n > uint64(len(r.b)) {
		r.err, r.b = errWire, nil
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *wireReader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// bool reads one byte that is 0 or 1: a thing has one form, else bytes could be
// changed that nobody would find.
func (r *wireReader) bool() bool {
	b := r.byte()
	if b > 1 {
		r.err, r.b = errWire, nil
	}
	return b == 1
}

// uvarint reads a number in its shortest form, for the same reason.
func (r *wireReader) uvarint() uint64 {
	n, w := binary.Uvarint(r.b)
	if w <= 0 || w > 1 && r.b[w-1] == 0 {
		r.err, r.b = errWire, nil
		return 0
	}
	r.b = r.b[w:]
	return n
}

// count reads a number of items of at least size bytes each, so that a
// malformed count cannot make the caller allocate more than the input holds.
func (r *wireReader) count(size int) int {
	n := r.uvarint()
	if r.err != nil || n > uint64(len(r.b)/size) {
		r.err, r.b = errWire, nil
		return 0
	}
	return int(n)
}

func (r *wireReader) chunk() []byte  { return r.bytes(r.uvarint()) }
func (r *wireReader) string() string { return string(r.chunk()) }

func (r *wireReader) hash() (h Hash) {
	copy(h[:], r.bytes(32))
	return h
}

func (r *wireReader) keyID() (id KeyID) {
	copy(id[:], r.bytes(uint64(len(id))))
	return id
}

// end returns the first error, or one when bytes are left over.
func (r *wireReader) end() error {
	if r.err == nil && len(r.b) > 0 {
		return errWire
	}
	return r.err
}

// pad appends zeros after a length prefix so that a ciphertext's length tells
// little about a value's.
func pad(content []byte) []byte {
	const step = 128
	n := binary.MaxVarintLen32 + len(content)
	out := make([]byte, 0, (n+step-1)/step*step+16)
	out = putString(out, content)
	for len(out)%step != 0 {
		out = append(out, 0)
	}
	return out
}

func unpad(padded []byte) ([]byte, error) {
	r := wireReader{b: padded}
	content := r.chunk()
	return content, r.err
}
