package exchange

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mingjing/internal/standard"
)

// wire is a record as it is sent.
type wire struct {
	Origin   string            `json:"origin,omitempty"`
	Dataset  string            `json:"dataset"`
	Op       string            `json:"op"`
	Key      string            `json:"key"`
	Revision string            `json:"revision"`
	Occurred string            `json:"occurred,omitempty"`
	Fields   map[string]string `json:"fields"`
}

// mutated draws a record of any data set, spoiled in up to four places, and
// sometimes broken as text.
func mutated(t *rapid.T, numbers []string) []byte {
	r := standard.Example(rapid.SampledFrom(numbers).Draw(t, "dataset"))
	w := wire{Dataset: r.Dataset, Op: string(r.Op), Key: r.Key, Revision: r.Revision, Occurred: r.Occurred, Fields: r.Fields}
	names := slices.Sorted(maps.Keys(w.Fields))
	word := rapid.OneOf(rapid.SampledFrom([]string{"", "0", "-1", "20180230", "20991231235959", "E41", "\x00", "�", "110101199003074258", "ＡＢ"}), rapid.String())
	for range rapid.IntRange(0, 4).Draw(t, "spoils") {
		switch rapid.IntRange(0, 9).Draw(t, "where") {
		case 0:
			w.Key = word.Draw(t, "key")
		case 1:
			w.Revision = word.Draw(t, "revision")
		case 2:
			w.Op = rapid.SampledFrom([]string{"update", "delete", "", "DELETE"}).Draw(t, "op")
		case 3:
			w.Occurred = word.Draw(t, "occurred")
		case 4:
			w.Origin = rapid.SampledFrom([]string{platform, "11410000MB1A00002X"}).Draw(t, "origin")
		case 5:
			w.Dataset = rapid.SampledFrom([]string{"999", "release", "503", ""}).Draw(t, "number")
		case 6:
			w.Fields[word.Draw(t, "name")] = word.Draw(t, "unknown")
		case 7:
			delete(w.Fields, rapid.SampledFrom(names).Draw(t, "dropped"))
		default:
			w.Fields[rapid.SampledFrom(names).Draw(t, "field")] = word.Draw(t, "value")
		}
	}
	text, err := json.Marshal(w)
	if err != nil {
		return []byte(`{"dataset":"503"`) // a name that is no UTF-8: send broken text instead
	}
	if rapid.IntRange(0, 9).Draw(t, "break") == 0 && len(text) > 2 {
		text = text[:rapid.IntRange(1, len(text)-1).Draw(t, "cut")]
	}
	return text
}

func catalogueNumbers() []string {
	var out []string
	for _, d := range standard.Default().Datasets() {
		out = append(out, d.No)
	}
	return out
}

// TestValidateAgreesWithIntake: over mutated records the dry run and the intake
// find the same problems, run the same rules and come to the same answer; the
// dry run leaves no trace, and names all rules that ran.
func TestValidateAgreesWithIntake(t *testing.T) {
	f := newFixture(t)
	src := f.source()
	src.HistoryWindow = &HistoryWindow{From: testNow.AddDate(-20, 0, 0), To: testNow.AddDate(-1, 0, 0), GrantedUntil: testNow.AddDate(1, 0, 0)}
	numbers := catalogueNumbers()
	rapid.Check(t, func(t *rapid.T) {
		var lines [][]byte
		lines = append(lines, []byte(`{"platform":"`+platform+`"}`))
		for range rapid.IntRange(1, 4).Draw(t, "records") {
			lines = append(lines, mutated(t, numbers))
		}
		batch, err := standard.DecodeNDJSON(bytes.Join(lines, []byte("\n")))
		if err != nil {
			t.Skip("no batch")
		}
		ledger := &memoryLedger{seen: map[string]int64{}}
		quarantine := &memoryQuarantine{kept: map[string]Quarantined{}}
		catalogue := &recorder{Catalogue: standard.Default()}
		in := &Intake{Catalogue: catalogue, Ledger: ledger, Quarantine: quarantine, Clock: func() time.Time { return testNow }}
		ctx := context.Background()

		dry, err := in.Take(ctx, &src, batch, nil, true)
		if err != nil {
			t.Fatal(err)
		}
		if len(ledger.rows) != 0 || len(quarantine.kept) != 0 {
			t.Fatal("the dry run left a trace")
		}
		ranDry := catalogue.ran
		catalogue.ran = nil
		real, err := in.Take(ctx, &src, batch, nil, false)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(ranDry, catalogue.ran); d != "" {
			t.Fatalf("rules that ran, dry (-) and real (+):\n%s", d)
		}
		accepted := 0
		for i := range real {
			a, b := dry[i], real[i]
			ran := []string{"S001"} // of what could not be read as a record
			if batch.Items[i].Problem == nil {
				ran, ranDry = ranDry[0], ranDry[1:]
			}
			if !slices.Equal(a.Ran, ran) {
				t.Fatalf("record %d: the dry run names %v, there ran %v", i, a.Ran, ran)
			}
			if (b.Status == Refused) == (b.Receipt != nil) {
				t.Fatalf("record %d: %s with receipt %v", i, b.Status, b.Receipt)
			}
			if b.Status == Accepted {
				accepted++
			}
			if b.Status == Duplicate { // not looked up in a dry run
				b.Status = Accepted
			}
			a.Ran, b.Receipt = nil, nil
			if d := cmp.Diff(a, b); d != "" {
				t.Fatalf("record %d, dry (-) and real (+):\n%s", i, d)
			}
		}
		if accepted != len(ledger.rows) {
			t.Fatalf("%d accepted, %d in the ledger", accepted, len(ledger.rows))
		}
	})
}

// recorder notes which rules ran for each record that could be read.
type recorder struct {
	*standard.Catalogue
	ran [][]string
}

func (r *recorder) Check(rec *standard.Record, ctx standard.CheckContext) standard.Report {
	out := r.Catalogue.Check(rec, ctx)
	r.ran = append(r.ran, out.Ran)
	return out
}

// TestSealedValuesNeverComeBack plants a secret in every sealed field of every
// data set, wrong in all ways at once, and looks for it in answers and logs.
func TestSealedValuesNeverComeBack(t *testing.T) {
	f := newFixture(t)
	planted := 0
	for _, d := range standard.Default().Datasets() {
		for i := range d.Fields {
			field := &d.Fields[i]
			if field.Seal == standard.Open {
				continue
			}
			secret := fmt.Sprintf("甲-SECRET-%s-%d", d.No, i)
			if field.Format.Fixed > 0 || field.Format.Max > 0 {
				secret = "SECRET"
			}
			r := standard.Example(d.No)
			r.Fields[field.Name] = secret
			r.Fields["NO_SUCH_FIELD"] = "x"
			w := wire{Dataset: d.No, Op: "insert", Key: r.Key, Revision: r.Revision, Fields: r.Fields}
			if d.Seal != standard.Open {
				w.Key, w.Occurred = "SECRET-KEY", "SECRET-TIME"
			}
			text, err := json.Marshal(w)
			if err != nil {
				t.Fatal(err)
			}
			for _, record := range []string{string(text), strings.Replace(string(text), `"op":"insert"`, `"op":"SECRET"`, 1), strings.Replace(string(text), `"fields":{`, `"fields":{"A":[],`, 1)} {
				for _, path := range []string{batches, validate} {
					got := f.send(path, typeJSON, `{"platform":"`+platform+`","records":[`+record+`]}`)
					if strings.Contains(got.text, "SECRET") {
						t.Fatalf("%s of data set %s: %s answers %s", field.Name, d.No, path, got.text)
					}
				}
			}
			planted++
		}
	}
	if planted < 50 {
		t.Errorf("only %d secrets planted", planted)
	}
	if strings.Contains(f.log.String(), "SECRET") {
		t.Error("a secret is in the log")
	}
	f.now = f.now.Add(time.Second)
	if got := f.send(batches, typeJSON, `{"platform":"SECRET","SECRET":[`); strings.Contains(got.text, "SECRET") || got.status != 400 {
		t.Errorf("a batch that cannot be read: %d %s", got.status, got.text)
	}
}
