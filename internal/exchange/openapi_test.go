package exchange

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestAnswersFitOpenAPI holds every recorded answer against the schema that the
// OpenAPI document gives for its address and status, and the JSON batch against
// that of its request.
func TestAnswersFitOpenAPI(t *testing.T) {
	f := newFixture(t)
	text, err := f.api.OpenAPI().MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	check := func(file, pointer, body string) {
		t.Helper()
		schema, err := compiler.Compile("openapi.json#" + pointer)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	recorded, err := filepath.Glob(filepath.Join(docs, "examples", "*.http"))
	if err != nil || len(recorded) < 9 {
		t.Fatalf("%d recorded exchanges, %v", len(recorded), err)
	}
	for _, file := range recorded {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		method, after, _ := strings.Cut(string(text), " ")
		path, _, _ := strings.Cut(after, " ")
		path, _, _ = strings.Cut(path, "?")
		if strings.HasPrefix(path, "/exchange/v1/receipts/") {
			path = "/exchange/v1/receipts/{position}"
		}
		_, answer, _ := strings.Cut(string(text), "\nHTTP/1.1 ")
		status, err := strconv.Atoi(answer[:3])
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(answer, "\n\n")
		media := "application/json"
		if status >= 400 {
			media = "application/problem+json"
		}
		check(file, "/paths/"+escape.Replace(path)+"/"+strings.ToLower(method)+"/responses/"+strconv.Itoa(status)+"/content/"+escape.Replace(media)+"/schema", body)
	}
	batch, err := os.ReadFile(filepath.Join(docs, "examples", "batch.json"))
	if err != nil {
		t.Fatal(err)
	}
	check("batch.json", "/components/schemas/BatchDocument", string(batch))
	for path, schema := range map[string]string{"/exchange/v1/standards": "StandardList", "/exchange/v1/datasets": "DatasetList"} {
		r, err := http.NewRequest(http.MethodGet, f.server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		check(path, "/components/schemas/"+schema, f.do(r).text)
	}
}

// TestOtherAddresses: what is no address of the door, or another method, is
// answered with a problem document like everything else.
func TestOtherAddresses(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", batches, 405, "POST"},
		{"DELETE", "/exchange/v1/receipts/1", 405, "GET"},
		{"POST", "/exchange/v1/datasets", 405, "GET"},
		{"GET", "/exchange/v1/", 404, ""},
		{"POST", "/exchange/v2/batches", 404, ""},
	} {
		r, err := http.NewRequest(c.method, f.server.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.do(r); got.status != c.status || got.header.Get("Allow") != c.allow || got.problem.Status != c.status {
			t.Errorf("%s %s: %d, Allow %q, %s", c.method, c.path, got.status, got.header.Get("Allow"), got.text)
		}
	}
}
