package refold

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/store"
)

// A target is the dockets that a code concerns, and the log position through
// which they must have been folded.
type target struct {
	ids     []string
	through int64
	stray   []stray
}

// A stray is a record that names no docket while other versions of its row do.
type stray struct {
	identity []byte
	ids      []string // dockets that the others name
	dataset  string   // "" while sealed: then its token will lead to it
	position int64
}

// resolve finds what each code concerns. Tenders and processes are dockets
// themselves; sealed tokens wake theirs once the moment has come; all else is
// followed through the rows that name it and their other versions.
func (w *Worker) resolve(ctx context.Context, works []store.Work) ([]target, error) {
	out := make([]target, len(works))
	var tokens []string
	for _, work := range works {
		if t, ok := strings.CutPrefix(work.Code, docket.SealedCode); ok {
			tokens = append(tokens, t)
		}
	}
	byToken, err := w.Store.VaultDockets(ctx, tokens)
	if err != nil {
		return nil, err
	}
	for i, work := range works {
		out[i].through = work.Through
		switch id := docket.Code(work.Code).Docket(); {
		case id != "":
			out[i].ids = []string{id}
		case strings.HasPrefix(work.Code, docket.BodyCode), strings.HasPrefix(work.Code, docket.ReadCode), strings.HasPrefix(work.Code, docket.ComplaintCode), work.Code == docket.ComplaintsCode, strings.HasPrefix(work.Code, docket.AuditCode),
			strings.HasPrefix(work.Code, docket.ObjectionCode), work.Code == docket.ObjectionsCode: // bodies, readings, complaints, objections and what auditors did are folded when they are read
		case strings.HasPrefix(work.Code, docket.ActCode): // upon a docket, not of it
			if _, err := (Acts{Store: w.Store, Ledger: w.Ledger}).Keep(ctx, strings.TrimPrefix(work.Code, docket.ActCode)); err != nil {
				return nil, err
			}
		case strings.HasPrefix(work.Code, docket.OrderCode):
			if _, err := (&Instructions{Store: w.Store, Ledger: w.Ledger}).Keep(ctx, strings.TrimPrefix(work.Code, docket.OrderCode)); err != nil {
				return nil, err
			}
		case work.Code == docket.SettingsCode: // of no docket; it wakes those that it concerns
			if w.Rules != nil {
				if err := w.Rules.Wake(ctx); err != nil {
					return nil, err
				}
			}
		case strings.HasPrefix(work.Code, docket.SealedCode):
			out[i].ids = byToken[strings.TrimPrefix(work.Code, docket.SealedCode)]
		default:
			if out[i], err = w.follow(ctx, work.Code); err != nil {
				return nil, err
			}
			if err := w.noteStrays(ctx, out[i].stray); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// follow finds the dockets that a code leads to which names none itself: those
// of the rows that name it too, of these rows' other versions, and of the codes
// these name in turn. It ends, because each code is asked once. The dockets
// must have seen the last of the rows that name no docket; a row that does has
// marked its docket itself, so that a new tender of a large project does not
// fold all its siblings anew.
func (w *Worker) follow(ctx context.Context, code string) (target, error) {
	found := map[string]bool{}
	asked := map[string]bool{code: true}
	seen := map[int64]bool{}
	next := []string{code}
	t := target{through: -1}
	byRow := map[string]*stray{}
	for len(next) > 0 {
		rows, err := w.rowsOf(ctx, next, seen)
		if err != nil {
			return t, err
		}
		next = nil
		for _, r := range rows {
			named := names(r.Codes)
			s := byRow[string(r.Identity)]
			if s == nil {
				s = &stray{identity: r.Identity, position: -1}
				byRow[string(r.Identity)] = s
			}
			if !named {
				t.through = max(t.through, r.Position)
				s.dataset, s.position = r.Dataset, max(s.position, r.Position)
			}
			for _, c := range r.Codes {
				switch id := docket.Code(c).Docket(); {
				case id != "":
					found[id] = true
					if !slices.Contains(s.ids, id) {
						s.ids = append(s.ids, id)
					}
				case !asked[c] && !named && !strings.HasPrefix(c, docket.BodyCode): // a tender's own project leads to its siblings, not to it
					asked[c] = true
					next = append(next, c)
				}
			}
		}
	}
	if t.through < 0 {
		return t, nil
	}
	for id := range found {
		t.ids = append(t.ids, id)
	}
	slices.Sort(t.ids)
	for _, s := range byRow {
		if s.position >= 0 && len(s.ids) > 0 {
			t.stray = append(t.stray, *s)
		}
	}
	return t, nil
}

// names reports whether codes name a docket.
func names(codes []string) bool {
	return slices.ContainsFunc(codes, func(c string) bool { return docket.Code(c).Docket() != "" })
}

// rowsOf reads the rows that name codes and all versions of these, except
// those seen before.
func (w *Worker) rowsOf(ctx context.Context, codes []string, seen map[int64]bool) ([]*ledger.Row, error) {
	byCode, err := w.Store.PositionsByCode(ctx, codes)
	if err != nil {
		return nil, err
	}
	var positions []int64
	for _, ps := range byCode {
		positions = append(positions, ps...)
	}
	rows, err := w.unseen(ctx, positions, seen)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	positions, err = w.Store.PositionsByIdentity(ctx, identities(rows))
	if err != nil {
		return nil, err
	}
	more, err := w.unseen(ctx, positions, seen)
	return append(rows, more...), err
}

func (w *Worker) unseen(ctx context.Context, positions []int64, seen map[int64]bool) ([]*ledger.Row, error) {
	var fresh []int64
	for _, p := range positions {
		if !seen[p] {
			seen[p] = true
			fresh = append(fresh, p)
		}
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	return w.Store.RowsAt(ctx, fresh)
}

func identities(rows []*ledger.Row) [][]byte {
	set := make(map[string]bool, len(rows))
	var out [][]byte
	for _, r := range rows {
		if !set[string(r.Identity)] {
			set[string(r.Identity)] = true
			out = append(out, r.Identity)
		}
	}
	return out
}

// An Orphan is a code that leads to no docket.
type Orphan struct {
	Code    string
	Records int    // how many records name it
	First   int64  // log position of the first of them
	Wants   string // what it waits for, in words
}

// Orphans lists the codes that lead to no docket, by code: records that wait
// for others. Sealed codes are not asked. fn returning an error ends it.
func (w *Worker) Orphans(ctx context.Context, fn func(Orphan) error) error {
	for _, prefix := range []string{docket.LotCode, docket.ProjectCode, docket.InvestCode, docket.RowCode} {
		for after := ""; ; {
			codes, err := w.Store.Codes(ctx, prefix, after, 500)
			if err != nil {
				return fmt.Errorf("refold: orphans: %w", err)
			}
			if len(codes) == 0 {
				break
			}
			after = codes[len(codes)-1]
			for _, c := range codes {
				t, err := w.follow(ctx, c)
				if err != nil {
					return fmt.Errorf("refold: orphans: %w", err)
				}
				if t.through < 0 || len(t.ids) > 0 {
					continue
				}
				at, err := w.Store.PositionsByCode(ctx, []string{c})
				if err != nil {
					return fmt.Errorf("refold: orphans: %w", err)
				}
				if len(at[c]) == 0 {
					continue
				}
				if err := fn(Orphan{Code: c, Records: len(at[c]), First: at[c][0], Wants: docket.Code(c).Wants()}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
