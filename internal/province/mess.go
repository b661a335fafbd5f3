package province

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"mingjing/internal/standard"
)

// slips are fields that clerks leave out or write wrongly and put right later;
// no indicator reads them.
var slips = []string{"CONTACT_INFORMATION", "TENDERER_PHONE_NUMBER", "ADDRESS", "BID_OPENING_ADDRESS", "NOTICE_MEDIA", "BULLETIN_MEDIA", "CONTACT_NUMBER", "TRANSFER_NOTES", "NOTICE_TITLE"}

// parents are records that others refer to and that some systems send late.
var parents = []string{"500", "501", "502", "550"}

// mess lets an honest life happen as it does in offices: parents that come
// after their children, slips that are put right, records sent twice. None of
// it says anything about the trade.
func (l *life) mess() {
	r := l.random(l.n, 0x6d657373)
	if r.IntN(12) == 0 {
		for i := range l.out {
			if s := &l.out[i]; slices.Contains(parents, s.Record.Dataset) {
				s.At = l.day.Add(time.Duration(between(r, 2, 20)) * time.Hour)
			}
		}
	}
	var more []Sending
	if r.IntN(8) == 0 {
		more = append(more, l.slip(r)...)
	}
	if r.IntN(10) == 0 {
		again := l.out[r.IntN(len(l.out))]
		again.At = again.At.Add(time.Duration(between(r, 1, 50)) * time.Hour)
		more = append(more, again)
	}
	l.out = append(l.out, more...)
}

// slip spoils a field of a record and returns the correction.
func (l *life) slip(r *rand.Rand) []Sending {
	for _, i := range r.Perm(len(l.out)) {
		s := &l.out[i]
		for _, f := range slips {
			if s.Record.Fields[f] == "" {
				continue
			}
			right := *s
			right.At = s.At.Add(time.Duration(between(r, 30, 600)) * time.Minute)
			right.Record.Op, right.Record.Revision = standard.Update, stamp(right.At)
			right.Record.Fields = maps.Clone(s.Record.Fields)
			if _, ok := right.Record.Fields["DATA_TIMESTAMP"]; ok {
				right.Record.Fields["DATA_TIMESTAMP"] = right.Record.Revision
			}
			s.Record.Fields[f] = strings.Repeat(s.Record.Fields[f], 40) // typed into the wrong box
			if r.IntN(2) == 0 {
				delete(s.Record.Fields, f)
			}
			return []Sending{right}
		}
	}
	return nil
}

// rubbish makes what a docket's system sends that nobody can use: the door has
// to refuse each of these records.
func (p *Province) rubbish(f *File, i int) []Sending {
	r := p.random(i, 0x72756262697368)
	if len(f.Sendings) == 0 || r.IntN(9) > 0 {
		return nil
	}
	s := f.Sendings[r.IntN(len(f.Sendings))]
	s.Record.Fields = maps.Clone(s.Record.Fields)
	s.Record.Key += "-RUBBISH"
	switch r.IntN(5) {
	case 0:
		s.Record.Dataset = "FJ" + s.Record.Dataset // not a number of the catalogue
	case 1:
		s.Record.Revision = ""
	case 2:
		s.Record.Key = ""
	case 3:
		s.Record.Origin = orgCode("12"+"510000", 1+r.IntN(99)) // another province's system
	case 4:
		s.Record.Key = strings.Repeat("9", 300)
	}
	return []Sending{s}
}
