package docket

import (
	"cmp"
	"slices"
	"strings"

	"mingjing/internal/standard"
)

// A ProjectFile is what is known of one project besides its transactions: its
// approvals, valuations and budget lines, and which transactions name it. One
// approval may have many of them. It is folded when it is read.
type ProjectFile struct {
	File    Docket   // its own rows (500, 9101, 9102, 9115 and what else names only the project), as a file without lots
	Codes   []Code   // under which it is known: project code, unified code of the investment project
	Dockets []string // ids of the transactions that name it, sorted
}

// A BodyFile is what the registers say of one legal person: its own data (100 to
// 110), its credit (300 to 306) and penalties (9114). It is folded when it is read.
type BodyFile struct {
	File Docket // rows of the registers, as a file without lots
}

// ProjectRoots returns the codes from which the loading of a project begins.
func ProjectRoots(code string) []Code {
	return []Code{Code(InvestCode + code), Code(ProjectCode + code)}
}

// BodyRoots returns the code under which the rows of a body are found.
func BodyRoots(code string) []Code { return []Code{Code(BodyCode + strings.ToUpper(code))} }

// FollowProject returns the codes to load for a project, given what has been
// loaded so far: a row of its own (one that names no docket) that names it by
// one code and gives another leads to that too. Call it until it adds nothing.
func FollowProject(code string, vs []Version) []Code {
	out := ProjectRoots(code)
	for grown := true; grown; {
		grown = false
		for i := range vs {
			codes := Codes(&vs[i].Record)
			if slices.ContainsFunc(codes, func(c Code) bool { return c.Docket() != "" }) || !slices.ContainsFunc(codes, func(c Code) bool { return slices.Contains(out, c) }) {
				continue
			}
			for _, c := range codes {
				if projectCode(c) && !slices.Contains(out, c) {
					out, grown = append(out, c), true
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func projectCode(c Code) bool {
	return strings.HasPrefix(string(c), ProjectCode) || strings.HasPrefix(string(c), InvestCode)
}

// FoldProject makes a project of versions of rows. Order and repeats change
// nothing; rows that do not name it are left out. A project that no row of its
// own describes has the dockets that name it and nothing else.
func FoldProject(code string, vs []Version) *ProjectFile {
	p := &ProjectFile{Codes: FollowProject(code, vs)}
	p.File = subject(code, vs, func(codes []Code) bool {
		own := slices.ContainsFunc(codes, func(c Code) bool { return slices.Contains(p.Codes, c) })
		for _, c := range codes {
			if id := c.Docket(); id != "" {
				if own && !slices.Contains(p.Dockets, id) {
					p.Dockets = append(p.Dockets, id)
				}
				own = false
			}
		}
		return own
	})
	slices.Sort(p.Dockets)
	p.File.titled("500", "PROJECT_NAME", "9101", "PROJECT_NAME", "9115", "PROJECT_NAME")
	return p
}

// FoldBody makes a body of versions of rows of the registers, as FoldProject does a project.
func FoldBody(code string, vs []Version) *BodyFile {
	root := BodyRoots(code)[0]
	b := &BodyFile{File: subject(strings.ToUpper(code), vs, func(codes []Code) bool { return slices.Contains(codes, root) })}
	b.File.titled("100", "LEGAL_NAME", "302", "BODY_NAME", "9114", "BODY_NAME")
	return b
}

// subject folds the rows whose current version is wanted into a file without
// lots, events, announcements and releases.
func subject(id string, vs []Version, wanted func([]Code) bool) Docket {
	d := Docket{ID: valid(id), Through: -1}
	for _, r := range rowsOf(vs) {
		if system(r.id.Dataset) {
			continue
		}
		cur := r.current()
		said := cur
		for _, v := range r.versions { // a tombstone without fields belongs where its row did
			if v.Op != standard.Delete && len(cur.Fields) == 0 {
				said = v
			}
		}
		if !wanted(Codes(&said.Record)) {
			continue
		}
		d.Live = append(d.Live, entry(r))
		d.Through = max(d.Through, r.last)
		if o := valid(r.id.Origin); !slices.Contains(d.Origins, o) {
			d.Origins = append(d.Origins, o)
		}
	}
	slices.Sort(d.Origins)
	slices.SortFunc(d.Live, func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.Dataset, b.Dataset), strings.Compare(a.Origin, b.Origin), strings.Compare(a.Key, b.Key))
	})
	return d
}

// titled gives the file its title and region: of several rows the one received
// first rules. pairs are data sets and the fields that name the subject there.
func (d *Docket) titled(pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		for _, e := range d.received(pairs[i]) {
			if d.Title == "" {
				d.Title = strings.TrimSpace(e.Fields[pairs[i+1]])
			}
			if d.Region == "" {
				d.Region = strings.TrimSpace(e.Fields["REGION_CODE"])
			}
		}
	}
}
