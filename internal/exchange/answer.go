package exchange

import (
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
)

// Status is what became of one record.
type Status string

// Accepted: taken, and durable (in a dry run: would be taken). Duplicate: this
// version was taken before; the receipt is the first one's. Refused: it cannot
// be parsed, named, owned or versioned.
const (
	Accepted  Status = "accepted"
	Duplicate Status = "duplicate"
	Refused   Status = "refused"
)

// BatchAnswer answers a batch: one answer a record, in the order sent.
type BatchAnswer struct {
	RequestID string   `json:"request_id"`
	DryRun    bool     `json:"dry_run,omitzero" doc:"true for /validate: nothing was kept"`
	Source    string   `json:"source" doc:"Registered name of the sender"`
	Accepted  int      `json:"accepted"`
	Duplicate int      `json:"duplicate"`
	Refused   int      `json:"refused"`
	Answers   []Answer `json:"answers"`
}

// Answer is what became of one record. It names the record only by its place
// in the batch: key and values may be secret.
type Answer struct {
	Index    int             `json:"index" doc:"Place of the record in the batch, from 0"`
	Status   Status          `json:"status" enum:"accepted,duplicate,refused"`
	Receipt  *ledger.Receipt `json:"receipt,omitempty" doc:"Where the record stands in the log; the inclusion proof is at /exchange/v1/receipts/{position}"`
	Defects  []RecordProblem `json:"defects,omitempty" doc:"Rules that an accepted record breaks"`
	Problems []RecordProblem `json:"problems,omitempty" doc:"Why the record was refused, and what else is wrong with it"`
	Ran      []string        `json:"ran,omitempty" doc:"Every rule that ran; only in a dry run"`
}

// RecordProblem is one broken rule of one record.
type RecordProblem struct {
	standard.Problem
	Retry Retry  `json:"retry" enum:"never,same,later" doc:"never: sending the same content again gives the same answer"`
	Doc   string `json:"doc" doc:"Where the rule is documented"`
}

// recordProblems makes a standard's problems fit to be sent back. hidden says
// whether the value of a field must not be.
func recordProblems(ps []standard.Problem, hidden func(field string) bool) []RecordProblem {
	if len(ps) == 0 {
		return nil
	}
	out := make([]RecordProblem, len(ps))
	for i, p := range ps {
		if p.Value != "" && hidden(p.Field) {
			p.Value = ""
		}
		out[i] = RecordProblem{Problem: p, Retry: RetryNever, Doc: ruleAddress(p.Rule)}
	}
	return out
}

// ruleAddress is the page on which a rule of the standard is explained.
func ruleAddress(id string) string { return "/docs/rules#" + id }

func (a *BatchAnswer) count() {
	for i := range a.Answers {
		switch a.Answers[i].Status {
		case Accepted:
			a.Accepted++
		case Duplicate:
			a.Duplicate++
		case Refused:
			a.Refused++
		}
	}
}
