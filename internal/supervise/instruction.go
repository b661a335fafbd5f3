package supervise

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
)

// An InstructionKind is what a trading system is told to do.
type InstructionKind string

// The kinds of instructions.
const (
	Ask         InstructionKind = "ask"        // 询问
	Correct     InstructionKind = "correct"    // 责令改正
	Pause       InstructionKind = "pause"      // 责令暂停
	ResumeTrade InstructionKind = "resume"     // 恢复
	Stop        InstructionKind = "stop"       // 责令终止: two persons
	Reevaluate  InstructionKind = "reevaluate" // 重新评审: two persons
)

// InstructionKinds lists all kinds.
func InstructionKinds() []InstructionKind {
	return []InstructionKind{Ask, Correct, Pause, ResumeTrade, Stop, Reevaluate}
}

// A Step is what somebody did about an instruction.
type Step string

// The steps. The first four are a supervisor's, the last three the trading
// system's to which it goes.
const (
	Give         Step = "give"        // 下达; of a kind that needs two persons: proposes it
	Second       Step = "second"      // 附议: by another person; only now it goes out
	Turn         Step = "turn"        // 退回: by another person; it never goes out
	Recall       Step = "recall"      // 撤回: by who gave it, before it was carried out
	Acknowledge  Step = "acknowledge" // 签收
	Execute      Step = "execute"     // 报告执行, or of ask: the answer
	DeclineOrder Step = "decline"     // 拒绝执行, with a reason
)

// Answers reports whether the step is a trading system's.
func (s Step) Answers() bool { return s == Acknowledge || s == Execute || s == DeclineOrder }

// An InstructionAct is one step of one instruction.
type InstructionAct struct {
	ID          string
	Instruction string // id of the act that gave it
	Step        Step
	Docket      string
	To          string          // platform code of the trading system
	Kind        InstructionKind // of give, as the next four
	Lot         string          // "": the whole tender
	Within      Term            // how soon it is acknowledged
	Until       Term            // how soon it is carried out
	Waits       Term            // how long it waits for another person; "": it needs none
	Text        string          // what to do and why; the answer; the reason
	Person      string          // id, of a supervisor
	Name        string
	Office      string
	For         string // whose post is lent to them
	ForName     string
	Source      string    // registered name, of a trading system
	At          time.Time // when the house took it
	Position    int64
}

func (a *InstructionAct) hand() Hand { return Hand{a.Person, a.For} }

// Check says what a step lacks, in words for who does it, or nil.
func (a *InstructionAct) Check() error {
	fail := func(zh, en string) error { return fmt.Errorf("%w: %s / %s", ErrAct, zh, en) }
	bad := func(s string, most int) bool {
		return utf8.RuneCountInString(s) > most || !utf8.ValidString(s) || strings.ContainsRune(s, 0)
	}
	by := a.Person
	if a.Step.Answers() {
		by = a.Source
	}
	switch {
	case !slices.Contains([]Step{Give, Second, Turn, Recall, Acknowledge, Execute, DeclineOrder}, a.Step):
		return fail("未知的操作", "unknown step")
	case a.ID == "" || a.Docket == "" || a.Instruction == "" || a.To == "":
		return fail("须指明案卷、指令和交易系统", "name the docket, the instruction and the trading system")
	case by == "" || (a.Person == "") == (a.Source == ""):
		return fail("监督指令由具名人员下达，由交易系统答复", "a named person instructs, a trading system answers")
	case a.Step == Give && !slices.Contains(InstructionKinds(), a.Kind):
		return fail("未知的指令种类", "unknown kind of instruction")
	case a.Step == Give && (!a.Within.Known() || !a.Until.Known() || a.Waits != "" && !a.Waits.Known()):
		return fail("期限无法识别", "a term that is none")
	case a.Step != Second && a.Step != Acknowledge && strings.TrimSpace(a.Text) == "":
		return fail("请填写内容或理由", "say what, or give the reason")
	case bad(a.Text, MaxText):
		return fail(fmt.Sprintf("内容不得超过 %d 字", MaxText), fmt.Sprintf("at most %d characters", MaxText))
	case bad(a.Person, MaxName), bad(a.Name, MaxName), bad(a.Office, MaxName), bad(a.For, MaxName), bad(a.ForName, MaxName), bad(a.Source, MaxName), bad(a.Lot, 200), bad(a.To, 200):
		return fail(fmt.Sprintf("姓名、单位名称不得超过 %d 字", MaxName), fmt.Sprintf("a name has at most %d characters", MaxName))
	}
	return nil
}

// Fields of the record of a step that an act upon a finding has not; see the
// catalogue's data set.
const (
	fieldInstruction = "INSTRUCTION"
	fieldStep        = "STEP"
	fieldKind        = "KIND"
	fieldPlatform    = "PLATFORM"
	fieldWithin      = "ACKNOWLEDGE_WITHIN"
	fieldUntil       = "EXECUTE_WITHIN"
	fieldWaits       = "SECOND_WITHIN"
	fieldSource      = "SOURCE"
)

// Record writes a step as a record of the log.
func (a *InstructionAct) Record() standard.Record {
	fields := map[string]string{fieldDocket: a.Docket, fieldInstruction: a.Instruction, fieldStep: string(a.Step), fieldPlatform: a.To}
	for name, value := range map[string]string{
		fieldKind: string(a.Kind), fieldLot: a.Lot, fieldWithin: string(a.Within), fieldUntil: string(a.Until), fieldWaits: string(a.Waits), fieldText: a.Text,
		fieldPerson: a.Person, fieldName: a.Name, fieldOffice: a.Office, fieldFor: a.For, fieldForName: a.ForName, fieldSource: a.Source,
	} {
		if value != "" {
			fields[name] = value
		}
	}
	r := standard.Record{Origin: docket.SystemOrigin, Dataset: docket.DatasetInstruction, Op: standard.Insert, Key: a.ID, Revision: "1", Fields: fields}
	if a.Step.Answers() {
		r.Origin = a.To // it is the trading system's own; sent again it is the same record
	} else {
		r.Occurred = a.At.UTC().Format(time.RFC3339)
	}
	return r
}

// ReadInstruction reads the step of a record; false when it is none. Whether who
// wrote the record is who it names is for the caller, who knows the log.
func ReadInstruction(r *standard.Record, received time.Time, position int64) (InstructionAct, bool) {
	if r.Dataset != docket.DatasetInstruction || r.Op == standard.Delete {
		return InstructionAct{}, false
	}
	f := r.Fields
	a := InstructionAct{
		ID: r.Key, Instruction: f[fieldInstruction], Step: Step(f[fieldStep]), Docket: f[fieldDocket], To: f[fieldPlatform], Kind: InstructionKind(f[fieldKind]), Lot: f[fieldLot],
		Within: Term(f[fieldWithin]), Until: Term(f[fieldUntil]), Waits: Term(f[fieldWaits]), Text: f[fieldText], Person: f[fieldPerson], Name: f[fieldName], Office: f[fieldOffice],
		For: f[fieldFor], ForName: f[fieldForName], Source: f[fieldSource], At: received, Position: position,
	}
	origin := docket.SystemOrigin
	if a.Step.Answers() {
		origin = a.To
	}
	return a, r.Origin == origin && a.Check() == nil
}

// AnswerID is the id of a trading system's step about an instruction. One step
// has one: who takes it twice, or at two servers at once, has taken it once.
func AnswerID(instruction string, step Step) string {
	sum := sha256.Sum256([]byte(instruction + "\x00" + string(step)))
	return hex.EncodeToString(sum[:16])
}

// An InstructionState is where an instruction stands by what was done about it.
type InstructionState string

// The states. Lapsed is a proposal that nobody seconded in its time.
const (
	Waiting       InstructionState = "proposed"
	Lapsed        InstructionState = "lapsed"
	Turned        InstructionState = "turned"
	Issued        InstructionState = "issued"
	Acknowledged  InstructionState = "acknowledged"
	Executed      InstructionState = "executed"
	OrderDeclined InstructionState = "declined"
	Recalled      InstructionState = "recalled"
)

// A Move is one step as it stands in an instruction: who, when, in what words.
type Move struct {
	Act     string    `json:"act"` // id
	Person  string    `json:"person,omitempty"`
	Name    string    `json:"name,omitempty"`
	Office  string    `json:"office,omitempty"`
	For     string    `json:"for,omitempty"`
	ForName string    `json:"for_name,omitempty"`
	Source  string    `json:"source,omitempty"`
	Text    string    `json:"text,omitempty"`
	At      time.Time `json:"at"`
}

func (m *Move) hand() Hand { return Hand{m.Person, m.For} }

// An Instruction is what a trading system is told about a docket, with what
// became of it: a fold of the steps.
type Instruction struct {
	ID     string           `json:"id"`
	Docket string           `json:"docket"`
	Lot    string           `json:"lot,omitempty"`
	Kind   InstructionKind  `json:"kind"`
	To     string           `json:"to"`
	Text   string           `json:"text"`
	State  InstructionState `json:"state"`
	Within Term             `json:"within"`
	Until  Term             `json:"until"`
	Waits  Term             `json:"waits,omitempty"`
	Given  Move             `json:"given"`

	Decided      *Move `json:"decided,omitempty"`  // seconded or turned down by another person
	Recalled     *Move `json:"recalled,omitempty"` // by who gave it
	Acknowledged *Move `json:"acknowledged,omitempty"`
	Answered     *Move `json:"answered,omitempty"` // executed or declined

	First    int64 `json:"-"` // position of the step that gave it; positions are told to nobody, for gaps between them count what is sealed
	Position int64 `json:"-"` // of the last step
}

// Answer is what the trading system said by a step, nil when it did not.
func (i *Instruction) Answer(step Step) *Move {
	switch {
	case step == Acknowledge:
		return i.Acknowledged
	case step == Execute && i.State == Executed, step == DeclineOrder && i.State == OrderDeclined:
		return i.Answered
	}
	return nil
}

// Issued is when it went out; zero: it has not.
func (i *Instruction) Issued() time.Time {
	switch {
	case i.State == Waiting || i.State == Turned:
		return time.Time{}
	case i.Waits == "":
		return i.Given.At
	case i.Decided != nil:
		return i.Decided.At
	}
	return time.Time{} // recalled before another person decided
}

// Open reports whether something is still to be done about it.
func (i *Instruction) Open() bool {
	return i.State == Waiting || i.State == Issued || i.State == Acknowledged
}

// A Standing is how an instruction stands at a moment.
type Standing struct {
	State         InstructionState `json:"state"`
	SecondBy      *time.Time       `json:"second_by,omitempty"`
	AcknowledgeBy *time.Time       `json:"acknowledge_by,omitempty"`
	ExecuteBy     *time.Time       `json:"execute_by,omitempty"`
	Provisional   bool             `json:"provisional,omitempty"` // counted beyond the last year whose days off are known
	Overdue       bool             `json:"overdue"`
	Climbed       int              `json:"climbed"` // levels above the office in whose jurisdiction it lies
	Again         time.Time        `json:"-"`       // when the answer changes though nobody does anything; zero: never
}

// maxClimb is how many levels there can be above an office: city, province.
const maxClimb = 2

// At says how the instruction stands at a moment: what is due when, whether it
// is overdue, and how far it has climbed. What is silent climbs one level when
// its term is over and one more each time it is over again, whoever looks.
func (i *Instruction) At(at time.Time) Standing {
	s := Standing{State: i.State}
	due := func(term Term, from time.Time) *time.Time {
		end, provisional := term.End(from, 1)
		if end.IsZero() {
			return nil
		}
		s.Provisional = s.Provisional || provisional
		return &end
	}
	if i.Waits != "" {
		s.SecondBy = due(i.Waits, i.Given.At)
	}
	if i.State == Waiting {
		if s.SecondBy != nil && !s.SecondBy.After(at) {
			s.State = Lapsed
		} else if s.SecondBy != nil {
			s.Again = *s.SecondBy
		}
		return s
	}
	issued := i.Issued()
	s.AcknowledgeBy, s.ExecuteBy = due(i.Within, issued), due(i.Until, issued)
	wanted, term := s.AcknowledgeBy, i.Within
	switch i.State {
	case Acknowledged:
		wanted, term = s.ExecuteBy, i.Until
	case Issued:
	default:
		return s
	}
	if wanted == nil {
		return s
	}
	s.Overdue, s.Again = !wanted.After(at), *wanted
	for n := 1; s.Overdue && s.Climbed < maxClimb; n++ {
		end, _ := term.End(issued, n)
		if s.Again = end; end.After(at) {
			return s
		}
		s.Climbed, s.Again = n, time.Time{}
	}
	return s
}

// May says why a step cannot be taken about the instruction at a moment, or nil.
func (i *Instruction) May(step Step, by Hand, at time.Time) error {
	fail := func(zh, en string) error { return fmt.Errorf("%w: %s / %s", ErrAct, zh, en) }
	state := i.At(at).State
	switch step {
	case Second, Turn:
		if state == Lapsed {
			return fail("该提议已过附议期限，请重新提出", "nobody seconded it in its time: propose it anew")
		}
		if state != Waiting {
			return fail("该指令已有结论，或不需要附议", "it is decided already, or needs nobody's seconding")
		}
		return Apart(i.Given.hand(), by)
	case Recall:
		switch {
		case i.Given.Person != by.Person:
			return fail("仅下达人可以撤回", "only who gave it may recall it")
		case state == Waiting, i.Waits == "" && (state == Issued || state == Acknowledged):
			return nil
		case i.Waits != "" && i.Open():
			return fail("两人下达的指令不能由一人撤回", "what two persons gave one does not recall")
		}
		return fail("该指令已有结论", "it is decided already")
	case Acknowledge:
		if state != Issued {
			return fail("该指令不在待签收之列", "it does not wait to be acknowledged")
		}
	case Execute, DeclineOrder:
		if state != Issued && state != Acknowledged {
			return fail("该指令已有结论，或已撤回", "it is answered already, or was recalled")
		}
	default:
		return fail("未知的操作", "unknown step")
	}
	return nil
}

// FoldInstructions gives the instructions that steps make, in the order in
// which they were given. A step that its author may not take changes nothing.
func FoldInstructions(acts []InstructionAct) []Instruction {
	acts = slices.Clone(acts)
	slices.SortFunc(acts, func(a, b InstructionAct) int { return cmp.Compare(a.Position, b.Position) })
	acts = slices.CompactFunc(acts, func(a, b InstructionAct) bool { return a.Position == b.Position })
	var out []Instruction
	for n := range acts {
		a := &acts[n]
		at := slices.IndexFunc(out, func(i Instruction) bool { return i.ID == a.Instruction })
		if a.Step == Give {
			if at < 0 && a.Instruction == a.ID {
				out = append(out, given(a))
			}
			continue
		}
		if at >= 0 {
			out[at].take(a)
		}
	}
	return out
}

func given(a *InstructionAct) Instruction {
	i := Instruction{ID: a.ID, Docket: a.Docket, Lot: a.Lot, Kind: a.Kind, To: a.To, Text: a.Text, State: Issued, Within: a.Within, Until: a.Until, Waits: a.Waits, Given: a.move(), First: a.Position, Position: a.Position}
	if a.Waits != "" {
		i.State = Waiting
	}
	return i
}

func (a *InstructionAct) move() Move {
	return Move{a.ID, a.Person, a.Name, a.Office, a.For, a.ForName, a.Source, a.Text, a.At}
}

func (i *Instruction) take(a *InstructionAct) {
	if a.Docket != i.Docket || a.To != i.To || i.May(a.Step, a.hand(), a.At) != nil {
		return
	}
	m := a.move()
	switch a.Step {
	case Second:
		i.State, i.Decided = Issued, &m
	case Turn:
		i.State, i.Decided = Turned, &m
	case Recall:
		i.State, i.Recalled = Recalled, &m
	case Acknowledge:
		i.State, i.Acknowledged = Acknowledged, &m
	case Execute:
		i.State, i.Answered = Executed, &m
	case DeclineOrder:
		i.State, i.Answered = OrderDeclined, &m
	}
	i.Position = a.Position
}

// Sendings are the ids of the steps of an instruction that its trading system
// is told of, in their order, with when they were: that it went out, and that
// it was recalled after that.
func (i *Instruction) Sendings() []string {
	if i.Issued().IsZero() {
		return nil
	}
	out := []string{i.Given.Act}
	if i.Waits != "" {
		out[0] = i.Decided.Act
	}
	if i.Recalled != nil {
		out = append(out, i.Recalled.Act)
	}
	return out
}

// ErrNoInstruction means that there is no such instruction for who asks.
var ErrNoInstruction = errors.New("no such instruction")

// Fits says why an instruction of a kind makes no sense among those that a
// docket has, or nil: what is stopped is not stopped again, nor what stands
// paused paused, and only what is paused is resumed.
func Fits(kind InstructionKind, lot, to string, among []Instruction, at time.Time) error {
	fail := func(zh, en string) error { return fmt.Errorf("%w: %s / %s", ErrAct, zh, en) }
	paused := false
	for i := range among {
		one := &among[i]
		if one.Lot != lot || one.To != to || one.State == Turned || one.State == Recalled || one.State == OrderDeclined || one.At(at).State == Lapsed {
			continue
		}
		switch one.Kind {
		case Pause:
			paused = true
		case ResumeTrade:
			paused = false
		case Stop:
			if kind != Ask && kind != Correct {
				return fail("已有终止该标段交易的指令", "there is an instruction to stop it already")
			}
		case Reevaluate:
			if kind == Reevaluate && one.Open() {
				return fail("已有未办结的重新评审指令", "there is an open instruction to evaluate it anew")
			}
		}
	}
	switch {
	case kind == ResumeTrade && !paused:
		return fail("没有需要恢复的暂停", "nothing is paused that could be resumed")
	case kind == Pause && paused:
		return fail("已在暂停之中", "it is paused already")
	}
	return nil
}
