package refold

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/docket"
	"mingjing/internal/feed"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
	"mingjing/internal/supervise"
)

// Instructions appends what trading systems are told, and what they answer, to
// the log, and keeps what follows from it. An append marks the docket's
// instructions as work: what was appended and not kept, as after a crash, is
// kept by the next worker. What a trading system is told is in the log before
// it is told.
type Instructions struct {
	Store interface {
		PositionsByCode(ctx context.Context, codes []string) (map[string][]int64, error)
		RowsAt(ctx context.Context, positions []int64) ([]*ledger.Row, error)
		SaveInstructions(ctx context.Context, rows []store.InstructionRow) error
		Instruction(ctx context.Context, id string) (*store.InstructionRow, error)
		InstructionSendings(ctx context.Context, platforms []string, after string, limit int) ([]store.InstructionSending, error)
		InstructionHead(ctx context.Context) (int64, error)
	}
	Ledger interface {
		Append(ctx context.Context, s ledger.Submission) ([]ledger.Outcome, error)
		Reveal(row *ledger.Row, open func(standard.Vault, standard.Seal) bool) (*ledger.Revealed, error)
	}
	Clock func() time.Time // nil: time.Now
	Stop  <-chan struct{}  // closed: nobody waits any more

	once  sync.Once
	pulse feed.Pulse
}

// pulseEvery is how often the store is looked at while somebody waits.
const pulseEvery = 300 * time.Millisecond

func (s *Instructions) now() time.Time {
	if s.Clock == nil {
		return time.Now()
	}
	return s.Clock()
}

// Do appends a supervisor's step and gives the instruction that follows. Id,
// time and, of an instruction that is given, its terms come from the house.
// Errors that wrap supervise.ErrAct say why it was not taken, those that wrap
// supervise.ErrNoInstruction that there is none; any other may come after the
// step is in the log.
func (s *Instructions) Do(ctx context.Context, act supervise.InstructionAct) (*supervise.Instruction, error) {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	act.ID, act.At, act.Position, act.Source = hex.EncodeToString(id[:]), s.now(), 0, ""
	among, err := s.Of(ctx, act.Docket)
	if err != nil {
		return nil, err
	}
	if act.Step == supervise.Give {
		rule, ok := supervise.InstructionRuleAt(act.Kind, act.At)
		if !ok {
			return nil, fmt.Errorf("%w: 该种指令没有规则 / there is no rule for this kind of instruction", supervise.ErrAct)
		}
		act.Instruction, act.Within, act.Waits = act.ID, rule.Acknowledge, rule.Second
		act.Until = cmp.Or(act.Until, rule.Execute)
		if err := supervise.Fits(act.Kind, act.Lot, act.To, among, act.At); err != nil {
			return nil, err
		}
	} else {
		n := slices.IndexFunc(among, func(i supervise.Instruction) bool { return i.ID == act.Instruction })
		if n < 0 {
			return nil, supervise.ErrNoInstruction
		}
		act.To = among[n].To
		if err := among[n].May(act.Step, supervise.Hand{Person: act.Person, For: act.For}, act.At); err != nil {
			return nil, err
		}
	}
	if act.Step.Answers() {
		return nil, fmt.Errorf("%w: 该操作由交易系统进行 / a trading system does this", supervise.ErrAct)
	}
	_, err = s.append(ctx, &act, ledger.Author{Kind: "person", ID: act.Person}, nil)
	if err != nil {
		return nil, err
	}
	return s.kept(ctx, &act)
}

// Answer appends a trading system's answer and gives the instruction that
// follows, with the receipt; the same answer again changes nothing and gives
// the first receipt. Errors as of Do.
func (s *Instructions) Answer(ctx context.Context, source ledger.Author, platforms []string, act supervise.InstructionAct, ev *ledger.Evidence) (i *supervise.Instruction, receipt ledger.Receipt, again bool, err error) {
	row, err := s.Store.Instruction(ctx, act.Instruction)
	if err != nil {
		return nil, receipt, false, err
	}
	if row == nil || !slices.Contains(platforms, row.Platform) {
		return nil, receipt, false, supervise.ErrNoInstruction
	}
	among, err := s.Of(ctx, row.Docket) // by the log, whatever the table says
	if err != nil {
		return nil, receipt, false, err
	}
	n := slices.IndexFunc(among, func(i supervise.Instruction) bool { return i.ID == act.Instruction })
	if n < 0 || among[n].Issued().IsZero() { // what did not go out is nobody's to answer
		return nil, receipt, false, supervise.ErrNoInstruction
	}
	act.ID, act.At, act.Position = supervise.AnswerID(act.Instruction, act.Step), s.now(), 0
	act.Docket, act.To, act.Source = row.Docket, row.Platform, source.ID
	if !act.Step.Answers() {
		return nil, receipt, false, fmt.Errorf("%w: 交易系统只能签收、报告执行或拒绝 / a trading system acknowledges, executes or declines", supervise.ErrAct)
	}
	if had := among[n].Answer(act.Step); had != nil {
		if had.Text != act.Text && act.Step != supervise.Acknowledge {
			return nil, receipt, false, fmt.Errorf("%w: 已有不同内容的答复，答复不能更改 / it was answered in other words: an answer is not changed", supervise.ErrAct)
		}
		act.Text, again = had.Text, true
	} else if err := among[n].May(act.Step, supervise.Hand{}, act.At); err != nil {
		return nil, receipt, false, err
	}
	if receipt, err = s.append(ctx, &act, source, ev); err != nil {
		return nil, receipt, false, err
	}
	i, err = s.kept(ctx, &act)
	return i, receipt, again, err
}

func (s *Instructions) append(ctx context.Context, act *supervise.InstructionAct, author ledger.Author, ev *ledger.Evidence) (ledger.Receipt, error) {
	if err := act.Check(); err != nil {
		return ledger.Receipt{}, err
	}
	d := ledger.Draft{Record: act.Record()}
	for _, c := range docket.Codes(&d.Record) {
		d.Codes = append(d.Codes, string(c))
	}
	if len(d.Codes) == 0 {
		return ledger.Receipt{}, fmt.Errorf("%w: 案卷编号无法登记 / the docket's id cannot be a code", supervise.ErrAct)
	}
	out, err := s.Ledger.Append(ctx, ledger.Submission{Author: author, Evidence: ev, Drafts: []ledger.Draft{d}})
	if err != nil {
		return ledger.Receipt{}, fmt.Errorf("instructions: %w", err)
	}
	return out[0].Receipt, nil
}

// kept keeps the docket's instructions and gives the one that a step is about.
func (s *Instructions) kept(ctx context.Context, act *supervise.InstructionAct) (*supervise.Instruction, error) {
	list, err := s.Keep(context.WithoutCancel(ctx), act.Docket) // what is in the log is kept, though the client left
	if err != nil {
		return nil, err
	}
	n := slices.IndexFunc(list, func(i supervise.Instruction) bool { return i.ID == act.Instruction })
	if n < 0 {
		return nil, errors.New("instructions: the step is not in the log's index")
	}
	return &list[n], nil
}

// Of folds the instructions about a docket from the log. Only steps that their
// author wrote count: a person's, a trading system's.
func (s *Instructions) Of(ctx context.Context, id string) ([]supervise.Instruction, error) {
	code := docket.OrderCode + id
	byCode, err := s.Store.PositionsByCode(ctx, []string{code})
	if err != nil {
		return nil, fmt.Errorf("instructions: %w", err)
	}
	if len(byCode[code]) == 0 {
		return nil, nil
	}
	rows, err := s.Store.RowsAt(ctx, byCode[code])
	if err != nil {
		return nil, fmt.Errorf("instructions: %w", err)
	}
	var acts []supervise.InstructionAct
	for _, row := range rows {
		got, err := s.Ledger.Reveal(row, closed)
		if err != nil {
			return nil, fmt.Errorf("instructions: the record at position %d cannot be read: %w", row.Position, err)
		}
		act, ok := supervise.ReadInstruction(&got.Record, row.Received, row.Position)
		author := ledger.Author{Kind: "person", ID: act.Person}
		if act.Step.Answers() {
			author = ledger.Author{Kind: "source", ID: act.Source}
		}
		if ok && act.Docket == id && row.Author.Kind == author.Kind && row.Author.ID == author.ID {
			acts = append(acts, act)
		}
	}
	return supervise.FoldInstructions(acts), nil
}

// Keep folds the instructions about a docket and keeps them, with what of them
// their trading systems are told.
func (s *Instructions) Keep(ctx context.Context, id string) ([]supervise.Instruction, error) {
	list, err := s.Of(ctx, id)
	if err != nil {
		return nil, err
	}
	rows := make([]store.InstructionRow, len(list))
	for n := range list {
		i := &list[n]
		body, err := json.Marshal(i)
		if err != nil {
			return nil, fmt.Errorf("instructions: %w", err)
		}
		rows[n] = store.InstructionRow{ID: i.ID, Docket: i.Docket, Platform: i.To, Open: i.Open(), Given: i.First, Position: i.Position, Sendings: i.Sendings(), Body: body}
	}
	return list, s.Store.SaveInstructions(ctx, rows)
}

// A Told is one thing that a trading system is told: that an instruction went
// out or was recalled, with the instruction as it stands now.
type Told struct {
	Step        string // id of the step, from which to go on
	Title       string // of the docket
	Instruction supervise.Instruction
}

// ErrCursor means that a trading system was never told of the step from which
// it wants to go on.
var ErrCursor = errors.New("not a step that this trading system was told of")

// Tell gives what trading systems with these platform codes are told after a
// step; when there is nothing it waits, as long as told or until ctx ends.
func (s *Instructions) Tell(ctx context.Context, platforms []string, after string, limit int, wait time.Duration) ([]Told, error) {
	var over <-chan time.Time
	var changed <-chan struct{}
	for {
		list, err := s.Store.InstructionSendings(ctx, platforms, after, limit)
		if errors.Is(err, store.ErrNotFound) {
			return nil, ErrCursor
		}
		if err != nil || len(list) > 0 || wait <= 0 {
			return told(list, err)
		}
		if over == nil {
			s.once.Do(func() { s.pulse.Head, s.pulse.Every = s.Store.InstructionHead, pulseEvery })
			defer s.pulse.Join()()
			timer := time.NewTimer(wait)
			defer timer.Stop()
			over, changed = timer.C, s.pulse.Next()
			continue // what came before the first look at the pulse
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-over:
			return nil, nil
		case <-s.Stop:
			return nil, nil
		case <-changed:
			changed = s.pulse.Next()
		}
	}
}

func told(list []store.InstructionSending, err error) ([]Told, error) {
	if err != nil {
		return nil, err
	}
	out := make([]Told, len(list))
	for n := range list {
		out[n] = Told{Step: list[n].Step, Title: list[n].Title}
		if err := json.Unmarshal(list[n].Body, &out[n].Instruction); err != nil {
			return nil, fmt.Errorf("instructions: stored instruction %q cannot be read", list[n].ID)
		}
	}
	return out, nil
}
