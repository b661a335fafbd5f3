package docket

import "mingjing/internal/standard"

// Expand replaces each version of a raw OCDS release by what the mapping makes
// of it, and leaves all other versions as they are. A compiled release says all
// there is: what an earlier release had and the newest lacks is deleted by it.
// The text of the release itself is dropped, for it stays in the log.
func Expand(vs []Version, mapping func(Version) []Version) []Version {
	raw := false
	for i := range vs {
		raw = raw || vs[i].Dataset == DatasetOCDS
	}
	if !raw || mapping == nil {
		return vs
	}
	out := make([]Version, 0, len(vs)*8)
	var releases []Version
	for i := range vs {
		if vs[i].Dataset == DatasetOCDS {
			releases = append(releases, vs[i])
		} else {
			out = append(out, vs[i])
		}
	}
	for _, r := range rowsOf(releases) {
		all := map[standard.Identity]bool{}
		var newest map[standard.Identity]bool
		for i, v := range r.versions {
			if i+1 < len(r.versions) && CompareRevision(v.Revision, r.versions[i+1].Revision) == 0 {
				continue // two releases of one date: no one can say what changed when, one stands
			}
			newest = map[standard.Identity]bool{}
			for _, w := range mapping(*v) {
				if w.Dataset == DatasetOCDS {
					w = withoutText(w)
				} else {
					all[w.Identity()], newest[w.Identity()] = true, true
				}
				out = append(out, w)
			}
		}
		cur := r.current()
		for id := range all {
			if newest[id] {
				continue
			}
			gone := *cur
			gone.Origin, gone.Dataset, gone.Key, gone.Op = id.Origin, id.Dataset, id.Key, standard.Delete
			gone.Fields, gone.Sealed, gone.Defects = map[string]string{"TENDER_PROJECT_CODE": cur.Key}, nil, nil
			out = append(out, gone)
		}
	}
	return out
}

func withoutText(v Version) Version {
	fields := make(map[string]string, len(v.Fields))
	for name, value := range v.Fields {
		if name != "RELEASE" {
			fields[name] = value
		}
	}
	v.Fields = fields
	return v
}
