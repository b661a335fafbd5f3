package ledger

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Shape of tiles (C2SP tlog-tiles): 8 levels of the tree a tile, so 256 hashes.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// storeTiles reads tiles from a Store for package tlog.
type storeTiles struct {
	ctx   context.Context
	store Store
}

func (s storeTiles) Height() int { return tileHeight }

func (s storeTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		var err error
		if data[i], err = tileData(s.ctx, s.store, t); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func (s storeTiles) SaveTiles([]tlog.Tile, [][]byte) {}

// tileData reads the first t.W hashes of a stored tile. The stored one may be
// wider, since the log grows while it is read.
func tileData(ctx context.Context, store Store, t tlog.Tile) ([]byte, error) {
	stored, err := store.Tile(ctx, t.L, t.N)
	if err != nil {
		return nil, fmt.Errorf("read tile %d/%d: %w", t.L, t.N, err)
	}
	want := t.W * tlog.HashSize
	if stored == nil || len(stored.Hashes) < want {
		return nil, fmt.Errorf("%w: tile %d/%d is missing or shorter than the %d hashes that the tree needs", ErrTiles, t.L, t.N, t.W)
	}
	return stored.Hashes[:want], nil
}

// ErrTiles says that a stored tile of the tree is missing, too short or does
// not match the leaves. Tiles hold nothing that the records do not: they can be
// restored from a backup.
var ErrTiles = errors.New("the stored tiles are damaged")

// authentic reads hashes of tree from the stored tiles and checks each tile
// against the tree's root, so that an altered tile is an error, never a proof.
func authentic(ctx context.Context, store Store, tree tlog.Tree) tlog.HashReader {
	return tlog.TileHashReader(tree, storeTiles{ctx, store})
}

// rootOfTiles computes the root of the first size leaves from the stored tiles.
// The error wraps ErrTiles when they are damaged, and not when the store could
// not be read.
func rootOfTiles(ctx context.Context, store Store, size int64) (Hash, error) {
	var failed error
	h, err := tlog.TreeHash(size, hashReader(func(level int, index int64) (*Tile, error) {
		t, err := store.Tile(ctx, level, index)
		if err != nil {
			failed = err
		}
		return t, err
	}))
	if err != nil && failed == nil {
		err = fmt.Errorf("%w: %v", ErrTiles, err)
	}
	return Hash(h), err
}

// leafHash is the RFC 6962 hash of a record leaf.
func leafHash(leaf Hash) tlog.Hash { return tlog.RecordHash(leaf[:]) }
