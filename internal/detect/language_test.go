package detect

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// TestIndicators runs the files testdata/*.test. They are written for auditors
// to read; testdata/README.md describes the language.
func TestIndicators(t *testing.T) {
	files, err := filepath.Glob("testdata/*.test")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test files: %v", err)
	}
	seen := map[string]map[State]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".test"), func(t *testing.T) {
			for _, c := range readCases(t, file) {
				t.Run(c.name, func(t *testing.T) { c.run(t, seen) })
			}
		})
	}
	for _, r := range Rules() { // a file that forgets a state would prove little
		for _, s := range []State{Fired, Clear, InsufficientData, NotApplicable} {
			if id := r.Info().ID; !seen[id][s] && (id != "K09" || s != InsufficientData) {
				t.Errorf("no case expects %s of %s", s, id)
			}
		}
	}
}

// A testCase is one story: records as they came, then moments with what is
// expected of them.
type testCase struct {
	name     string
	versions []docket.Version
	settings string
	peers    []*docket.Docket
	figures  []Figure  // of an edition; nil: none were made
	likeness *Likeness // of each lot
	learned  []Decided // nil: no edition of the learnt score
	silent   time.Time // since when every source says nothing; zero: none is silent
	moments  []moment
}

type moment struct {
	at      time.Time
	expects []*expect
}

type expect struct {
	line                         int
	indicator, lot, state        string
	subjects                     []string
	value, threshold, reason     string
	article, grade, again, says  string
	settings, provisional, count string
	evidence                     []string
}

const tenderCode = "E4101052018A04301001"

func (c *testCase) run(t *testing.T, seen map[string]map[State]bool) {
	settings := DefaultSettings()
	if c.settings != "" {
		more, err := ReadSettings([]byte("settings:\n" + c.settings))
		if err != nil {
			t.Fatal(err)
		}
		settings = settings.With(more)
	}
	d := docket.Fold(tenderCode, c.versions)
	if len(c.moments) == 0 {
		t.Fatal("the case expects nothing")
	}
	for _, m := range c.moments {
		env := Env{At: m.at, Settings: settings, Likeness: func(string, string) (*Likeness, error) { return c.likeness, nil }}
		if since := c.silent; !since.IsZero() {
			env.Silent = func(string) (time.Time, bool) { return since, true }
		}
		if c.peers != nil {
			ed := MakeEdition(c.peers, 1, m.at)
			env.Peers = &ed
		}
		if c.learned != nil {
			ed, err := Learn(c.learned, settings, m.at)
			if err != nil {
				t.Fatal(err)
			}
			env.Learned = &ed
		}
		if c.figures != nil {
			if env.Peers == nil {
				env.Peers = &Edition{ID: "7-test", At: m.at}
			}
			env.Peers.Figures = &Figures{List: c.figures}
		}
		fs := Evaluate(d, env)
		for _, f := range fs {
			if f.State == Failed {
				t.Errorf("%s failed: %s", f.Indicator, f.Reason)
			}
		}
		for _, e := range m.expects {
			e.check(t, m.at, fs, seen)
		}
	}
}

func (e *expect) check(t *testing.T, at time.Time, fs []Finding, seen map[string]map[State]bool) {
	t.Helper()
	var found []Finding
	for _, f := range fs {
		if f.Indicator == e.indicator && f.Lot == e.lot && (len(e.subjects) == 0 || slices.Equal(f.Subjects, e.subjects)) {
			found = append(found, f)
		}
	}
	where := fmt.Sprintf("line %d, at %s: %s %s", e.line, stamp(at), e.indicator, e.lot)
	if e.count != "" {
		if strconv.Itoa(len(found)) != e.count {
			t.Errorf("%s: %d findings, want %s", where, len(found), e.count)
		}
	} else if len(found) != 1 {
		t.Errorf("%s: %d findings, want one; there are: %s", where, len(found), Vector(fs))
		return
	}
	for _, f := range found {
		if seen[f.Indicator] == nil {
			seen[f.Indicator] = map[State]bool{}
		}
		seen[f.Indicator][f.State] = true
		same := func(what, got, want string) {
			if want != "" && got != want {
				t.Errorf("%s: %s is %q, want %q", where, what, got, want)
			}
		}
		same("state", string(f.State), e.state)
		same("value", f.Value, e.value)
		same("threshold", f.Threshold, e.threshold)
		same("reason", f.Reason, e.reason)
		same("article", f.Article, e.article)
		same("grade", f.Grade, e.grade)
		same("settings", f.Settings, e.settings)
		same("provisional", strconv.FormatBool(f.Provisional), e.provisional)
		switch {
		case e.again == "never" && !f.Again.IsZero():
			t.Errorf("%s: wakes at %s, want never", where, stamp(f.Again))
		case e.again != "" && e.again != "never":
			same("again", stamp(f.Again), e.again)
		}
		if e.says != "" && !strings.Contains(f.TextZH, e.says) && !strings.Contains(f.TextEN, e.says) {
			t.Errorf("%s: neither %q nor %q says %q", where, f.TextZH, f.TextEN, e.says)
		}
		if len(e.evidence) > 0 {
			var got []string
			for _, r := range f.Evidence {
				got = append(got, r.Dataset+" "+r.Key+" "+r.Field)
			}
			slices.Sort(got)
			slices.Sort(e.evidence)
			if !slices.Equal(got, e.evidence) {
				t.Errorf("%s: evidence is\n\t%s\nwant\n\t%s", where, strings.Join(got, "\n\t"), strings.Join(e.evidence, "\n\t"))
			}
		}
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.In(trade.Zone).Format(time.DateTime)
}

// A reader of the language. It fails the test at the first line it does not know.
type reader struct {
	t        *testing.T
	file     string
	line     int
	given    []docket.Version // records of the section "given", which begin every case
	cases    []*testCase
	position int64
	version  *docket.Version
	expect   *expect
	settings bool
}

func readCases(t *testing.T, file string) []*testCase {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := &reader{t: t, file: file}
	s := bufio.NewScanner(f)
	for s.Scan() {
		r.line++
		text := strings.TrimRight(s.Text(), " \t")
		if trimmed := strings.TrimSpace(text); trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		r.read(text)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return r.cases
}

func (r *reader) fail(format string, args ...any) {
	r.t.Helper()
	r.t.Fatalf("%s:%d: %s", r.file, r.line, fmt.Sprintf(format, args...))
}

func (r *reader) read(text string) {
	indented := text[0] == ' ' || text[0] == '\t'
	words := strings.Fields(text)
	switch {
	case indented && r.settings:
		c := r.last()
		c.settings += text + "\n"
	case indented && r.expect != nil:
		r.detail(words)
	case indented && r.version != nil:
		r.version.Fields[words[0]] = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), words[0]))
		r.keep(r.version)
	case indented:
		r.fail("nothing to belong to")
	default:
		r.version, r.expect, r.settings = nil, nil, false
		r.statement(words, text)
	}
}

func (r *reader) last() *testCase {
	if len(r.cases) == 0 {
		r.fail("no case has begun")
	}
	return r.cases[len(r.cases)-1]
}

func (r *reader) statement(words []string, text string) {
	switch words[0] {
	case "peers": // N METHOD LOWEST HIGHEST
		n, err := strconv.Atoi(words[1])
		lo, err2 := strconv.ParseFloat(words[3], 64)
		hi, err3 := strconv.ParseFloat(words[4], 64)
		if err != nil || err2 != nil || err3 != nil {
			r.fail("peers N METHOD LOWEST HIGHEST")
		}
		r.last().peers = peersOfPrices(n, words[2], lo, hi)
	case "silent": // DATE TIME
		if len(words) != 3 {
			r.fail("silent DATE TIME")
		}
		r.last().silent = r.time(words[1:3]).Time
	case "learned": // CONFIRMED INNOCENT
		yes, err := strconv.Atoi(words[1])
		no, err2 := strconv.Atoi(words[2])
		if err != nil || err2 != nil {
			r.fail("learned CONFIRMED INNOCENT")
		}
		r.last().learned = decidedOf(yes, no)
	case "given":
	case "case":
		name := strings.TrimSpace(strings.TrimPrefix(text, "case"))
		r.cases = append(r.cases, &testCase{name: name, versions: cloneVersions(r.given)})
	case "record", "update", "delete":
		r.record(words)
	case "release":
		r.release(words)
	case "reveal":
		r.reveal(words)
	case "settings":
		r.settings = true
	case "figures": // an edition has figures, none unless they follow
		r.last().figures = []Figure{}
	case "figure": // JSON of a figure of the edition, an expert by name
		var f Figure
		dec := json.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "figure")))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&f); err != nil {
			r.fail("%v", err)
		}
		if f.Expert != "" {
			f.Expert = expertDigest(f.Expert)
		}
		r.last().figures = append(r.last().figures, f)
	case "likeness": // JSON of what the files of the lot have in common
		c := r.last()
		c.likeness = &Likeness{}
		dec := json.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "likeness")))
		dec.DisallowUnknownFields()
		if err := dec.Decode(c.likeness); err != nil {
			r.fail("%v", err)
		}
	case "at":
		c := r.last()
		c.moments = append(c.moments, moment{at: r.time(words[1:]).Time})
	case "expect":
		c := r.last()
		if len(c.moments) == 0 {
			r.fail("expect comes after at")
		}
		m := &c.moments[len(c.moments)-1]
		r.expect = &expect{line: r.line, indicator: words[1]}
		rest := words[2:]
		if len(rest) > 0 && strings.HasPrefix(rest[0], "lot=") {
			r.expect.lot, rest = strings.TrimPrefix(rest[0], "lot="), rest[1:]
		}
		r.expect.state = strings.Join(rest, " ")
		if !slices.Contains([]State{Fired, Clear, InsufficientData, NotApplicable}, State(r.expect.state)) {
			r.fail("%q is no state", r.expect.state)
		}
		m.expects = append(m.expects, r.expect)
	default:
		r.fail("%q is no statement", words[0])
	}
}

func (r *reader) time(words []string) trade.Moment {
	m, ok := trade.ParseMoment(strings.Join(words, " "))
	if !ok {
		r.fail("%q is no time", strings.Join(words, " "))
	}
	return m
}

// record reads "record 503 N1 [from=P] [history] [received TIME] [occurred TIME]".
func (r *reader) record(words []string) {
	if len(words) < 3 {
		r.fail("want: %s DATASET KEY …", words[0])
	}
	r.position++
	v := docket.Version{Position: r.position, Received: trade.Date(2018, 1, 1).Start(), Source: "demo", Record: standard.Record{
		Origin: "91410100MA00000001", Dataset: words[1], Key: words[2], Op: standard.Insert, Revision: strconv.FormatInt(r.position, 10),
		Fields: map[string]string{"TENDER_PROJECT_CODE": tenderCode},
	}}
	if set := standard.Default().Dataset(words[1]); set != nil && set.Tender != "" {
		v.Fields[set.Tender] = tenderCode
	}
	switch words[0] {
	case "update":
		v.Op = standard.Update
	case "delete":
		v.Op = standard.Delete
	}
	for i := 3; i < len(words); i++ {
		switch w := words[i]; {
		case strings.HasPrefix(w, "from="):
			v.Origin = strings.TrimPrefix(w, "from=")
		case w == "history":
			v.History = true
		case (w == "received" || w == "occurred") && i+2 < len(words):
			m := r.time(words[i+1 : i+3])
			if i += 2; w == "received" {
				v.Received = m.Time
			} else {
				v.Occurred = m.Time.Format(time.RFC3339)
			}
		default:
			r.fail("%q is not understood", w)
		}
	}
	r.version = &v
	r.keep(&v)
}

// release reads "release LOT opened|failed N" with the opening record's key:
// the record that the platform itself writes when it has counted the envelopes.
func (r *reader) release(words []string) {
	if len(words) != 5 {
		r.fail("want: release LOT opened|failed BIDDERS KEY-OF-506")
	}
	n, err := strconv.Atoi(words[3])
	if err != nil {
		r.fail("%q is no number", words[3])
	}
	r.position++
	m := docket.Moment{
		Vault: standard.Vault{Origin: "91410100MA00000001", Tender: tenderCode, Lot: words[1]}, Seal: standard.Bid,
		Basis: docket.Ref{Dataset: "506", Key: words[4]},
	}
	rec := docket.ReleaseRecord(m, docket.Decision{State: words[2], Bidders: n}, trade.Date(2018, 1, 1).Start().Add(time.Duration(r.position)))
	v := docket.Version{Record: rec, Position: r.position, Received: trade.Date(2018, 1, 1).Start(), Source: "mingjing", System: true}
	r.keep(&v)
}

// reveal reads "reveal LOT": the platform's own record that the result is
// determined, and the committee of the lot no secret any more.
func (r *reader) reveal(words []string) {
	if len(words) != 2 {
		r.fail("want: reveal LOT")
	}
	r.position++
	m := docket.Moment{
		Vault: standard.Vault{Origin: "91410100MA00000001", Tender: tenderCode, Lot: words[1]}, Seal: standard.Committee,
		Basis: docket.Ref{Dataset: "513", Key: "W"},
	}
	rec := docket.ReleaseRecord(m, docket.Decision{State: docket.StateOpened}, trade.Date(2018, 1, 1).Start().Add(time.Duration(r.position)))
	r.keep(&docket.Version{Record: rec, Position: r.position, Received: trade.Date(2018, 1, 1).Start(), Source: "mingjing", System: true})
}

// keep puts a version into the case, or into what is given for all; while its
// fields are still being read it replaces itself.
func (r *reader) keep(v *docket.Version) {
	list := &r.given
	if len(r.cases) > 0 {
		list = &r.last().versions
	}
	if n := len(*list); n > 0 && (*list)[n-1].Position == v.Position {
		(*list)[n-1] = *v
		return
	}
	*list = append(*list, *v)
}

func cloneVersions(vs []docket.Version) []docket.Version { return slices.Clone(vs) }

func (r *reader) detail(words []string) {
	e, rest := r.expect, strings.Join(words[1:], " ")
	switch words[0] {
	case "value":
		e.value = rest
	case "threshold":
		e.threshold = rest
	case "reason":
		e.reason = rest
	case "article":
		e.article = rest
	case "grade":
		e.grade = rest
	case "again":
		e.again = rest
	case "says":
		e.says = rest
	case "settings":
		e.settings = rest
	case "provisional":
		e.provisional = rest
	case "findings":
		e.count = rest
	case "subjects":
		e.subjects = words[1:]
	case "evidence":
		e.evidence = append(e.evidence, rest)
	default:
		r.fail("%q is no detail of an expectation", words[0])
	}
}
