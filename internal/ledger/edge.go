package ledger

import (
	"crypto/sha256"
	"fmt"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// An edge is the right edge of the tree: all that is needed to append leaves,
// to know the root, and to write the tiles that changed.
type edge struct {
	size  int64
	peaks []tlog.Hash   // roots of the perfect subtrees, from the largest
	open  [][]tlog.Hash // by tile level: hashes of its last tile, fewer than 256
}

func (e *edge) clone() *edge {
	c := &edge{size: e.size, peaks: slices.Clone(e.peaks), open: make([][]tlog.Hash, len(e.open))}
	for i := range e.open {
		c.open[i] = slices.Clone(e.open[i])
	}
	return c
}

// append adds record leaves and returns every tile that changed, full ones
// once, by level and index.
func (e *edge) append(leaves []Hash) []Tile {
	if len(leaves) == 0 {
		return nil
	}
	var tiles []Tile
	before := e.size
	for i := range leaves {
		h := tlog.RecordHash(leaves[i][:])
		level := 0
		tiles = e.put(0, h, tiles)
		for ; e.size>>level&1 == 1; level++ {
			last := len(e.peaks) - 1
			h = tlog.NodeHash(e.peaks[last], h)
			e.peaks = e.peaks[:last]
			if (level+1)%tileHeight == 0 {
				tiles = e.put((level+1)/tileHeight, h, tiles)
			}
		}
		e.peaks = append(e.peaks, h)
		e.size++
	}
	for level, hs := range e.open {
		shift := level * tileHeight
		if len(hs) > 0 && e.size>>shift != before>>shift {
			tiles = append(tiles, Tile{Level: level, Index: e.size >> (shift + tileHeight), Hashes: flatten(hs)})
		}
	}
	return tiles
}

// put adds a hash to the last tile of a level; a tile it fills is written out.
func (e *edge) put(level int, h tlog.Hash, tiles []Tile) []Tile {
	if level == len(e.open) {
		e.open = append(e.open, make([]tlog.Hash, 0, tileWidth))
	}
	e.open[level] = append(e.open[level], h)
	if len(e.open[level]) == tileWidth {
		tiles = append(tiles, Tile{Level: level, Index: e.size >> ((level + 1) * tileHeight), Hashes: flatten(e.open[level])})
		e.open[level] = e.open[level][:0]
	}
	return tiles
}

func flatten(hs []tlog.Hash) []byte {
	out := make([]byte, 0, len(hs)*tlog.HashSize)
	for i := range hs {
		out = append(out, hs[i][:]...)
	}
	return out
}

// root returns the root of the whole tree; of the empty one, SHA-256 of nothing.
func (e *edge) root() Hash {
	if len(e.peaks) == 0 {
		return sha256.Sum256(nil)
	}
	h := e.peaks[len(e.peaks)-1]
	for i := len(e.peaks) - 2; i >= 0; i-- {
		h = tlog.NodeHash(e.peaks[i], h)
	}
	return Hash(h)
}

// tileSource reads one stored tile, nil when there is none.
type tileSource func(level int, index int64) (*Tile, error)

// loadEdge reads the right edge of the tree of that size.
func loadEdge(size int64, tile tileSource) (*edge, error) {
	e := &edge{size: size}
	var peaks []tlog.Hash // from the smallest
	for level := 0; size>>(level*tileHeight) > 0; level++ {
		width := int(size >> (level * tileHeight) & (tileWidth - 1))
		hs, err := firstOfTile(level, size>>((level+1)*tileHeight), width, tile)
		if err != nil {
			return nil, err
		}
		e.open = append(e.open, append(make([]tlog.Hash, 0, tileWidth), hs...))
		for rest := hs; len(rest) > 0; {
			n := 1 << bits.TrailingZeros(uint(len(rest)))
			peaks = append(peaks, subtree(rest[len(rest)-n:]))
			rest = rest[:len(rest)-n]
		}
	}
	slices.Reverse(peaks)
	e.peaks = peaks
	return e, nil
}

// firstOfTile returns the first width hashes of a tile.
func firstOfTile(level int, index int64, width int, tile tileSource) ([]tlog.Hash, error) {
	if width == 0 {
		return nil, nil
	}
	t, err := tile(level, index)
	if err != nil {
		return nil, err
	}
	if t == nil || len(t.Hashes) < width*tlog.HashSize {
		return nil, fmt.Errorf("tile %d/%d of the log is missing or shorter than %d hashes: the store lost data, restore it from its backup", level, index, width)
	}
	hs := make([]tlog.Hash, width)
	for i := range hs {
		copy(hs[i][:], t.Hashes[i*tlog.HashSize:])
	}
	return hs, nil
}

// subtree returns the root over a power of two of hashes.
func subtree(hs []tlog.Hash) tlog.Hash {
	if len(hs) == 1 {
		return hs[0]
	}
	return tlog.NodeHash(subtree(hs[:len(hs)/2]), subtree(hs[len(hs)/2:]))
}

// hashReader reads the stored hashes of the tree from tiles; it trusts them, so
// what is built on it must be compared with a known root.
func hashReader(tile tileSource) tlog.HashReader {
	type at struct {
		level int
		index int64
	}
	seen := map[at]*Tile{}
	cached := func(level int, index int64) (*Tile, error) {
		if t, ok := seen[at{level, index}]; ok {
			return t, nil
		}
		t, err := tile(level, index)
		if err == nil {
			seen[at{level, index}] = t
		}
		return t, err
	}
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			level, n := tlog.SplitStoredHashIndex(index)
			within := level % tileHeight
			first := n << within // of the hashes at the tile's own level
			to := int(first&(tileWidth-1)) + 1<<within
			hs, err := firstOfTile(level/tileHeight, first>>tileHeight, to, cached)
			if err != nil {
				return nil, err
			}
			out[i] = subtree(hs[to-1<<within:])
		}
		return out, nil
	})
}
