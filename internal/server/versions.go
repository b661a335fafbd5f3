package server

import (
	"context"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/ledger"
)

// RecordVersions are all versions of one row, the oldest first.
type RecordVersions struct {
	Dataset  string          `json:"dataset"`
	ZH       string          `json:"zh"`
	EN       string          `json:"en"`
	Key      string          `json:"key,omitempty"`
	Versions []RecordVersion `json:"versions"`
}

// RecordVersion is one version of a row as far as this reader sees the row now.
type RecordVersion struct {
	Position int64           `json:"position" doc:"Place in the log"`
	Received time.Time       `json:"received" doc:"By the platform's own clock"`
	Revision string          `json:"revision,omitempty"`
	Op       string          `json:"op,omitempty" enum:"insert,update,delete"`
	Current  bool            `json:"current,omitempty" doc:"The version that holds"`
	Fields   []VersionField  `json:"fields" doc:"Those that this reader sees in the current version"`
	Defects  []VersionDefect `json:"defects,omitempty" doc:"Found when it was taken in; of fields that are shown"`
}

// VersionField is one field of a version.
type VersionField struct {
	Name    string `json:"name"`
	ZH      string `json:"zh,omitempty"`
	EN      string `json:"en,omitempty"`
	Value   string `json:"value,omitempty"`
	Absent  bool   `json:"absent,omitempty" doc:"This version does not have the field, or it was erased by law"`
	Changed bool   `json:"changed,omitempty" doc:"Other than in the version before"`
}

// VersionDefect is one defect of a version.
type VersionDefect struct {
	Rule  string `json:"rule"`
	Field string `json:"field,omitempty"`
}

func (s *Server) routesDocketPage() {
	huma.Register(s.api, reading("get-sheet", "/dockets/{id}/sheet", "A docket at a glance 案卷概览",
		"The way of its money from approval to the last payment, and who took part, made of what this reader sees of the docket and of nothing else.", 404), s.getSheet)
	huma.Register(s.api, reading("get-versions", "/records/{position}/versions", "All versions of a record 记录的各版本",
		"Of the row whose current version stands at this place of the log, once all lots of its docket are opened. Of every version the fields that this reader sees in the current one.", 404), s.getVersions)
}

func (s *Server) getSheet(ctx context.Context, in *docketInput) (*out[disclose.Sheet], error) {
	v, err := s.viewOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &out[disclose.Sheet]{*v.Sheet()}, nil
}

func (s *Server) getVersions(ctx context.Context, in *disclosedInput) (*out[RecordVersions], error) {
	v, err := s.versions(ctx, readerOf(ctx), in.Position)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if v == nil {
		return nil, notFound(ctx)
	}
	return &out[RecordVersions]{*v}, nil
}

// versions gives all versions of the row whose current one stands at a
// position, nil when the reader sees no such row.
func (s *Server) versions(ctx context.Context, r disclose.Reader, position int64) (*RecordVersions, error) {
	found, err := s.entryAt(ctx, r, position)
	if err != nil || found == nil || found.entry.Received == nil { // who may not know when it came may not know what came before
		return nil, err
	}
	entry := found.entry
	positions, err := s.cfg.Store.PositionsByIdentity(ctx, [][]byte{found.row.Identity})
	if err != nil {
		return nil, err
	}
	rows, err := s.cfg.Store.RowsAt(ctx, positions)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b *ledger.Row) int { return int(a.Position - b.Position) })
	current := docket.Sections(entry.Dataset, valuesOf(entry))
	out := &RecordVersions{Dataset: entry.Dataset, ZH: entry.ZH, EN: entry.EN, Key: entry.Key, Versions: []RecordVersion{}}
	var before []VersionField
	for _, row := range rows {
		got, err := s.cfg.Ledger.Reveal(row, found.open)
		if err != nil || got.Record.Dataset == "" { // verify tells of a row that cannot be read
			continue
		}
		v := RecordVersion{Position: row.Position, Received: row.Received, Revision: got.Record.Revision, Op: string(got.Record.Op), Current: row.Position == position, Fields: []VersionField{}}
		// A version of other lots than the current one's may speak of what is not opened.
		foreign := slices.ContainsFunc(docket.Sections(got.Record.Dataset, got.Record.Fields), func(lot string) bool { return !slices.Contains(current, lot) })
		for _, f := range entry.Fields {
			if f.State != "" && f.State != disclose.Masked {
				continue
			}
			vf := VersionField{Name: f.Name, ZH: f.ZH, EN: f.EN}
			value, has := got.Record.Fields[f.Name]
			switch {
			case !has || foreign && !v.Current:
				vf.Absent = true
			case f.State == disclose.Masked:
				vf.Value = disclose.Blot(value)
			default:
				vf.Value = value
			}
			if i := len(v.Fields); i < len(before) {
				vf.Changed = before[i].Value != vf.Value || before[i].Absent != vf.Absent
			}
			v.Fields = append(v.Fields, vf)
		}
		for _, p := range got.Problems {
			if p.Field == "" || slices.ContainsFunc(v.Fields, func(f VersionField) bool { return f.Name == p.Field && !f.Absent }) {
				v.Defects = append(v.Defects, VersionDefect{Rule: p.Rule, Field: p.Field})
			}
		}
		before = v.Fields
		out.Versions = append(out.Versions, v)
	}
	return out, nil
}

func valuesOf(e *disclose.Entry) map[string]string {
	out := map[string]string{}
	for _, f := range e.Fields {
		if f.State == "" {
			out[f.Name] = f.Value
		}
	}
	return out
}
