package disclose

import (
	"slices"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/standard"
)

// Findings gives the findings that a reader may see, each without the evidence
// that is not for them. See Window.Findings.
func Findings(fs []detect.Finding, d *docket.Docket, r Reader, at time.Time) []detect.Finding {
	return window().Findings(fs, d, r, at)
}

// Findings gives the findings of docket d that a reader may see. The public,
// trading systems, administrators and supervisors out of jurisdiction see
// none. A finding that rests on something still sealed for this reader
// vanishes, for it would tell of it; evidence not meant for the reader is
// dropped, and a finding that had evidence and keeps none vanishes too. The
// findings handed in are not changed.
func (w *Window) Findings(fs []detect.Finding, d *docket.Docket, r Reader, at time.Time) []detect.Finding {
	b := w.builder(d, r, at)
	if !slices.Contains(w.table.Findings.Seats, b.seat) {
		return []detect.Finding{}
	}
	for i := range d.Live {
		b.entry(&d.Live[i])
	}
	return b.findings(fs)
}

// findings gives those that the seat may see, once the entries are built.
func (b *builder) findings(fs []detect.Finding) []detect.Finding {
	out := []detect.Finding{}
	rules := b.w.table.Findings
	for _, f := range fs {
		kept := []docket.Ref{}
		vanish := false
		for _, ref := range f.Evidence {
			switch how := b.evidence(&ref); how {
			case Show:
				kept = append(kept, ref)
			case Sealed:
				vanish = vanish || rules.SealedEvidence == "vanish"
			default:
				vanish = vanish || rules.HiddenEvidence == "vanish"
			}
		}
		if vanish || len(f.Evidence) > 0 && len(kept) == 0 {
			continue
		}
		f.Evidence = kept
		f.Behind = nil // rows of other dockets: Behind tells of them, docket by docket
		out = append(out, f)
	}
	return out
}

// Behind gives, of the rows of docket d on which a finding of another docket
// rests, those that a reader may see; nil when it is none of theirs or none is left.
func Behind(refs []docket.Ref, d *docket.Docket, r Reader, at time.Time) []docket.Ref {
	w := window()
	b := w.builder(d, r, at)
	if !slices.Contains(w.table.Findings.Seats, b.seat) {
		return nil
	}
	for i := range d.Live {
		b.entry(&d.Live[i])
	}
	var out []docket.Ref
	for _, ref := range refs {
		if b.evidence(&ref) == Show {
			out = append(out, ref)
		}
	}
	return out
}

// evidence says whether the reader may see what a reference points at, and
// takes out of it what they may not: the log position before all lots are
// opened, a key that holds a personal number.
func (b *builder) evidence(ref *docket.Ref) Verdict {
	e := b.find(*ref)
	if e == nil {
		return Hidden
	}
	ro := b.rows[standard.Identity{Origin: e.Origin, Dataset: e.Dataset, Key: e.Key}]
	if ro == nil {
		if b.rowSeal(e) != standard.Open {
			return Sealed
		}
		return Hidden
	}
	if !b.sees(ro, ref.Field) {
		if b.reason(e, ro, ref.Field).Verdict == Hidden {
			return Hidden
		}
		return Sealed
	}
	if !b.numbers(e.Origin) {
		ref.Position = 0
	}
	ref.Key = b.keyOf(ro)
	return Show
}

// find gives the live row that a reference points at. A reference without
// origin is found by data set, key and position.
func (b *builder) find(ref docket.Ref) *docket.Entry {
	for i := range b.d.Live {
		e := &b.d.Live[i]
		if e.Dataset == ref.Dataset && e.Key == ref.Key && (ref.Origin == "" || ref.Origin == e.Origin) {
			return e
		}
	}
	return nil
}
