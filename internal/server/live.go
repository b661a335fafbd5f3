package server

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/feed"
	"mingjing/internal/store"
)

// Bounds of the live stream.
const (
	liveEvery    = 300 * time.Millisecond // how often the store is asked, once for all streams
	livePage     = 200                    // notes read at once
	liveKept     = 4096                   // events kept for the streams of one scope; who is further behind reads the store
	liveLooks    = 4                      // scopes that read the store at once
	livePublic   = 128                    // streams of the public
	liveOthers   = 512                    // streams of readers with a name
	livePerName  = 12                     // streams of one reader
	liveAtOnce   = 256                    // events written between two looks at whether the stream must end
	countEvery   = 2 * time.Second        // how often counters move, at the most
	heartEvery   = 15 * time.Second       //
	writeTimeout = 10 * time.Second       // for one piece of a stream
	liveLife     = time.Hour              // then the client comes again, and is looked at anew
)

// Warning says that a finding is new or has changed.
type Warning struct {
	Key       string       `json:"key"`
	Docket    string       `json:"docket"`
	Lot       string       `json:"lot,omitempty"`
	Indicator string       `json:"indicator"`
	State     detect.State `json:"state"`
	Grade     string       `json:"grade"`
	ZH        string       `json:"zh" doc:"One sentence, as a clue"`
	EN        string       `json:"en"`
	Class     string       `json:"class"`
	Title     string       `json:"title,omitempty"`
	Region    string       `json:"region,omitempty"`
	At        time.Time    `json:"at" doc:"When it was found first"`
	Dismissed bool         `json:"dismissed,omitzero" doc:"By a person, on the evidence it has now"`
	Acted     bool         `json:"acted,omitzero" doc:"The finding is as it was: somebody acted upon it"`
}

// Tally says how many records and warnings came since the tally before.
type Tally struct {
	Records  int64     `json:"records"`
	Warnings int64     `json:"warnings"`
	At       time.Time `json:"at"`
}

// A liveEvent is one thing that readers of one scope see.
type liveEvent struct {
	kind                  string // record, warning
	place                 feed.Place
	seq                   int64 // of findings; of an event only one of the two has moved
	class, region, docket string
	counts                bool // a row or finding came or changed
	data                  []byte
}

// A mark is how far somebody has come in the two orders.
type mark struct{ place, seq int64 }

// A hub looks once for all streams whether something came, and reads it once
// for all readers who see the same.
type hub struct {
	s     *Server
	looks chan struct{}
	count time.Duration // between two tallies of a stream

	mu     sync.Mutex
	tails  map[string]*tail
	names  map[string]int // streams by reader
	public int
	others int
	end    context.CancelFunc
}

// A tail is what came last for the readers of one scope.
type tail struct {
	hub    *hub
	reader disclose.Reader
	wake   chan struct{}

	users int // guarded by hub.mu
	end   context.CancelFunc

	mu      sync.Mutex
	low     mark // before events
	high    mark // behind all of them
	events  []liveEvent
	changed chan struct{}
}

func newHub(s *Server) *hub {
	return &hub{s: s, looks: make(chan struct{}, liveLooks), count: countEvery, tails: map[string]*tail{}, names: map[string]int{}}
}

// enter takes a place among the streams; false when there is none.
func (h *hub) enter(r disclose.Reader) (leave func(), ok bool) {
	public := r.Audience == disclose.Public || r.Audience == ""
	name := string(r.Audience) + "\x00" + r.ID
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case public && h.public >= livePublic, !public && (h.others >= liveOthers || h.names[name] >= livePerName):
		return nil, false
	case public:
		h.public++
	default:
		h.others++
		h.names[name]++
	}
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if public {
			h.public--
			return
		}
		h.others--
		if h.names[name]--; h.names[name] == 0 {
			delete(h.names, name)
		}
	}, true
}

// join gives the tail of a reader's scope, which begins at now at the latest.
func (h *hub) join(ctx context.Context, r disclose.Reader) (t *tail, now mark, leave func(), err error) {
	if now, err = h.head(ctx); err != nil {
		return nil, now, nil, err
	}
	scope := feed.Scope(r)
	h.mu.Lock()
	defer h.mu.Unlock()
	if t = h.tails[scope]; t == nil {
		own, end := context.WithCancel(context.Background())
		t = &tail{hub: h, reader: r, wake: make(chan struct{}, 1), end: end, low: now, high: now, changed: make(chan struct{})}
		h.tails[scope] = t
		go t.run(own)
		if len(h.tails) == 1 {
			look, stop := context.WithCancel(context.Background())
			h.end = stop
			go h.look(look, now)
		}
	}
	t.users++
	return t, now, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if t.users--; t.users > 0 {
			return
		}
		t.end()
		delete(h.tails, scope)
		if len(h.tails) == 0 {
			h.end()
		}
	}, nil
}

func (h *hub) head(ctx context.Context) (mark, error) {
	place, err := h.s.cfg.Feed.Head(ctx)
	if err != nil {
		return mark{}, err
	}
	seq, err := h.s.cfg.Store.FindingHead(ctx)
	return mark{place, seq}, err
}

// look wakes all tails when something came for anybody.
func (h *hub) look(ctx context.Context, last mark) {
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now, err := h.head(ctx)
		if err != nil || now == last { // a store that does not answer is asked again
			continue
		}
		last = now
		h.mu.Lock()
		for _, t := range h.tails {
			select {
			case t.wake <- struct{}{}:
			default:
			}
		}
		h.mu.Unlock()
	}
}

// run reads on whenever something came. It rests as long as it has read, so
// that the readers of one scope never take more than half of one processor.
func (t *tail) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.wake:
		}
		for more := true; more; {
			t.mu.Lock()
			from := t.high
			t.mu.Unlock()
			began := time.Now()
			events, next, again, err := t.hub.page(ctx, t.reader, from)
			if err != nil {
				if ctx.Err() == nil {
					t.hub.s.cfg.Log.ErrorContext(ctx, "stream", "error", err)
				}
			} else {
				t.add(events, next)
			}
			more = again || err != nil // what failed is tried again though nothing more comes
			rest := time.Since(began)
			if err != nil {
				rest = max(rest, time.Second)
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(rest):
			}
		}
	}
}

func (t *tail) add(events []liveEvent, next mark) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.high = next
	if len(events) == 0 {
		return
	}
	t.events = append(t.events, events...)
	if over := len(t.events) - liveKept; over > 0 {
		last := t.events[over-1]
		t.low = mark{last.place, last.seq}
		t.events = slices.Clone(t.events[over:])
	}
	close(t.changed)
	t.changed = make(chan struct{})
}

// from gives what follows a mark, up to limit events, and the mark behind them;
// ok is false when that is no longer here.
func (t *tail) from(m mark, limit int) (events []liveEvent, next mark, changed <-chan struct{}, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if m.place < t.low.place || m.seq < t.low.seq {
		return nil, m, nil, false
	}
	first, _ := slices.BinarySearchFunc(t.events, m, func(e liveEvent, m mark) int {
		if e.place > m.place || e.seq > m.seq {
			return 1
		}
		return -1
	})
	for _, e := range t.events[first:] {
		if len(events) == limit {
			return events, m, t.changed, true
		}
		// Who came from the store may be further in one order than in the other.
		if e.kind == "record" && e.place > m.place || e.kind == "warning" && e.seq > m.seq {
			events = append(events, e)
		}
		m = mark{max(m.place, e.place), max(m.seq, e.seq)}
	}
	return events, mark{max(m.place, t.high.place), max(m.seq, t.high.seq)}, t.changed, true
}

// page reads what follows a mark from the store.
func (h *hub) page(ctx context.Context, r disclose.Reader, from mark) (events []liveEvent, next mark, more bool, err error) {
	select {
	case h.looks <- struct{}{}:
		defer func() { <-h.looks }()
	case <-ctx.Done():
		return nil, from, false, ctx.Err()
	}
	notes, place, moreNotes, err := h.s.cfg.Feed.Notes(ctx, r, from.place, livePage)
	if err != nil {
		return nil, from, false, err
	}
	next = from
	for i := range notes {
		n := &notes[i]
		data, err := json.Marshal(n)
		if err != nil {
			return nil, from, false, err
		}
		events = append(events, liveEvent{"record", n.Place, next.seq, n.Class, n.Region, n.Docket, !n.Begin && !n.Gone, data})
	}
	next.place = place
	warnings, seq, moreWarnings, err := h.warnings(ctx, r, from.seq)
	if err != nil {
		return nil, from, false, err
	}
	for i := range warnings {
		w := &warnings[i]
		data, err := json.Marshal(&w.Warning)
		if err != nil {
			return nil, from, false, err
		}
		events = append(events, liveEvent{"warning", next.place, w.seq, w.Class, w.Region, w.Docket, !w.Acted, data})
	}
	next.seq = seq
	return events, next, moreNotes || moreWarnings, nil
}

type seenWarning struct {
	Warning
	seq int64
}

// warnings reads what findings came after a seq, as far as the reader sees them.
func (h *hub) warnings(ctx context.Context, r disclose.Reader, after int64) (out []seenWarning, next int64, more bool, err error) {
	head, err := h.s.cfg.Store.FindingHead(ctx) // before the findings: all up to it is there when they are read
	if err != nil || head <= after {
		return nil, after, false, err
	}
	if r.Audience != disclose.Supervisor && r.Audience != disclose.Auditor {
		return nil, head, false, nil // as in findings
	}
	rows, err := h.s.cfg.Store.Findings(ctx, store.FindingFilter{Oldest: true, After: after, Limit: livePage})
	if err != nil {
		return nil, after, false, err
	}
	cases, err := h.s.cfg.Store.CasesAfter(ctx, after, livePage)
	if err != nil {
		return nil, after, false, err
	}
	next = head
	if n := len(rows); n == livePage { // of both no more than what was read of each
		next, more = rows[n-1].Seq, true
	} else if n > 0 {
		next = max(next, rows[n-1].Seq)
	}
	if n := len(cases); n == livePage && (!more || cases[n-1].Seq < next) {
		next, more = cases[n-1].Seq, true
	} // one beyond next comes in its turn: a finding before it may not have been read
	dockets := map[string]*docket.Docket{}
	see := func(row *store.FindingRow, seq int64, acted bool) error {
		if row == nil || seq > next {
			return nil
		}
		item, err := h.s.finding(ctx, r, row, "", dockets)
		if err != nil || item == nil {
			return err
		}
		v := disclose.View(dockets[row.Docket], r, h.s.cfg.Clock())
		if v == nil {
			return nil
		}
		out = append(out, seenWarning{Warning{
			Key: item.Key, Docket: item.Docket, Lot: item.Lot, Indicator: item.Indicator, State: item.State, Grade: item.Grade,
			ZH: item.TextZH, EN: item.TextEN, Class: v.Class, Title: v.Title, Region: v.Region, At: item.At, Dismissed: row.Dismissed, Acted: acted,
		}, seq})
		return nil
	}
	for i := range rows {
		if err := see(&rows[i], rows[i].Seq, false); err != nil {
			return nil, after, false, err
		}
	}
	for i := range cases {
		row, err := h.s.cfg.Store.Finding(ctx, cases[i].Docket, cases[i].Key)
		if err == nil {
			err = see(row, cases[i].Seq, true)
		}
		if err != nil {
			return nil, after, false, err
		}
	}
	slices.SortFunc(out, func(a, b seenWarning) int { return cmp.Compare(a.seq, b.seq) })
	return out, next, more, nil
}

// A follower is one stream: where it is and what it asks for.
type follower struct {
	hub    *hub
	tail   *tail
	reader disclose.Reader
	kinds  []string
	region string
	class  string
	docket string
	until  *mark // nil: without end

	at                mark
	records, warnings int64 // not told yet
}

// id is what the client gives back to go on from here.
func (f *follower) id() string {
	return f.hub.s.cfg.Feed.Seal(f.reader, f.at.place, f.at.seq, f.records, f.warnings)
}

// resume goes on from an id; false when it is none of this reader's, as after a
// change of rights: then it goes on from now.
func (f *follower) resume(id string) bool {
	switch id {
	case "":
	case "begin":
		return true
	default:
		if n, err := f.hub.s.cfg.Feed.Open(f.reader, id, 4); err == nil {
			f.at, f.records, f.warnings = mark{n[0], n[1]}, n[2], n[3]
			return true
		}
	}
	f.tail.mu.Lock()
	defer f.tail.mu.Unlock()
	f.at = f.tail.high
	return id == ""
}

// read gives what comes next with the mark behind it, and what is closed when
// more comes; changed is nil when more may be there already.
func (f *follower) read(ctx context.Context) (events []liveEvent, next mark, changed <-chan struct{}, err error) {
	events, next, changed, ok := f.tail.from(f.at, liveAtOnce)
	if ok {
		if len(events) == liveAtOnce {
			changed = nil
		}
		return events, next, changed, nil
	}
	events, next, _, err = f.hub.page(ctx, f.reader, f.at)
	return events, next, nil, err
}

// past goes on behind a mark.
func (f *follower) past(m mark) { f.at = mark{max(f.at.place, m.place), max(f.at.seq, m.seq)} }

// take goes on behind an event, and reports whether it is to be told.
func (f *follower) take(e *liveEvent) bool {
	f.past(mark{e.place, e.seq})
	if !f.wants(e) {
		return false
	}
	switch {
	case !e.counts:
	case e.kind == "warning":
		f.warnings++
	default:
		f.records++
	}
	return f.asks(e.kind)
}

// wants reports whether an event is what was asked for.
func (f *follower) wants(e *liveEvent) bool {
	return (f.class == "" || e.class == f.class) && (f.docket == "" || e.docket == f.docket) && f.hub.s.lies(e.region, f.region)
}

func (f *follower) asks(kind string) bool { return len(f.kinds) == 0 || slices.Contains(f.kinds, kind) }

// tally is what came since the last one; nil when nothing did.
func (f *follower) tally(at time.Time) *Tally {
	if cmp.Or(f.records, f.warnings) == 0 {
		return nil
	}
	t := &Tally{f.records, f.warnings, at}
	f.records, f.warnings = 0, 0
	return t
}

// appendEvent writes one event as text/event-stream has it. data is one line.
func appendEvent(b []byte, id, kind string, data []byte) []byte {
	b = append(b, "id: "...)
	b = append(b, id...)
	if kind != "" {
		b = append(b, "\nevent: "...)
		b = append(b, kind...)
		b = append(b, "\ndata: "...)
		b = append(b, data...)
	}
	return append(b, "\n\n"...)
}

func retryLine(d time.Duration) []byte {
	return []byte("retry: " + strconv.FormatInt(d.Milliseconds(), 10) + "\n\n")
}
