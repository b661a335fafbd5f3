package ledger

import (
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// TestEdge compares the edge with package tlog's own storage at many sizes.
func TestEdge(t *testing.T) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(idx []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(idx))
		for i, x := range idx {
			out[i] = stored[x]
		}
		return out, nil
	})
	e, tiles := &edge{}, map[[2]int64][]byte{}
	source := func(level int, index int64) (*Tile, error) {
		if h := tiles[[2]int64{int64(level), index}]; h != nil {
			return &Tile{Level: level, Index: index, Hashes: h}, nil
		}
		return nil, nil
	}
	steps := []int{1, 1, 1, 2, 3, 248, 1, 255, 1, 300, 1000, 63000, 700, 66, 1, 1}
	for _, n := range steps {
		leaves := make([]Hash, n)
		for i := range leaves {
			size := e.size + int64(i)
			leaves[i] = Hash{byte(size), byte(size >> 8), byte(size >> 16)}
			hs, err := tlog.StoredHashes(size, leaves[i][:], reader)
			if err != nil {
				t.Fatal(err)
			}
			stored = append(stored, hs...)
		}
		for _, tl := range e.append(leaves) {
			tiles[[2]int64{int64(tl.Level), tl.Index}] = tl.Hashes
		}
		want, err := tlog.TreeHash(e.size, reader)
		if err != nil {
			t.Fatal(err)
		}
		if e.root() != Hash(want) {
			t.Fatalf("root at %d differs from package tlog's", e.size)
		}
		for _, tl := range tlog.NewTiles(tileHeight, 0, e.size) {
			data, err := tlog.ReadTileData(tl, reader)
			if err != nil {
				t.Fatal(err)
			}
			if got := tiles[[2]int64{int64(tl.L), tl.N}]; len(got) < len(data) || string(got[:len(data)]) != string(data) {
				t.Fatalf("at %d, tile %d/%d has %d bytes and not the %d of package tlog", e.size, tl.L, tl.N, len(got), len(data))
			}
		}
		loaded, err := loadEdge(e.size, source)
		if err != nil {
			t.Fatal(err)
		}
		if loaded.root() != e.root() {
			t.Fatalf("edge loaded at %d has another root", e.size)
		}
		half := e.size/2 + 1
		got, err := tlog.TreeHash(half, hashReader(source))
		if err != nil {
			t.Fatal(err)
		}
		if want, _ := tlog.TreeHash(half, reader); got != want {
			t.Fatalf("root of the first %d of %d differs", half, e.size)
		}
	}
	if got := (&edge{}).root(); fmt.Sprintf("%x", got) != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Errorf("root of the empty tree %x", got)
	}
}
