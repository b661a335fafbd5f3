package refold

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/supervise"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// Rules are the settings of the indicators with what the office changed. A
// change is records of the log and nothing else: so it stands in every store,
// and is verified with the log.
type Rules struct {
	Store interface {
		PositionsByCode(ctx context.Context, codes []string) (map[string][]int64, error)
		RowsAt(ctx context.Context, positions []int64) ([]*ledger.Row, error)
		WakeConcerned(ctx context.Context, class string, regions func(region string) bool, at time.Time) error
		Meta(ctx context.Context, name string) ([]byte, error)
		PutMeta(ctx context.Context, name string, value []byte) error
	}
	Ledger interface {
		Append(ctx context.Context, s ledger.Submission) ([]ledger.Outcome, error)
		Reveal(row *ledger.Row, open func(standard.Vault, standard.Seal) bool) (*ledger.Revealed, error)
	}
	Base  *detect.Settings // without the office's changes
	Clock func() time.Time
	Log   *slog.Logger

	mu      sync.Mutex
	looked  time.Time // by the wall clock
	at      int       // how many records were read
	settled int64
	changes []supervise.Change
	lines   map[string]*detect.Settings // of each change, by id; nil: they cannot be read by this program
	made    map[int]*detect.Settings    // by how many changes hold
}

// rulesKept is how long a process uses the changes that it knows: what it
// judged by older ones is due again once the change is found.
const rulesKept = 3 * time.Second

// refresh reads the changes when they may be others.
func (r *Rules) refresh(ctx context.Context, now bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !now && time.Since(r.looked) < rulesKept {
		return nil
	}
	byCode, err := r.Store.PositionsByCode(ctx, []string{docket.SettingsCode})
	if err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	positions := byCode[docket.SettingsCode]
	if len(positions) == r.at && r.made != nil {
		r.looked = time.Now()
		return nil
	}
	rows, err := r.Store.RowsAt(ctx, positions)
	if err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	var acts []supervise.RuleAct
	for _, row := range rows {
		if row.Author.Kind != "person" {
			continue
		}
		got, err := r.Ledger.Reveal(row, closed)
		if err != nil {
			return fmt.Errorf("rules: the record at position %d cannot be read: %w", row.Position, err)
		}
		if act, ok := supervise.ReadRule(&got.Record, row.Received, row.Position); ok && act.Person == row.Author.ID {
			acts = append(acts, act)
		}
	}
	r.changes, r.lines, r.made = supervise.FoldRules(acts), map[string]*detect.Settings{}, map[int]*detect.Settings{}
	for i := range r.changes {
		c := &r.changes[i]
		own, err := detect.ReadSettings([]byte(c.Lines))
		if err != nil {
			r.Log.Error("a change of settings cannot be read by this program and does not hold", "change", c.ID, "error", err)
			continue
		}
		r.lines[c.ID] = own
	}
	r.at, r.looked = len(positions), time.Now()
	return nil
}

// holding are the changes that hold at a moment, in the order in which they
// came to hold. The caller has the lock.
func (r *Rules) holding(at time.Time) []*supervise.Change {
	var out []*supervise.Change
	for i := range r.changes {
		if from := r.changes[i].InForce(); !from.IsZero() && !from.After(at) && r.lines[r.changes[i].ID] != nil {
			out = append(out, &r.changes[i])
		}
	}
	slices.SortStableFunc(out, func(a, b *supervise.Change) int {
		return cmp.Or(a.InForce().Compare(b.InForce()), cmp.Compare(a.Decided.Position, b.Decided.Position))
	})
	return out
}

// At are the settings by which a docket is judged at a moment. Should the log
// not answer, they are those last known.
func (r *Rules) At(at time.Time) *detect.Settings {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := r.refresh(ctx, false); err != nil {
		r.Log.Error("settings could not be read anew", "error", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	hold := r.holding(at)
	if len(hold) == 0 {
		return r.Base
	}
	if s := r.made[len(hold)]; s != nil { // they come to hold in one order
		return s
	}
	s := r.Base
	for _, c := range hold {
		s = s.With(r.lines[c.ID])
	}
	r.made[len(hold)] = s
	return s
}

// Next is when a change that concerns a docket comes to hold after a moment;
// zero: none is known.
func (r *Rules) Next(d *docket.Docket, at time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	var next time.Time
	for i := range r.changes {
		from := r.changes[i].InForce()
		if from.After(at) && r.lines[r.changes[i].ID] != nil && concerns(r.lines[r.changes[i].ID], d, from) {
			next = sooner(next, from)
		}
	}
	return next
}

func concerns(lines *detect.Settings, d *docket.Docket, at time.Time) bool {
	return slices.ContainsFunc(lines.Lines(), func(l detect.Setting) bool {
		class := cmp.Or(d.Class, string(trade.Construction))
		return (l.Class == "" || l.Class == class) && (timeline.Foreign(d) && l.Region == "ocds" || within(l.Region, d.Region, at))
	})
}

// within reports whether a region lies in that of a line.
func within(of, region string, at time.Time) bool {
	return of == "" || of != "ocds" && slices.Contains(trade.Regions().Chain(region, trade.DayOf(at)), of)
}

// Changes lists the office's changes, as they were proposed.
func (r *Rules) Changes(ctx context.Context) ([]supervise.Change, error) {
	if err := r.refresh(ctx, true); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.changes), nil
}

// Do appends an act on the settings to the log and gives the change that
// follows. Errors that wrap supervise.ErrAct say why it was not taken.
func (r *Rules) Do(ctx context.Context, act supervise.RuleAct) (*supervise.Change, error) {
	if err := r.refresh(ctx, true); err != nil {
		return nil, err
	}
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	act.ID, act.At, act.Position = hex.EncodeToString(id[:]), r.Clock(), 0
	if act.Kind == supervise.Propose {
		act.Change = act.ID
	}
	if err := act.Check(); err != nil {
		return nil, err
	}
	if err := r.may(&act); err != nil {
		return nil, err
	}
	if _, err := r.Ledger.Append(ctx, ledger.Submission{
		Author: ledger.Author{Kind: "person", ID: act.Person}, Drafts: []ledger.Draft{{Record: act.Record(), Codes: []string{docket.SettingsCode}}},
	}); err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	ctx = context.WithoutCancel(ctx) // what is in the log is kept, though the client left
	if err := r.Wake(ctx); err != nil {
		return nil, err
	}
	changes, err := r.Changes(ctx)
	if err != nil {
		return nil, err
	}
	n := slices.IndexFunc(changes, func(c supervise.Change) bool { return c.ID == act.Change })
	if n < 0 {
		return nil, errors.New("rules: the change is not in the log's index")
	}
	return &changes[n], nil
}

// may says why an act is not taken, or nil.
func (r *Rules) may(act *supervise.RuleAct) error {
	fail := func(zh, en string) error { return fmt.Errorf("%w: %s / %s", supervise.ErrAct, zh, en) }
	r.mu.Lock()
	defer r.mu.Unlock()
	if act.Kind != supervise.Propose {
		n := slices.IndexFunc(r.changes, func(c supervise.Change) bool { return c.ID == act.Change })
		if n < 0 {
			return fail("没有该变更", "there is no such change")
		}
		return r.changes[n].May(act.Kind, act.Person)
	}
	own, err := detect.ReadSettings([]byte(act.Lines))
	if err != nil {
		return fmt.Errorf("%w: %w", supervise.ErrAct, err)
	}
	if len(own.Lines()) == 0 {
		return fail("没有设置", "there are no lines of settings")
	}
	if day, _ := trade.ParseDay(act.Effective); day < trade.DayOf(act.At) {
		return fail("生效日期不得早于今天", "the day from which it is in force must not lie before today")
	}
	taken := map[string]bool{}
	name := func(l *detect.Setting) string { return l.ID + "@" + l.Date.String() }
	note := func(s *detect.Settings) {
		for _, l := range s.Lines() {
			taken[name(&l)] = true
		}
	}
	note(r.Base)
	for i := range r.changes {
		if s := r.lines[r.changes[i].ID]; s != nil {
			note(s)
		}
	}
	for _, l := range own.Lines() {
		switch {
		case l.Indicator == "" && l.Weights == nil && l.StakeLeast == nil && l.EditionMoved == nil:
			return fail("法定期限和代码含义只在设置文件中修改", "days of legal periods and meanings of codes are set in the settings file alone")
		case taken[name(&l)]:
			return fail("已有编号和日期相同的设置："+name(&l), "there is a line of this id and date already: "+name(&l))
		}
		taken[name(&l)] = true
	}
	return nil
}

// settledMeta is up to which position of the log confirmed changes are settled.
const settledMeta = "settings settled"

// settleAfter is how long after a change was confirmed each process has found
// it: what one of them judged by older settings until then is judged again.
const settleAfter = 10 * time.Second

// Wake makes the dockets due that confirmed changes concern, at the moment from
// which these hold, and once more when all processes must know of them.
func (r *Rules) Wake(ctx context.Context) error {
	if err := r.refresh(ctx, true); err != nil {
		return err
	}
	_, err := r.wake(ctx, time.Time{})
	return err
}

// settle is the second part of Wake, for who looks now and then.
func (r *Rules) settle(ctx context.Context, now time.Time) error {
	if err := r.refresh(ctx, false); err != nil {
		return err
	}
	r.mu.Lock()
	due := slices.ContainsFunc(r.changes, func(c supervise.Change) bool { return r.unsettled(&c) && !c.Decided.At.Add(settleAfter).After(now) })
	r.mu.Unlock()
	if !due {
		return nil
	}
	last, err := r.wake(ctx, now)
	if err != nil || last == 0 {
		return err
	}
	if err := r.Store.PutMeta(ctx, settledMeta, strconv.AppendInt(nil, last, 10)); err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settled = max(r.settled, last)
	return nil
}

// unsettled reports whether a change is confirmed, and younger than what is
// known to be settled. The caller has the lock.
func (r *Rules) unsettled(c *supervise.Change) bool {
	return c.State == supervise.Confirmed && r.lines[c.ID] != nil && c.Decided.Position >= r.settled
}

// wake makes due what unsettled changes concern, with a time only those that
// are to be settled by then, and gives the position up to which these are.
func (r *Rules) wake(ctx context.Context, settling time.Time) (last int64, err error) {
	body, err := r.Store.Meta(ctx, settledMeta)
	if err != nil {
		return 0, fmt.Errorf("rules: %w", err)
	}
	r.mu.Lock()
	if n, err := strconv.ParseInt(string(body), 10, 64); err == nil { // nothing: none
		r.settled = max(r.settled, n)
	}
	var todo []supervise.Change
	for i := range r.changes {
		if c := &r.changes[i]; r.unsettled(c) && (settling.IsZero() || !c.Decided.At.Add(settleAfter).After(settling)) {
			todo = append(todo, *c)
		}
	}
	lines := r.lines
	r.mu.Unlock()
	for i := range todo {
		c := &todo[i]
		for _, l := range lines[c.ID].Lines() {
			in := func(region string) bool { return l.Region == "ocds" || within(l.Region, region, c.InForce()) } // which are of foreign publishers their region does not tell
			if err := r.Store.WakeConcerned(ctx, l.Class, in, c.InForce()); err != nil {
				return 0, err
			}
		}
		last = max(last, c.Decided.Position+1)
	}
	return last, nil
}
