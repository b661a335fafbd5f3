package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
)

// An InstructionRow is one instruction to a trading system: a fold of steps.
type InstructionRow struct {
	ID, Docket, Platform string
	Open                 bool     // something is still to be done about it
	Given                int64    // position of the step that gave it
	Position             int64    // of the last step
	Sendings             []string // ids of the steps of which the trading system is told; not read back
	Body                 []byte   // JSON of supervise.Instruction

	Region, Class, Title string // of its docket, as it is stored; read only
}

// SaveInstructions keeps instructions folded from steps, each only if what is
// stored was folded through a lower position. What a trading system is told of
// for the first time gets the next seq.
func (db *DB) SaveInstructions(ctx context.Context, rows []InstructionRow) error {
	var steps []string
	for i := range rows {
		r := &rows[i]
		if err := checkTexts("instruction", append([]string{r.ID, r.Docket, r.Platform, string(r.Body)}, r.Sendings...)...); err != nil {
			return fmt.Errorf("store: instruction: %w", err)
		}
		steps = append(steps, r.Sendings...)
	}
	if len(rows) == 0 {
		return nil
	}
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		var seq int64 // held to the commit, see SaveCases
		if err := tx.QueryRowContext(ctx, `UPDATE feed SET seq = seq + $1 WHERE one = 1 RETURNING seq`, len(steps)).Scan(&seq); err != nil {
			return err
		}
		seq -= int64(len(steps))
		for i := range rows {
			r := &rows[i]
			err := touched(tx.ExecContext(ctx, `INSERT INTO instruction (id, docket, platform, open, given, position, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
				ON CONFLICT (id) DO UPDATE SET open = excluded.open, position = excluded.position, body = excluded.body WHERE instruction.position < excluded.position`,
				r.ID, r.Docket, r.Platform, flag(r.Open), r.Given, r.Position, string(r.Body)))
			if err != nil && !errors.Is(err, ErrNotFound) { // not found: another was faster, and at least as far
				return err
			}
			for _, step := range r.Sendings {
				seq++
				if _, err := tx.ExecContext(ctx, `INSERT INTO instruction_sending (step, platform, seq, instruction) VALUES ($1, $2, $3, $4) ON CONFLICT (step) DO NOTHING`,
					step, r.Platform, seq, r.ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: save instructions: %w", err)
	}
	return nil
}

const instructionColumns = `i.id, i.docket, i.platform, i.open, i.given, i.position, i.body, coalesce(d.region, ''), coalesce(d.class, ''), coalesce(d.title, '')`

const instructionTables = ` FROM instruction i LEFT JOIN docket d ON d.id = i.docket`

func instructionInto(r *InstructionRow) (open *int64, body *string, dest []any) {
	open, body = new(int64), new(string)
	return open, body, []any{&r.ID, &r.Docket, &r.Platform, open, &r.Given, &r.Position, body, &r.Region, &r.Class, &r.Title}
}

func scanInstruction(s scanner) (InstructionRow, error) {
	var r InstructionRow
	open, body, dest := instructionInto(&r)
	err := s.Scan(dest...)
	r.Open, r.Body = *open == 1, []byte(*body)
	return r, err
}

// An InstructionFilter chooses instructions. Empty values mean all.
type InstructionFilter struct {
	Docket string
	Open   bool  // only those about which something is still to be done
	Before int64 // Given of the last one of the page before; 0: the newest
	Limit  int
}

// Instructions returns a page, the newest first.
func (db *DB) Instructions(ctx context.Context, f InstructionFilter) ([]InstructionRow, error) {
	w := &filter{db: db}
	if f.Docket != "" {
		w.add("i.docket = %s", f.Docket)
	}
	if f.Open {
		w.conds = append(w.conds, "i.open = 1") // the partial index
	}
	if f.Before > 0 {
		w.add("i.given < %s", f.Before)
	}
	out, err := collect(ctx, db.read, scanInstruction, `SELECT `+instructionColumns+instructionTables+w.where()+` ORDER BY i.given DESC LIMIT `+w.arg(limitOf(f.Limit)), w.args...)
	if err != nil {
		return nil, fmt.Errorf("store: instructions: %w", err)
	}
	return out, nil
}

// Instruction returns one, nil when there is none.
func (db *DB) Instruction(ctx context.Context, id string) (*InstructionRow, error) {
	r, err := scanInstruction(db.read.QueryRowContext(ctx, `SELECT `+instructionColumns+instructionTables+` WHERE i.id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: instruction: %w", err)
	}
	return &r, nil
}

// An InstructionSending is one thing that a trading system is told.
type InstructionSending struct {
	Step string // id, and cursor
	InstructionRow
}

// InstructionSendings returns what trading systems with these platform codes
// are told after a step, "" from the beginning; ErrNotFound when they were not
// told of that step.
func (db *DB) InstructionSendings(ctx context.Context, platforms []string, after string, limit int) ([]InstructionSending, error) {
	seq := int64(0)
	if after != "" {
		var platform string
		err := db.read.QueryRowContext(ctx, `SELECT seq, platform FROM instruction_sending WHERE step = $1`, after).Scan(&seq, &platform)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !slices.Contains(platforms, platform) {
			return nil, ErrNotFound
		}
		if err != nil {
			return nil, fmt.Errorf("store: sendings of instructions: %w", err)
		}
	}
	if len(platforms) == 0 {
		return nil, nil
	}
	w := &filter{db: db}
	w.anyOf("s.platform", platforms)
	w.add("s.seq > %s", seq)
	out, err := collect(ctx, db.read, func(s scanner) (InstructionSending, error) {
		var o InstructionSending
		open, body, dest := instructionInto(&o.InstructionRow)
		err := s.Scan(append([]any{&o.Step}, dest...)...)
		o.Open, o.Body = *open == 1, []byte(*body)
		return o, err
	}, `SELECT s.step, `+instructionColumns+` FROM instruction_sending s JOIN instruction i ON i.id = s.instruction LEFT JOIN docket d ON d.id = i.docket`+w.where()+` ORDER BY s.seq LIMIT `+w.arg(limitOf(limit)), w.args...)
	if err != nil {
		return nil, fmt.Errorf("store: sendings of instructions: %w", err)
	}
	return out, nil
}

// InstructionHead is the greatest seq of a sending, 0 when there is none.
func (db *DB) InstructionHead(ctx context.Context) (int64, error) {
	var seq int64
	if err := db.read.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM instruction_sending`).Scan(&seq); err != nil {
		return 0, fmt.Errorf("store: head of instructions: %w", err)
	}
	return seq, nil
}
