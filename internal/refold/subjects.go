package refold

import (
	"context"
	"slices"

	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
)

// Subjects reads projects and bodies: folds that are not kept but made of
// their rows when somebody asks. They hold no sealed rows, and need no worker.
type Subjects struct {
	Store interface {
		PositionsByCode(ctx context.Context, codes []string) (map[string][]int64, error)
		PositionsByIdentity(ctx context.Context, identities [][]byte) ([]int64, error)
		RowsAt(ctx context.Context, positions []int64) ([]*ledger.Row, error)
	}
	Ledger interface {
		Reveal(row *ledger.Row, open func(standard.Vault, standard.Seal) bool) (*ledger.Revealed, error)
	}
	Before int64 // only records at places before this one of the log; 0: all
}

// Project reads the project with a code: a project code (项目编号) or the unified
// code of an investment project (投资项目统一代码). It is empty when no record names it.
func (s Subjects) Project(ctx context.Context, code string) (*docket.ProjectFile, error) {
	vs, err := s.versions(ctx, func(vs []docket.Version) []docket.Code { return docket.FollowProject(code, vs) })
	if err != nil {
		return nil, err
	}
	return docket.FoldProject(code, vs), nil
}

// Body reads the legal person with a unified social credit code.
func (s Subjects) Body(ctx context.Context, code string) (*docket.BodyFile, error) {
	vs, err := s.versions(ctx, func([]docket.Version) []docket.Code { return docket.BodyRoots(code) })
	if err != nil {
		return nil, err
	}
	return docket.FoldBody(code, vs), nil
}

// versions reads the rows that lead from codes to codes, with all their
// versions. What was erased by law is left out.
func (s Subjects) versions(ctx context.Context, follow func([]docket.Version) []docket.Code) ([]docket.Version, error) {
	seen := map[int64]bool{}
	asked := map[docket.Code]bool{}
	erased := map[int64][]string{}
	var vs []docket.Version
	read := func(positions []int64) ([]*ledger.Row, error) {
		positions = slices.DeleteFunc(slices.Clone(positions), func(p int64) bool { return seen[p] || s.Before > 0 && p >= s.Before })
		slices.Sort(positions)
		positions = slices.Compact(positions)
		if len(positions) == 0 {
			return nil, nil
		}
		rows, err := s.Store.RowsAt(ctx, positions)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			seen[r.Position] = true
			if e, ok := ledger.ParseErasure(r); ok {
				erased[e.Position] = append(erased[e.Position], e.Fields...)
				continue
			}
			got, err := s.Ledger.Reveal(r, closed)
			if err != nil || got.Record.Dataset == "" { // verify tells of a row that cannot be read
				continue
			}
			vs = append(vs, versionOf(r, got))
		}
		return rows, nil
	}
	for {
		var codes []string
		for _, c := range follow(vs) {
			if !asked[c] {
				asked[c] = true
				codes = append(codes, string(c))
			}
		}
		if len(codes) == 0 {
			break
		}
		byCode, err := s.Store.PositionsByCode(ctx, codes)
		if err != nil {
			return nil, err
		}
		var positions []int64
		for _, ps := range byCode {
			positions = append(positions, ps...)
		}
		rows, err := read(positions)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			continue
		}
		if positions, err = s.Store.PositionsByIdentity(ctx, identities(rows)); err != nil {
			return nil, err
		}
		if _, err := read(positions); err != nil {
			return nil, err
		}
	}
	for i := range vs {
		for _, name := range erased[vs[i].Position] {
			delete(vs[i].Fields, name)
			delete(vs[i].Sealed, name)
		}
	}
	return vs, nil
}
