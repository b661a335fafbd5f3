package refold

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
)

// A file is what was loaded for one docket: all rows below a position of the
// log, so that what is folded is the log as it stood at one moment.
type file struct {
	id    string
	end   int64     // positions below are in
	cut   int64     // as are, of those, only erasures from here on; math.MaxInt64 but for a docket as it was
	at    time.Time // when loading began
	rows  []*ledger.Row
	seen  map[int64]bool
	known map[string]bool // identities whose versions are loaded

	read   map[int64]docket.Version // what can be read of a row; closed envelopes are not in it
	erased map[int64][]string       // fields erased by law, by position
	last   int64                    // position of the last erasure, -1
	broken []int64                  // rows that cannot be read and should be
	opened map[string]*ledger.Row   // by identity: a sealed version that has been read

	bulkFile
}

// load reads the rows that make a docket, as far as nothing need be unsealed:
// by its codes, those that follow from them, and all versions of these rows.
// Bulk rows that were read before are left out, unless all is to be read anew.
func (w *Worker) load(ctx context.Context, id string, anew bool) (*file, error) {
	return w.loadTo(ctx, id, anew, math.MaxInt64)
}

// loadTo loads only what stands below cut, and every erasure: what was erased
// since is gone.
func (w *Worker) loadTo(ctx context.Context, id string, anew bool, cut int64) (*file, error) {
	f := &file{id: id, cut: cut, at: w.now(), seen: map[int64]bool{}, known: map[string]bool{}, read: map[int64]docket.Version{}, erased: map[int64][]string{}, opened: map[string]*ledger.Row{}, last: -1}
	if err := w.loadBulk(ctx, f, anew); err != nil {
		return nil, err
	}
	head, err := w.Store.Head(ctx)
	if err != nil {
		return nil, err
	}
	f.end = head.Size
	asked := map[docket.Code]bool{}
	for {
		var codes []string
		for _, c := range docket.Follow(id, f.versions()) {
			if !asked[c] {
				asked[c] = true
				codes = append(codes, string(c))
			}
		}
		if len(codes) == 0 {
			return f, nil
		}
		if err := w.byCode(ctx, f, codes, closed); err != nil {
			return nil, err
		}
	}
}

func closed(standard.Vault, standard.Seal) bool { return false }

// byCode loads the rows that name codes and all their versions. Of rows found
// by a project or section, those that name another docket are left out: its
// siblings.
func (w *Worker) byCode(ctx context.Context, f *file, codes []string, open func(standard.Vault, standard.Seal) bool) error {
	byCode, err := w.positions(ctx, f, codes)
	if err != nil {
		return err
	}
	var own, shared []int64
	for code, ps := range byCode {
		if c := docket.Code(code); c.Docket() == "" && !ledger.IsSealedCode(code) {
			shared = append(shared, ps...)
		} else {
			own = append(own, ps...)
		}
	}
	if err := w.fetch(ctx, f, own, false, open); err != nil {
		return err
	}
	if err := w.fetch(ctx, f, shared, true, open); err != nil {
		return err
	}
	if err := w.fetch(ctx, f, f.besides(), false, open); err != nil {
		return err
	}
	var fresh [][]byte
	for _, r := range f.rows {
		if !f.known[string(r.Identity)] {
			f.known[string(r.Identity)] = true
			fresh = append(fresh, r.Identity)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	positions, err := w.Store.PositionsByIdentity(ctx, fresh)
	if err != nil {
		return err
	}
	return w.fetch(ctx, f, positions, false, open)
}

func (w *Worker) fetch(ctx context.Context, f *file, positions []int64, foreignOut bool, open func(standard.Vault, standard.Seal) bool) error {
	var want []int64
	for _, p := range positions {
		if p < f.end && !f.seen[p] {
			want = append(want, p)
		}
	}
	if len(want) == 0 {
		return nil
	}
	slices.Sort(want)
	rows, err := w.Store.RowsAt(ctx, slices.Compact(want))
	if err != nil {
		return err
	}
	for _, r := range rows {
		if foreignOut && names(r.Codes) && !slices.ContainsFunc(r.Codes, func(c string) bool { return docket.Code(c).Docket() == f.id }) {
			continue
		}
		f.seen[r.Position] = true
		e, ok := ledger.ParseErasure(r)
		if !ok && r.Position >= f.cut {
			continue
		}
		f.rows = append(f.rows, r)
		if ok {
			if _, err := w.Ledger.Reveal(r, closed); err != nil {
				w.broke(f, r)
				continue
			}
			f.erased[e.Position] = append(f.erased[e.Position], e.Fields...)
			if r.Position < f.cut {
				f.last = max(f.last, r.Position)
			}
			continue
		}
		w.reveal(f, r, open)
	}
	return nil
}

// reveal reads what may be read of a row. A row that should be readable and is
// not is left out and noted: the docket of its neighbours must not suffer.
func (w *Worker) reveal(f *file, r *ledger.Row, open func(standard.Vault, standard.Seal) bool) {
	got, err := w.Ledger.Reveal(r, open)
	if other := f.opened[string(r.Identity)]; err == nil && got.Record.Dataset == "" && other != nil {
		got, err = w.Ledger.RevealBeside(r, other, open)
	}
	if err != nil {
		w.broke(f, r)
		return
	}
	if got.Record.Dataset == "" {
		return // a closed envelope: it does not exist yet
	}
	if len(r.Sealed) > 0 {
		f.opened[string(r.Identity)] = r
	}
	f.read[r.Position] = versionOf(r, got)
}

// versionOf is a row of the log with what could be read of it.
func versionOf(r *ledger.Row, got *ledger.Revealed) docket.Version {
	return docket.Version{
		Record: got.Record, Position: r.Position, Received: r.Received, Source: r.Author.ID, History: r.History,
		Sealed: got.Sealed, Defects: got.Problems, System: r.Author.Kind == "system" && r.Author.ID == ledger.SystemOrigin,
	}
}

// broke notes a row that cannot be read and should be.
func (w *Worker) broke(f *file, r *ledger.Row) {
	if !slices.Contains(f.broken, r.Position) {
		f.broken = append(f.broken, r.Position)
		w.Log.Error("refold: a record cannot be read", "docket", f.id, "position", r.Position)
	}
}

// unfounded leaves out rows that look lawfully erased while no erasure of the
// log says so: who alters a row in the database could pass it off as such,
// because what an erased row holds can no longer be compared with its MAC.
func (w *Worker) unfounded(f *file) {
	for _, r := range f.rows {
		if _, read := f.read[r.Position]; !read || len(f.erased[r.Position]) > 0 {
			continue
		}
		if n, err := ledger.Unexplained(r); len(r.Salts) > 0 || n > 0 || err != nil {
			delete(f.read, r.Position)
			w.broke(f, r)
		}
	}
}

// versions gives what has been read, by position. What was erased by law is
// left out even while the row still holds it.
func (f *file) versions() []docket.Version {
	out := make([]docket.Version, 0, len(f.read))
	for _, r := range f.rows {
		v, ok := f.read[r.Position]
		if !ok {
			continue
		}
		for _, name := range f.erased[r.Position] {
			delete(v.Fields, name)
			delete(v.Sealed, name)
		}
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b docket.Version) int { return int(a.Position - b.Position) })
	return out
}

// unseal reads again, with some vaults open, and adds the rows found by the
// tokens of those vaults.
func (w *Worker) unseal(ctx context.Context, f *file, vaults []lock, open func(standard.Vault, standard.Seal) bool) error {
	for _, r := range f.rows {
		if len(r.Sealed) > 0 {
			w.reveal(f, r, open)
		}
	}
	codes := make([]string, len(vaults))
	for i, v := range vaults {
		codes[i] = ledger.SealedCode(w.Ledger.Token(v.vault, v.seal))
	}
	return w.byCode(ctx, f, codes, open)
}

// fold makes the docket of what has been read, and of what was kept of the bulk
// rows read before.
func (w *Worker) fold(ctx context.Context, f *file) (*docket.Docket, error) {
	w.unfounded(f)
	plain, bulk := docket.SplitBulk(f.versions(), w.Bulk)
	if err := w.tallyBulk(ctx, f, bulk); err != nil {
		return nil, err
	}
	plain = docket.Expand(plain, w.Expand)
	d := docket.Fold(f.id, plain)
	d.AddBulk(f.tally, docket.Links(f.id, plain), f.bulkFile.last)
	d.Through = max(d.Through, f.last)
	return d, nil
}

// A lock is one seal of a vault.
type lock struct {
	vault standard.Vault
	seal  standard.Seal
}

// opened lists the locks that facts of release have taken off, the whole
// tender's included.
func opened(d *docket.Docket) []lock {
	var out []lock
	for _, r := range d.Releases {
		for _, lot := range []string{r.Lot, ""} {
			l := lock{standard.Vault{Origin: r.Origin, Tender: d.ID, Lot: lot}, r.Seal}
			if d.Opened(l.vault, l.seal) && !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out
}

// remember notes which docket the tokens of locks wake. It reports whether any
// was new: a row that came under it meanwhile woke nobody, so the log must be
// looked at anew.
func (w *Worker) remember(ctx context.Context, id string, locks []lock) (fresh bool, err error) {
	if len(locks) == 0 {
		return false, nil
	}
	tokens := make([]string, len(locks))
	for i, l := range locks {
		tokens[i] = w.Ledger.Token(l.vault, l.seal)
	}
	have, err := w.Store.VaultDockets(ctx, tokens)
	if err != nil {
		return false, err
	}
	tokens = slices.DeleteFunc(tokens, func(t string) bool { return slices.Contains(have[t], id) })
	if len(tokens) == 0 {
		return false, nil
	}
	if err := w.Store.PutVaults(ctx, id, tokens); err != nil {
		return false, fmt.Errorf("refold: %w", err)
	}
	return true, nil
}
