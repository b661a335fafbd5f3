package cardinal

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func prepared(t testing.TB, lines []byte, ini string) (out, issues string) {
	t.Helper()
	var o, e bytes.Buffer
	if err := Prepare(bytes.NewReader(lines), mustSettings(t, ini), &o, &e, Options{chunk: 100}); err != nil {
		t.Fatal(err)
	}
	return o.String(), e.String()
}

func TestCardinalsPrepareFixtures(t *testing.T) {
	dir := filepath.Join(sharedData(t), "cardinal-fixtures", "prepare")
	files, _ := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if len(files) != 9 {
		t.Fatalf("found %d fixtures, want 9", len(files))
	}
	for _, f := range files {
		stem := strings.TrimSuffix(f, ".jsonl")
		got, _ := prepared(t, readFile(t, f), string(readFile(t, stem+".ini")))
		if d := cmp.Diff(string(readFile(t, stem+".output")), got); d != "" {
			t.Errorf("%s: %s", filepath.Base(stem), d)
		}
	}
}

func TestArmeniaPrepared(t *testing.T) {
	dir := filepath.Join(sharedData(t), "armenia")
	out, issues := prepared(t, readFile(t, filepath.Join(dir, "armenia-2018-01-11.jsonl")), string(readFile(t, filepath.Join(dir, "settings.ini"))))
	if want := string(readFile(t, filepath.Join(dir, "prepared.jsonl"))); out != want {
		a, b := strings.Split(want, "\n"), strings.Split(out, "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("line %d differs (%d, %d lines): %s", i+1, len(a), len(b), cmp.Diff(a[i], b[i]))
			}
		}
		t.Fatalf("%d lines, want %d", len(b), len(a))
	}
	if d := cmp.Diff(string(readFile(t, filepath.Join(dir, "issues.csv"))), issues); d != "" {
		t.Error(d)
	}
}

func TestCardinalsCoverageFixtures(t *testing.T) {
	dir := filepath.Join(sharedData(t), "cardinal-fixtures", "coverage")
	files, _ := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if len(files) != 35 {
		t.Fatalf("found %d fixtures, want 35", len(files))
	}
	for _, f := range files {
		c, err := CoverageOf(bytes.NewReader(readFile(t, f)), Options{chunk: 10, Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := c.Write(&out); err != nil {
			t.Fatal(err)
		}
		var got, want map[string]int
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(readFile(t, strings.TrimSuffix(f, ".jsonl")+".expected"), &want); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", filepath.Base(f), d)
		}
	}
}

func TestPrepare(t *testing.T) {
	for _, c := range []struct{ name, ini, in, out, issues string }{
		{
			"types are repaired without being asked", "",
			`{"ocid":"a","buyer":{"id":1.50},"awards":[{"id":7,"status":"active","suppliers":{"id":2},"items":[{"classification":{"scheme":"x","id":30}}]}]}`,
			`{"ocid":"a","buyer":{"id":"1.50"},"awards":[{"id":"7","status":"active","suppliers":[{"id":"2"}],"items":[{"classification":{"scheme":"x","id":"30"}}]}]}`, "",
		},
		{
			"what is missing is told", "",
			`{"ocid":"a,b","bids":{"details":[{"value":{"amount":0.0},"items":[{"classification":{}}]},{"status":"kept"}]},"awards":[{}]}`,
			`{"ocid":"a,b","bids":{"details":[{"value":{"amount":0.0},"items":[{"classification":{}}]},{"status":"kept"}]},"awards":[{}]}`,
			"1,\"a,b\",/bids/details[]/value/amount,0,,is zero\n1,\"a,b\",/bids/details[]/value/currency,0,,not set\n1,\"a,b\",/bids/details[]/items[]/classification/scheme,0.0,,not set\n" +
				"1,\"a,b\",/bids/details[]/status,0,,not set\n1,\"a,b\",/bids/details[]/status,1,kept,invalid\n1,\"a,b\",/awards[]/status,0,,not set\n",
		},
		{
			"what is removed leaves its place to the last", "[redactions]\norganization_id = none\n",
			`{"ocid":"a","buyer":{"id":"none","name":"n","x":1}}`, `{"ocid":"a","buyer":{"x":1,"name":"n"}}`, "",
		},
		{
			"a status by contracts, if all are cancelled", "[corrections]\naward_status_by_contract_status = true\n",
			`{"awards":[{"id":1,"status":"active"},{"id":"2","status":"active"}],"contracts":[{"awardID":"1","status":"cancelled"},{"awardID":2,"status":"cancelled"},{"awardID":2,"status":"active"}]}`,
			`{"awards":[{"id":"1","status":"cancelled"},{"id":"2","status":"active"}],"contracts":[{"awardID":"1","status":"cancelled"},{"awardID":"2","status":"cancelled"},{"awardID":"2","status":"active"}]}`, "",
		},
		{
			"roles from where an organisation stands", "[defaults]\nparty_roles = true\n",
			`{"parties":[{"id":"A"},{"id":"B","roles":["payer"]},{"id":"C"}],"buyer":{"id":"A"},"bids":{"details":[{"status":"valid","tenderers":[{"id":"B"}]}]}}`,
			`{"parties":[{"id":"A","roles":["buyer"]},{"id":"B","roles":["payer","tenderer"]},{"id":"C"}],"buyer":{"id":"A"},"bids":{"details":[{"status":"valid","tenderers":[{"id":"B"}]}]}}`, "",
		},
		{
			"nothing where a bid should stand", "[defaults]\nbid_status = valid\n",
			`{"bids":{"details":[null,5,"x",[]]}}`, `{"bids":{"details":[{"status":"valid"},5,"x",[]]}}`, "",
		},
		{
			"texts keep what they hold", "",
			`{"a":"\u00e9\u0001\n\/\ud83d\ude00\u007f","b":1E5,"c":-0.0}`, `{"a":"é\u0001\n/😀` + "\x7f" + `","b":1E5,"c":-0.0}`, "",
		},
	} {
		out, issues := prepared(t, []byte(c.in), c.ini)
		if d := cmp.Diff(c.out+"\n", out); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
		if d := cmp.Diff(c.issues, issues); d != "" {
			t.Errorf("%s: issues: %s", c.name, d)
		}
	}
}

// Whatever the release: preparing it gives JSON that means the same where
// nothing was to be repaired, and what is prepared needs no second repair.
func TestPrepareTwiceIsPrepareOnce(t *testing.T) {
	ini := "[defaults]\ncurrency = CNY\nitem_classification_scheme = CPV\nbid_status = valid\naward_status = active\nparty_roles = true\n[corrections]\naward_status_by_contract_status = true\n"
	rapid.Check(t, func(t *rapid.T) {
		line := drawRelease(t)
		var once, twice, e bytes.Buffer
		s, err := ReadSettings(strings.NewReader(ini))
		if err != nil {
			t.Fatal(err)
		}
		if err := Prepare(strings.NewReader(line), s, &once, &e, Options{}); err != nil {
			t.Fatal(err)
		}
		if err := Prepare(bytes.NewReader(once.Bytes()), s, &twice, &e, Options{}); err != nil {
			t.Fatal(err)
		}
		if !json.Valid(once.Bytes()) || once.String() != twice.String() {
			t.Fatalf("%s\nonce %s\ntwice %s", line, once.String(), twice.String())
		}
	})
}

func TestReady(t *testing.T) {
	c, err := CoverageOf(strings.NewReader(`{"tender":{"procurementMethod":"open","numberOfTenderers":1,"tenderPeriod":{"startDate":"x"}},"bids":{"details":[{"status":"valid","tenderers":[{"id":"A"}]},{"id":"1"}]}}`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	can := map[string]bool{}
	for _, r := range c.Ready() {
		can[r.Indicator.String()] = r.Can
		if r.Indicator == R038 {
			if d := cmp.Diff([]Need{{"/bids/details[]/status", 1, 2}, {"/bids/details[]/tenderers[]/id", 1, 2}}, r.Needs); d != "" {
				t.Error(d)
			}
		}
	}
	want := map[string]bool{"R018": true, "R038": true, "R003": false, "R024": false, "R025": false, "R028": false, "R030": false, "R035": false, "R036": false, "R048": false, "R058": false}
	if d := cmp.Diff(want, can); d != "" {
		t.Error(d)
	}
}
