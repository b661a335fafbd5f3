package ledger

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// A claim is a tree that somebody was shown: what the leaves must give.
type claim struct {
	Checkpoint
	kind   string // of the trouble when it does not hold
	zh, en string // who says so
}

// A treeWalk recomputes the tree from leaves pushed in order and compares it
// with claims and, if fetch is set, with tiles.
type treeWalk struct {
	report *VerifyReport
	edge   edge
	batch  []Hash
	claims []claim // sorted by size; those met are cut off
	fetch  func(level int, index int64, width int) ([]byte, error)
	held   int64 // size of the largest claim that held
	proved int64 // number of claims that held
	tiles  int64
	want   map[int64]*Hash  // leaves to remember, by position
	times  map[int64]string // received times of these, where the rows are at hand
}

func newTreeWalk(r *VerifyReport, claims []claim) *treeWalk {
	slices.SortStableFunc(claims, func(a, b claim) int { return cmp.Compare(a.Size, b.Size) })
	w := &treeWalk{report: r, claims: claims, want: map[int64]*Hash{}, times: map[int64]string{}}
	w.meet()
	return w
}

func (w *treeWalk) size() int64 { return w.edge.size + int64(len(w.batch)) }

// push adds the next leaf.
func (w *treeWalk) push(leaf Hash) error {
	if _, ok := w.want[w.size()]; ok {
		w.want[w.size()] = &leaf
	}
	w.batch = append(w.batch, leaf)
	if n := w.size(); n%tileWidth == 0 || len(w.claims) > 0 && w.claims[0].Size == n {
		return w.flush(false)
	}
	return nil
}

// end compares the partial tiles and lists claims beyond the last leaf.
func (w *treeWalk) end() error {
	if err := w.flush(true); err != nil {
		return err
	}
	for _, c := range w.claims {
		w.report.Add(c.kind, -1, "",
			fmt.Sprintf("%s证明有 %d 条记录，现在只有 %d 条：日志变短了", c.zh, c.Size, w.edge.size),
			fmt.Sprintf("%s proves %d records, there are only %d: the log shrank", c.en, c.Size, w.edge.size))
	}
	root := w.edge.root()
	w.report.Size, w.report.Root = w.edge.size, hex.EncodeToString(root[:])
	return nil
}

func (w *treeWalk) flush(last bool) error {
	tiles := slices.DeleteFunc(w.edge.append(w.batch), func(t Tile) bool { return len(t.Hashes) < tileWidth*tlog.HashSize })
	w.batch = w.batch[:0]
	if last {
		for level, hs := range w.edge.open {
			if len(hs) > 0 {
				tiles = append(tiles, Tile{Level: level, Index: w.edge.size >> ((level + 1) * tileHeight), Hashes: flatten(hs)})
			}
		}
	}
	for _, t := range tiles {
		if err := w.compare(t); err != nil {
			return err
		}
	}
	w.meet()
	return nil
}

// meet compares the root with the claims of this size.
func (w *treeWalk) meet() {
	for len(w.claims) > 0 && w.claims[0].Size == w.edge.size {
		c := w.claims[0]
		w.claims = w.claims[1:]
		if w.edge.root() == c.Root {
			w.held = c.Size
			w.proved++
			continue
		}
		w.report.Add(c.kind, -1, "",
			fmt.Sprintf("前 %d 条记录不是%s所证明的（自第 %d 条起有改动、缺失或换序）", c.Size, c.zh, w.held),
			fmt.Sprintf("the first %d records are not those that %s proves (something from record %d on was altered, dropped or reordered)", c.Size, c.en, w.held))
	}
}

func (w *treeWalk) compare(t Tile) error {
	if w.fetch == nil {
		return nil
	}
	w.tiles++
	have, err := w.fetch(t.Level, t.Index, len(t.Hashes)/tlog.HashSize)
	if err != nil {
		return err
	}
	if bytes.Equal(have, t.Hashes) {
		return nil
	}
	at := int64(-1)
	for i := 0; i+tlog.HashSize <= len(t.Hashes); i += tlog.HashSize {
		if len(have) < i+tlog.HashSize || !bytes.Equal(have[i:i+tlog.HashSize], t.Hashes[i:i+tlog.HashSize]) {
			if t.Level == 0 {
				at = t.Index*tileWidth + int64(i/tlog.HashSize)
			}
			break
		}
	}
	w.report.Add(TroubleTile, at, "",
		fmt.Sprintf("哈希瓦片 %d/%d 与记录不符或缺失：瓦片或记录被改动", t.Level, t.Index),
		fmt.Sprintf("tile %d/%d is missing or does not match the records: the tile or a record was altered", t.Level, t.Index))
	return nil
}
