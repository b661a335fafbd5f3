package cardinal

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const exampleSettings = "[R003]\nthreshold = 5\n[R018]\n[R024]\nthreshold = 0.05\n[R028]\n[R030]\n[R035]\n[R036]\n[R058]\nthreshold = 0.5\n"

var example = regexp.MustCompile("(?s)### ([^\n]*)\n.*?```json\n(.*?)```\n\n- cardinal: `([^\n]*)`\n- mingjing: `([^\n]*)`\n")

// Each difference from Cardinal is documented with an example, and the example
// is true.
func TestDifferencesAreAsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/analyze-ocds.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := example.FindAllStringSubmatch(string(page), -1)
	if len(examples) != 6 {
		t.Fatalf("found %d examples, want 6", len(examples))
	}
	for _, e := range examples {
		t.Run(e[1], func(t *testing.T) {
			for ours, want := range map[bool]string{false: e[3], true: e[4]} {
				got := answer(t, []byte(e[2]), mustSettings(t, exampleSettings), Options{Ours: ours}, false)
				if d := cmp.Diff(decode(t, []byte(want)), got); d != "" {
					t.Errorf("ours %v: %s", ours, d)
				}
			}
		})
	}
}

func TestMarkOfByteOrder(t *testing.T) {
	line := "\xef\xbb\xbf" + `{"ocid":"a","tender":{"procurementMethod":"open","numberOfTenderers":1}}`
	for ours, want := range map[bool]int{false: 0, true: 1} {
		r, err := Analyze(strings.NewReader(line), Default().All(), Options{Ours: ours})
		if err != nil || r.Flagged(ByProcess, R018) != want {
			t.Errorf("ours %v: %d flagged (%v), want %d", ours, r.Flagged(ByProcess, R018), err, want)
		}
	}
}

// Where there is nothing to differ about, both answers are the same.
func TestOursIsCardinalsOnPlainData(t *testing.T) {
	data := sample(300)
	a, b := answer(t, data, Default().All(), Options{Maps: true}, true), answer(t, data, Default().All(), Options{Maps: true, Ours: true}, true)
	if d := cmp.Diff(a, b); d != "" {
		t.Error(d)
	}
}

// The first price that is compared decides the currency, however many read.
func TestFirstCurrency(t *testing.T) {
	line := func(ocid, currency string) string {
		return `{"ocid":"` + ocid + `","bids":{"details":[{"status":"valid","tenderers":[{"id":"A"}],"value":{"amount":100,"currency":"` + currency + `"}},{"status":"valid","tenderers":[{"id":"B"}],"value":{"amount":101,"currency":"` +
			currency + `"}}]},"awards":[{"status":"active","suppliers":[{"id":"A"}]}]}` + "\n"
	}
	data := strings.Repeat(`{"ocid":"none"}`+"\n", 200) + line("usd", "USD") + strings.Repeat(line("cny", "CNY"), 50)
	got := answer(t, []byte(data), mustSettings(t, "[R024]\nthreshold = 0.05\n"), Options{}, false)
	want := decode(t, []byte(`{"OCID":{"usd":{"R024":0.01}},"Tenderer":{"A":{"R024":0},"B":{"R024":0}}}`))
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Lines of one ocid are one row: flags add up, of numbers the last stands.
func TestTwoLinesOfOneProcess(t *testing.T) {
	bids := func(losers string) string {
		return `"bids":{"details":[{"status":"valid","tenderers":[{"id":"A"}]}` + losers + `]},"awards":[{"status":"active","suppliers":[{"id":"A"}]}]}` + "\n"
	}
	loser := func(id string) string { return `,{"status":"disqualified","tenderers":[{"id":"` + id + `"}]}` }
	data := `{"ocid":"p",` + bids(loser("B")+loser("C")) + `{"ocid":"q"}` + "\n" + `{"ocid":"p","tender":{"procurementMethod":"open","numberOfTenderers":1},` + bids(loser("B"))
	got := answer(t, []byte(data), mustSettings(t, "[R018]\n[R035]\n"), Options{}, false)
	want := decode(t, []byte(`{"OCID":{"p":{"R018":1,"R035":1}},"Tenderer":{"A":{"R035":0}}}`))
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Two prices of zero have no ratio. Cardinal ends there; we go on and tell.
func TestZeroOverZero(t *testing.T) {
	bid := `{"status":"valid","tenderers":[{"id":"%"}],"value":{"amount":0,"currency":"CNY"}}`
	data := `{"ocid":"p","bids":{"details":[` + strings.Replace(bid, "%", "A", 1) + "," + strings.Replace(bid, "%", "B", 1) + `]},"awards":[{"status":"active","suppliers":[{"id":"A"}]}]}`
	r, err := Analyze(strings.NewReader(data), mustSettings(t, "[R024]\n[R058]\n"), Options{})
	if err != nil || r.Undefined != 1 {
		t.Fatalf("%d undefined, %v", r.Undefined, err)
	}
	var out bytes.Buffer
	if err := r.Write(&out, true); err != nil {
		t.Fatal(err)
	}
	if want := `{"Meta":{"R024":{"q1":null,"q3":null,"lower_fence":null},"R058":{"q1":null,"q3":null,"upper_fence":null}}}` + "\n"; out.String() != want {
		t.Errorf("got %s", out.String())
	}
}

// Many bids in one process: equal prices are found without comparing all with
// all, and as among few.
func TestManyBids(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"ocid":"p","bids":{"details":[`)
	for i := range 5000 {
		if i > 0 {
			b.WriteByte(',')
		}
		amount := i + 1
		if i == 4999 {
			amount = 4000
		}
		b.WriteString(`{"status":"valid","tenderers":[{"id":"T` + string(appendNumber(nil, float64(i))) + `"}],"value":{"currency":"CNY","amount":` + string(appendNumber(nil, float64(amount))) + `}}`)
	}
	b.WriteString(`]},"awards":[]}`)
	got := answer(t, []byte(b.String()), mustSettings(t, "[R028]\n"), Options{}, false)
	want := decode(t, []byte(`{"OCID":{"p":{"R028":1}},"Tenderer":{"T3999.0":{"R028":1},"T4999.0":{"R028":1}}}`))
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// A line longer than a chunk is read whole.
func TestLongLine(t *testing.T) {
	data := `{"ocid":"a","x":"` + strings.Repeat("y", 100_000) + `","tender":{"procurementMethod":"open","numberOfTenderers":1}}`
	r, err := Analyze(strings.NewReader(data+"\n"+data), Default().All(), Options{chunk: 16})
	if err != nil || r.Flagged(ByProcess, R018) != 1 || r.Lines != 2 || r.Releases != 2 {
		t.Errorf("%d flagged of %d lines, %v", r.Flagged(ByProcess, R018), r.Lines, err)
	}
}

// A line that is longer than may be is named and left out; the others keep
// their numbers.
func TestTooLongLine(t *testing.T) {
	one := `{"ocid":"%","tender":{"procurementMethod":"open","numberOfTenderers":1}}`
	long := `{"x":"` + strings.Repeat("y", 5000) + `"}`
	for _, end := range []string{"", "\n"} {
		for _, data := range []string{
			strings.Replace(one, "%", "a", 1) + "\n" + long + "\n" + strings.Replace(one, "%", "b", 1) + "\n{\n" + long + end,
			strings.Replace(one, "%", "a", 1) + "\n" + long + "\n" + strings.Replace(one, "%", "b", 1) + "\n{\n" + long + strings.Repeat(" ", 1000) + end,
		} {
			for _, workers := range []int{1, 3} {
				var lines []int
				r, err := Analyze(strings.NewReader(data), Default().All(), Options{
					Workers: workers, chunk: 50, longest: 1000, Warn: func(e *LineError) { lines = append(lines, e.Line) },
				})
				if err != nil || r.Flagged(ByProcess, R018) != 2 || r.Lines != 5 || r.Releases != 2 || !slices.Equal(lines, []int{2, 4, 5}) {
					t.Errorf("%d workers: %d flagged, %d of %d lines, warned of %v, %v", workers, r.Flagged(ByProcess, R018), r.Releases, r.Lines, lines, err)
				}
			}
		}
	}
}
