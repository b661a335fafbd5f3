package exchange

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// Ledger appends. Implementation: *ledger.Ledger.
type Ledger interface {
	// Append returns one outcome a draft, in order, when all are durable. On an
	// error nothing of the submission is promised.
	Append(ctx context.Context, s ledger.Submission) ([]ledger.Outcome, error)
}

// Catalogue checks records. Implementation: *standard.Catalogue.
type Catalogue interface {
	Check(r *standard.Record, ctx standard.CheckContext) standard.Report
	Sealing(r *standard.Record) standard.Sealing
}

// Intake takes the records of one source. Its parts are interfaces so that the
// import commands and the tests use the very same way in as the door.
type Intake struct {
	Catalogue  Catalogue
	Ledger     Ledger
	Quarantine Quarantine // nil: the bytes of refused records are not kept
	Clock      func() time.Time
}

// judged is one record with what the standard says of it.
type judged struct {
	answer Answer
	draft  ledger.Draft // of a refused record only its origin and sealing
	past   bool         // came through the source's history window
}

// Take is the way in of every batch, dry run or not: each record is checked for
// itself, those that are not refused are appended in one submission (two when
// some are history), and each is answered in the order sent. A bad record never
// refuses its neighbours.
//
// In a dry run nothing is appended, looked up or kept, so that a duplicate is
// not told from a first version; all else is the same code. An error means that
// the store did not take the submission: then no record without a receipt was
// acknowledged, and sending the batch again is safe.
func (in *Intake) Take(ctx context.Context, src *Source, batch standard.Batch, ev *ledger.Evidence, dry bool) ([]Answer, error) {
	all, err := in.take(ctx, src, batch, ev, dry)
	if err != nil {
		return nil, err
	}
	return answers(all), nil
}

// take is Take, with what only the door needs to know of each record.
func (in *Intake) take(ctx context.Context, src *Source, batch standard.Batch, ev *ledger.Evidence, dry bool) ([]judged, error) {
	now := in.Clock()
	all := make([]judged, len(batch.Items))
	for i := range batch.Items {
		all[i] = in.judge(src, &batch, i, now)
	}
	if dry {
		return all, nil
	}
	var refused []Quarantined
	for i := range all {
		if all[i].answer.Status == Refused {
			refused = append(refused, quarantined(src, ev, now, batch.Items[i].Raw, all[i].answer.Problems))
		}
		all[i].answer.Ran = nil
	}
	if err := in.keep(ctx, refused); err != nil {
		return nil, err
	}
	for _, past := range []bool{false, true} {
		if err := in.append(ctx, src, ev, all, past); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// judge checks one record and plans its sealing: a pure function of the record,
// the source and the time.
func (in *Intake) judge(src *Source, batch *standard.Batch, i int, now time.Time) judged {
	item := &batch.Items[i]
	if item.Problem != nil {
		// It could not be read, so nothing says which of its bytes are secret.
		return judged{
			answer: Answer{Index: i, Status: Refused, Problems: recordProblems([]standard.Problem{*item.Problem}, hideAll), Ran: []string{item.Problem.Rule}},
			draft:  besides(src, standard.Sealing{Whole: standard.Bid}),
		}
	}
	r := item.Record
	if r.Origin == "" {
		r.Origin = batch.Origin
	}
	version := src.Standard(now)
	report := in.Catalogue.Check(&r, standard.CheckContext{Received: now, Version: version, Owned: src.Owns, Source: src.Name})
	sealing := in.Catalogue.Sealing(&r)
	hidden := hiddenBy(&sealing)
	out := judged{answer: Answer{Index: i, Ran: report.Ran}}
	if report.Refused() {
		out.answer.Status = Refused
		out.answer.Problems = recordProblems(report.Problems, hidden)
		if slices.ContainsFunc(report.Problems, func(p standard.Problem) bool { return p.Rule == ruleSystemSet }) {
			sealing = standard.Sealing{Whole: standard.Bid} // no sender's data set: nothing says what is in it
		}
		out.draft = besides(src, sealing)
		return out
	}
	out.answer.Status = Accepted
	out.answer.Defects = recordProblems(report.Problems, hidden)
	codes := docket.Codes(&r)
	out.draft = ledger.Draft{Record: r, Standard: version, Problems: report.Problems, Sealing: sealing, Codes: make([]string, len(codes))}
	for j, c := range codes {
		out.draft.Codes[j] = string(c)
	}
	out.past = src.historyAt(happened(&r), now)
	return out
}

// ruleSystemSet refuses a data set that only the platform itself writes.
const ruleSystemSet = "S003"

// besides is a refused record as the ledger needs to know of it: the kept batch
// holds it too, so it hangs on the locks of what the record would have been.
// The record was not checked to its end: names of lots that no real one has, and
// the person, are left out, which keeps the batch closed for good.
func besides(src *Source, sealing standard.Sealing) ledger.Draft {
	sealing.Person = ""
	const longest = 100 // bytes; a section code has 23
	if slices.ContainsFunc(sealing.Vaults, func(v standard.Vault) bool {
		name := v.Origin + v.Tender + v.Lot
		return len(name) > longest || !utf8.ValidString(name) || strings.ContainsRune(name, 0)
	}) {
		sealing.Vaults = nil
	}
	return ledger.Draft{Record: standard.Record{Origin: src.Platforms[0]}, Sealing: sealing}
}

// append hands the accepted records that are history, or those that are not,
// to the ledger, and puts the receipts into their answers.
func (in *Intake) append(ctx context.Context, src *Source, ev *ledger.Evidence, all []judged, past bool) error {
	var drafts, beside []ledger.Draft
	var of []int
	for i := range all {
		if all[i].answer.Status != Refused && all[i].past == past {
			drafts = append(drafts, all[i].draft)
			of = append(of, i)
		} else {
			beside = append(beside, all[i].draft)
		}
	}
	if len(drafts) == 0 {
		return nil
	}
	author := ledger.Author{Kind: "source", ID: src.Name}
	if ev != nil {
		author.Key = ev.KeyID
	} else {
		// Nobody signed: whoever imports answers for it, not the source.
		author = ledger.Author{Kind: "person", ID: "import/" + src.Name}
	}
	outcomes, err := in.Ledger.Append(ctx, ledger.Submission{Author: author, Evidence: ev, History: past, Drafts: drafts, Beside: beside})
	if err != nil {
		return err
	}
	if len(outcomes) != len(drafts) {
		return fmt.Errorf("the ledger answered %d of %d records", len(outcomes), len(drafts))
	}
	for j, o := range outcomes {
		a := &all[of[j]].answer
		if o.Duplicate {
			a.Status = Duplicate
		}
		a.Receipt = &o.Receipt
	}
	return nil
}

// happened is when the record says its event happened: occurred, else the
// revision when it is a time; zero when neither tells.
func happened(r *standard.Record) time.Time {
	for _, s := range []string{r.Occurred, r.Revision} {
		if m, ok := trade.ParseMoment(s); ok {
			return m.Time
		}
	}
	return time.Time{}
}

func hideAll(string) bool { return true }

// hiddenBy says which values must not be sent back: all of a wholly sealed
// record, and the sealed fields of any other.
func hiddenBy(s *standard.Sealing) func(field string) bool {
	if s.Whole != standard.Open {
		return hideAll
	}
	return func(field string) bool { return s.Fields[field] != standard.Open }
}

func answers(all []judged) []Answer {
	out := make([]Answer, len(all))
	for i := range all {
		out[i] = all[i].answer
	}
	return out
}
