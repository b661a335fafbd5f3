package cardinal

import (
	"encoding/binary"
	"math/bits"
)

// names gives small numbers to strings, in the order of their first coming. Most
// ids are short: those are kept inside the table, so that to find one costs one
// look into memory.
type names struct {
	list  []string
	slots []slot64
	long  map[string]uint32
}

// A slot holds a string of up to shortName bytes, with its length in the last
// byte, and its number plus one; zero for an empty slot.
type slot64 struct {
	key    [3]uint64
	number uint32
}

const shortName = 23

// key packs a short string.
func packName(t []byte) (k [3]uint64) {
	if len(t) >= 8 {
		k[0] = binary.LittleEndian.Uint64(t)
		if len(t) >= 16 {
			k[1] = binary.LittleEndian.Uint64(t[8:])
			k[2] = tail(t[16:])
		} else {
			k[1] = tail(t[8:])
		}
	} else {
		k[0] = tail(t)
	}
	k[2] |= uint64(len(t)) << 56
	return k
}

// tail packs up to seven bytes.
func tail(t []byte) (w uint64) {
	for i := len(t) - 1; i >= 0; i-- {
		w = w<<8 | uint64(t[i])
	}
	return w
}

// hash mixes a key: its multiplications spread all bits to the upper half.
func hash(k *[3]uint64) uint64 {
	hi, lo := bits.Mul64(k[0]^0x9E3779B97F4A7C15, k[1]^0xBF58476D1CE4E5B9)
	hi2, lo2 := bits.Mul64(hi^lo^k[2], 0x94D049BB133111EB)
	return hi2 ^ lo2
}

// of gives a string's number.
func (n *names) of(t []byte) uint32 {
	if len(t) > shortName {
		if k, ok := n.long[string(t)]; ok {
			return k
		}
		if n.long == nil {
			n.long = map[string]uint32{}
		}
		k := n.add(string(t))
		n.long[n.list[k]] = k
		return k
	}
	if len(n.list)*2 >= len(n.slots) {
		n.grow()
	}
	key := packName(t)
	mask := uint64(len(n.slots) - 1)
	for i := hash(&key) & mask; ; i = (i + 1) & mask {
		switch s := &n.slots[i]; {
		case s.number == 0:
			s.key, s.number = key, uint32(len(n.list))+1
			return n.add(string(t))
		case s.key == key:
			return s.number - 1
		}
	}
}

func (n *names) add(s string) uint32 {
	n.list = append(n.list, s)
	return uint32(len(n.list) - 1)
}

// grow doubles the table.
func (n *names) grow() {
	old := n.slots
	n.slots = make([]slot64, max(64, 2*len(old)))
	mask := uint64(len(n.slots) - 1)
	for k := range old {
		if old[k].number == 0 {
			continue
		}
		i := hash(&old[k].key) & mask
		for n.slots[i].number != 0 {
			i = (i + 1) & mask
		}
		n.slots[i] = old[k]
	}
}
