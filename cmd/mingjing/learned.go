package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/learn/score"
	"mingjing/internal/store"
	"mingjing/internal/supervise"
)

type detectLearnCmd struct {
	dataFlags
}

// Run makes an edition of the score learnt from what supervisors decided here,
// prints it with its test, and looks at every docket again if it says something new.
func (c *detectLearnCmd) Run(ctx context.Context) error {
	return c.read(ctx, func(h *house) error {
		if err := h.worker.Drain(ctx); err != nil {
			return err
		}
		e, woke, err := h.makeLearned(ctx, h.clock())
		if err != nil {
			return err
		}
		if err := h.worker.Drain(ctx); err != nil {
			return err
		}
		if woke {
			// A server beside this may have judged some by the edition it still knew.
			if err := h.db.WakeDockets(ctx, nil, h.clock().Add(editionKept+time.Second)); err != nil {
				return err
			}
		}
		if zh, en := detect.Silence(e); zh != "" {
			fmt.Fprintf(os.Stderr, "mingjing: %s / %s\n", zh, en)
		}
		shown := *e
		shown.Model = nil
		return printJSON(os.Stdout, shown, "  ")
	})
}

// learnedSubject is what the store files editions of the learnt score under.
const learnedSubject = "learned"

// learnt returns the newest edition of the learnt score, nil when there is none
// or it can't be read: then nothing is scored, which a finding says.
func (h *house) learnt() *score.Edition { return h.learned.get(h, learnedSubject, decodeLearned) }

func decodeLearned(body []byte) (*score.Edition, error) {
	var e score.Edition
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, err
	}
	return &e, e.Check()
}

// readLearned reads the newest edition as the store has it now.
func (h *house) readLearned(ctx context.Context) (*score.Edition, error) {
	row, err := h.db.Edition(ctx, learnedSubject, h.clock())
	if err != nil || row == nil {
		return nil, err
	}
	e, err := decodeLearned(row.Body)
	if err != nil {
		return nil, fmt.Errorf("edition %s: %w", row.ID, err)
	}
	return e, nil
}

// makeLearned learns from all decisions that are here, keeps the edition and,
// if it says something new, marks every docket to be looked at again with it;
// woke says whether it did.
func (h *house) makeLearned(ctx context.Context, now time.Time) (made *score.Edition, woke bool, err error) {
	head, err := h.db.Head(ctx)
	if err != nil {
		return nil, false, err
	}
	decided, err := h.decided(ctx)
	if err != nil {
		return nil, false, err
	}
	e, err := detect.Learn(decided, h.rules.At(now), now)
	if err != nil {
		return nil, false, err
	}
	last, err := h.readLearned(ctx)
	if err != nil {
		return nil, false, err
	}
	if last != nil && last.ID == e.ID {
		return last, false, nil
	}
	// A decision that is taken back gives again what was there before: kept under
	// another name, for the newest edition is the one that holds.
	for n, id := 2, e.ID; ; n++ {
		body, err := json.Marshal(e)
		if err != nil {
			return nil, false, err
		}
		err = h.db.PutEdition(ctx, store.EditionRow{ID: e.ID, Subject: learnedSubject, Position: head.Size, Made: e.At, Body: body})
		if err == nil {
			break
		}
		if !errors.Is(err, store.ErrTaken) {
			return nil, false, err
		}
		e.ID = fmt.Sprintf("%s-%d", id, n)
	}
	h.learned.put(&e)
	if !e.Speaks() && !last.Speaks() {
		return &e, false, nil // no docket's findings change
	}
	return &e, true, h.db.WakeDockets(ctx, nil, now)
}

// keepLearned makes an edition if there is something new to learn.
func (h *house) keepLearned(ctx context.Context) {
	if _, _, err := h.makeLearned(ctx, h.clock()); err != nil && ctx.Err() == nil {
		h.log.Error("no new edition of the learnt score", "error", err)
	}
}

// decided reads the dockets of which people decided something, as they are
// stored: bids of lots that are not opened are not in them.
func (h *house) decided(ctx context.Context) ([]detect.Decided, error) {
	cases := map[string]map[string]*supervise.Case{} // by docket and finding
	for after := int64(0); ; {
		page, err := h.db.CasesAfter(ctx, after, 1000)
		if err != nil {
			return nil, err
		}
		for i := range page {
			after = page[i].Seq
			var c supervise.Case
			if err := json.Unmarshal(page[i].Body, &c); err != nil {
				return nil, fmt.Errorf("stored case of docket %q cannot be read", page[i].Docket)
			}
			if c.Dismissal == nil && c.Confirmation == nil {
				continue
			}
			if cases[c.Docket] == nil {
				cases[c.Docket] = map[string]*supervise.Case{}
			}
			cases[c.Docket][c.Finding] = &c
		}
		if len(page) < 1000 {
			break
		}
	}
	var out []detect.Decided
	for id, of := range cases {
		row, err := h.db.Docket(ctx, id)
		if err != nil {
			return nil, err
		}
		if row == nil {
			continue // erased since
		}
		d, err := docket.Decode(row.Body)
		if err != nil {
			return nil, fmt.Errorf("docket %s: %w", id, err)
		}
		findings, err := h.db.DocketFindings(ctx, id)
		if err != nil {
			return nil, err
		}
		x := detect.Decided{Docket: d}
		for i := range findings {
			var f detect.Finding
			if err := json.Unmarshal(findings[i].Body, &f); err != nil {
				return nil, fmt.Errorf("stored finding of docket %q cannot be read", id)
			}
			c := of[f.Key]
			x.Decisions = append(x.Decisions, detect.Decision{Finding: f, Confirmed: c.Confirmed(f.Digest), Dismissed: c.Holds(f.Digest)})
		}
		out = append(out, x)
	}
	return out, nil
}
