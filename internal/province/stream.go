package province

import (
	"container/heap"
	"context"
	"time"
)

// Truth lists the planted cases of all dockets, by the dockets' numbers. It
// makes only those dockets that can have one.
func (p *Province) Truth() []Case {
	out := []Case{}
	for i := range p.Dockets {
		if p.twistOf(i) != nil || p.systemOf(i) == p.silent() && p.begun(i).After(p.Now.Add(-longest)) {
			f := p.Docket(i)
			out = append(out, f.Truth...)
		}
	}
	return out
}

// longest is longer than any life is after its notice.
const longest = 400 * 24 * time.Hour

// further is the number of the first docket that is not of the history.
const further = 1_000_000

// Next makes a docket that comes to life after the history, chosen so that one
// of its moments is the given one: what it sent before is history, the rest is
// before it.
func (p *Province) Next(n int, at time.Time) File {
	i := further + n
	f := p.tell(i, open(at, -40, 9, 0), nil)
	first, last := f.Sendings[0].At, f.Sendings[len(f.Sendings)-1].At
	age := time.Duration(p.random(i, 0x616765).Float64() * float64(last.Sub(first)))
	f = p.tell(i, open(at, -int((age-f.Begun.Sub(first))/(24*time.Hour)), 9, 0), nil)
	f.Truth = nil
	return f
}

// Live lets the province live on from the end of its history: send is called
// with the records of each moment, in order, when that moment has come; pace is
// how many further dockets come to life a day. It ends when ctx does, or when
// send fails, with that error.
func (p *Province) Live(ctx context.Context, pace int, clock func() time.Time, send func([]Sending) error) error {
	var due agenda
	add := func(f File, after time.Time) []Sending {
		for _, s := range f.Sendings {
			if s.At.After(after) {
				heap.Push(&due, s)
			}
		}
		return f.Until(after)
	}
	for i := range p.Dockets {
		if ctx.Err() != nil {
			return nil
		}
		if p.begun(i).After(p.Now.Add(-longest)) {
			f := p.Docket(i)
			add(f, p.Now)
		}
	}
	every := time.Duration(1<<63 - 1)
	if pace > 0 {
		every = 24 * time.Hour / time.Duration(pace)
	}
	next, n := clock().Add(every), 0
	for {
		wait := next.Sub(clock())
		if len(due) > 0 {
			wait = min(wait, due[0].At.Sub(clock()))
		}
		timer := time.NewTimer(max(0, min(wait, time.Minute)))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
		now := clock()
		var list []Sending
		for len(due) > 0 && !due[0].At.After(now) {
			list = append(list, heap.Pop(&due).(Sending)) //nolint:forcetypeassert // an agenda holds nothing else
		}
		if pace > 0 && !now.Before(next) {
			list = append(list, add(p.Next(n, now), now)...)
			next, n = next.Add(every), n+1
		}
		if len(list) == 0 {
			continue
		}
		if err := send(list); err != nil {
			return err
		}
	}
}

// An agenda is a heap of what is to be sent, the earliest first.
type agenda []Sending

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].At.Before(a[j].At) }
func (a agenda) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)        { *a = append(*a, x.(Sending)) } //nolint:forcetypeassert // see Live
func (a *agenda) Pop() any {
	old := *a
	s := old[len(old)-1]
	*a = old[:len(old)-1]
	return s
}
