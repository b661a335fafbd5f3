package province

import (
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// A Sending is one record on its way from its system, at the time it is sent
// or, in a history, was sent.
type Sending struct {
	System int // index in Systems
	At     time.Time
	Record standard.Record
}

// Options say what a province lives through.
type Options struct {
	Seed    int64
	Dockets int       // how many transactions it has had until Now
	Months  int       // in how many months before Now they were announced; 0: 24
	Now     time.Time // when history ends
}

// A Province is a simulated province. The same options give the same records
// and the same truth, byte for byte. It may be used by several goroutines.
type Province struct {
	Options
	Systems []System
	market  *market
	days    int
	ringed  []twist // cases over many dockets, one a docket
}

// LeastMonths is the shortest history that a province can have: planted cases
// take their time to show.
const LeastMonths = 8

// New makes a province.
func New(o Options) *Province {
	if o.Months == 0 {
		o.Months = 24
	}
	o.Months = max(o.Months, LeastMonths)
	p := &Province{Options: o, Systems: Systems(o.Seed), market: newMarket(o.Seed), days: o.Months * 30}
	p.ringed = p.ringTwists()
	return p
}

// A File is all that one transaction's systems send in its life, in the order
// in which it is sent, also what lies after Now.
type File struct {
	Docket   string // its code
	Class    trade.Class
	Begun    time.Time // day of its notice
	Sendings []Sending
	Rubbish  []Sending // what its system sends besides and the door refuses
	Papers   []Paper   // what its records name, all from before Now
	Truth    []Case
}

// Until returns the part of a file that has been sent by a time.
func (f *File) Until(at time.Time) []Sending {
	return until(f.Sendings, at)
}

func until(list []Sending, at time.Time) []Sending {
	return slices.DeleteFunc(slices.Clone(list), func(s Sending) bool { return s.At.After(at) })
}

// Window gives the window of time whose events a system may bring in as
// history. The one that falls silent was granted less: what it kept back comes late.
func (p *Province) Window(system int) (from, to time.Time) {
	from, to = p.Now.AddDate(0, -p.Months-8, 0), p.Now.Add(-time.Hour)
	if system == p.silent() {
		to = p.Now.Add(-SilentFor)
	}
	return from, to
}

// SilentFor is how long before Now one system fell silent.
const SilentFor = 5 * 24 * time.Hour

// silent is the system that sends nothing for days and then all at once.
func (p *Province) silent() int { return min(12, len(p.Systems)-1) }

// random gives the source of chance of one thing: each docket has its own, so
// that it does not depend on what was made before it.
func (p *Province) random(n int, purpose uint64) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(p.Seed)^purpose, uint64(n)*0x9e3779b97f4a7c15+1))
}

// begun is the day on which docket i is announced: a working day.
func (p *Province) begun(i int) time.Time {
	r := p.random(i, 0x626567756e)
	age := 1 + r.IntN(p.days-1)
	if tw := p.twistOf(i); tw != nil && tw.age > 0 {
		age = tw.age
	} else if tw != nil { // old enough for the case to show
		age = 150 + r.IntN(max(1, p.days-160))
	}
	day := open(p.Now, -age, 9, 0)
	if day.After(p.Now) {
		day = worked(p.Now, -1, 9, 0)
	}
	return day
}

// History yields the files of all dockets, the youngest first.
func (p *Province) History() iter.Seq[File] {
	order := make([]int, p.Dockets)
	days := make([]time.Time, p.Dockets)
	for i := range order {
		order[i], days[i] = i, p.begun(i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return days[b].Compare(days[a]) })
	return func(yield func(File) bool) {
		for _, i := range order {
			if !yield(p.Docket(i)) {
				return
			}
		}
	}
}

// Docket makes the whole life of the i-th docket.
func (p *Province) Docket(i int) File { return p.tell(i, p.begun(i), p.twistOf(i)) }

// Generate makes the records of n dockets up to now, in the order in which
// they are sent, without registers and rubbish, and the list of planted cases.
// It is a pure function of its arguments.
func Generate(seed int64, n int, now time.Time) ([]Sending, []Case) {
	p := New(Options{Seed: seed, Dockets: n, Now: now})
	var out []Sending
	var truth []Case
	for i := range n {
		f := p.Docket(i)
		out = append(out, f.Until(now)...)
		truth = append(truth, f.Truth...)
	}
	slices.SortStableFunc(out, func(a, b Sending) int { return a.At.Compare(b.At) })
	return out, truth
}
