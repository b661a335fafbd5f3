package detect

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/learn/score"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// Grades of a finding.
const (
	Fact = "fact" // 事实级: dates and numbers
	Clue = "clue" // 线索级: deserves a look
)

// Sealed is the Reason of a finding that waits for a lot to be opened: the
// release wakes it.
const Sealed = "sealed"

// Info describes an indicator.
type Info struct {
	ID       string   `json:"id"`
	Version  int      `json:"version"` // of its meaning: a new version ends old dismissals
	ZH       string   `json:"zh"`
	EN       string   `json:"en"`
	Grade    string   `json:"grade"` // Fact or Clue
	Article  string   `json:"article,omitempty"`
	Datasets []string `json:"datasets"` // that it reads
}

// A Rule is one indicator: a pure function of a docket and its surroundings.
type Rule interface {
	// Info describes the indicator; it is always the same.
	Info() Info
	// Look answers for each lot, or each group of subjects, of the docket: at
	// least one finding, in a fixed order. It depends on nothing but its arguments.
	Look(d *docket.Docket, env Env) []Finding
}

// Env is what an indicator may know besides the docket.
type Env struct {
	At       time.Time       // now
	Calendar *trade.Calendar // nil: the embedded one
	Settings *Settings       // nil: DefaultSettings
	Peers    *Edition        // nil: no comparison with others
	// Bodies gives what the registers say of a body by its code; nil: not known.
	// It must answer the same as long as Evaluate runs.
	Bodies func(code string) *docket.BodyFile

	// Terse leaves out what nobody reads of an answer that is not a finding: one
	// that neither fired nor failed has then no key, sentences and digest, and may have less evidence.
	Terse bool
	// Likeness gives what the files of a lot's opened bids have in common, nil while
	// that is not known; nil itself: files are not compared.
	Likeness func(docket, lot string) (*Likeness, error)
	// Learned is the newest edition of the score learnt from decisions; nil: none.
	Learned *score.Edition

	// Silent says since when the source that owns a platform code has sent nothing,
	// and whether that is so long that what lacks says nothing; nil: none is silent.
	Silent func(origin string) (since time.Time, silent bool)

	steps func() []timeline.Step // of the docket that is looked at, made once for all indicators
}

func (e Env) filled() Env {
	if e.Calendar == nil {
		e.Calendar = trade.China()
	}
	if e.Settings == nil {
		e.Settings = DefaultSettings()
	}
	return e
}

// of adds what the indicators share about one docket.
func (e Env) of(d *docket.Docket) Env {
	if e.steps == nil {
		e.steps = sync.OnceValue(func() []timeline.Step { return e.Settings.Table().Steps(d, e.At, e.Calendar) })
	}
	return e
}

// Rules returns all indicators, by id. The slice is the caller's.
func Rules() []Rule { return slices.Clone(rules()) }

// rules are made once: an indicator holds nothing but what it is.
var rules = sync.OnceValue(func() []Rule {
	return []Rule{
		newA01(), newA02(), newA03(), newA04(),
		a05{},
		a06{},
		newA07(), newA08(), newA09(),
		a10{},
		newA11(), newA12(), newA13(), newA14(), newA15(), newA16(), newA17(), newA18(),
		newB02(), newB03(), newB04(), newB06(), newB07(), newB08(),
		newC01(), newC02(), newC03(), newC04(),
		newD01(), newD02(), newD03(), newD04(), newD05(), newD06(), newD07(), newD08(), newD09(), newD10(), newD11(), newD12(),
		newE01(), newE02(), newE03(), newE04(),
		f01{},
		newF02(),
		f03{},
		f04{},
		f05{},
		f06{},
		f07{},
		newG01(), newG02(), newG03(), newG04(), newG07(), newG08(), newG09(),
		newH01(), newH02(), newH03(), newH05(), newH06(), newH07(), newH08(),
		newI01(), newI02(), newI03(), newI04(), newI05(), newI06(), newI07(), newI08(), newI09(), newI10(), newI11(),
		newJ01(), newJ02(), newJ03(), newJ04(), newJ05(), newJ06(), newJ07(), newJ08(),
		k01{},
		k02{},
		newK03(),
		k04{},
		newK05(),
		k06{},
		k07{},
		k09{},
	}
})

// Evaluate asks all indicators about a docket: findings in the order of Rules,
// then lot, then subjects. The same arguments give the same findings. An
// indicator that breaks down answers Failed and does not harm the others.
func Evaluate(d *docket.Docket, env Env) []Finding {
	own := *d
	own.Index = nil
	d = own.Indexed()
	d.Index.Terse = env.Terse
	env = env.filled().of(d)
	rules := rules()
	all := make([]Finding, 0, len(rules)*len(timeline.Lots(d))+len(rules)/2)
	for _, r := range rules {
		all = append(all, ask(r, d, env)...)
	}
	return all
}

func ask(r Rule, d *docket.Docket, env Env) (fs []Finding) {
	defer func() {
		if p := recover(); p != nil {
			// The value is left out: it could carry what a record says.
			fs = []Finding{broken(r.Info(), d, fmt.Sprintf("%T", p))}
		}
	}()
	fs = r.Look(d, env)
	if len(fs) > 1 {
		slices.SortStableFunc(fs, func(a, b Finding) int { return strings.Compare(a.Lot, b.Lot) })
	}
	return fs
}

func broken(info Info, d *docket.Docket, what string) Finding {
	l := start(info, d, "", unset)
	l.f.State, l.f.Reason = Failed, "the indicator broke down: "+what
	l.f.TextZH, l.f.TextEN = "指标“"+info.ZH+"”计算失败，请告知平台维护人员", "The indicator failed; tell those who maintain the platform"
	return l.done()
}

// Again returns the earliest moment at which one of the findings may change
// though nothing arrives; zero when none does.
func Again(fs []Finding) time.Time {
	var next time.Time
	for _, f := range fs {
		if !f.Again.IsZero() && (next.IsZero() || f.Again.Before(next)) {
			next = f.Again
		}
	}
	return next
}
