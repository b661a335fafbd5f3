package server

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// TestRequests runs testdata/requests.txt, a block after the other.
func TestRequests(t *testing.T) {
	h := newHouse(t)
	text, err := os.ReadFile("testdata/requests.txt")
	if err != nil {
		t.Fatal(err)
	}
	blocks := 0
	for _, block := range strings.Split(string(text), "\n\n") {
		var lines []string
		for _, l := range strings.Split(block, "\n") {
			if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
				lines = append(lines, l)
			}
		}
		if len(lines) == 0 {
			continue
		}
		blocks++
		t.Run(lines[0], func(t *testing.T) { h.script(t, lines) })
	}
	if blocks < 40 {
		t.Fatalf("only %d blocks were read", blocks)
	}
}

func (h *house) script(t *testing.T, lines []string) {
	request, who, _ := strings.Cut(lines[0], " as ")
	method, path, _ := strings.Cut(request, " ")
	var header []string
	conditions := lines[1:]
	if accept, ok := strings.CutPrefix(conditions[0], "accept "); ok {
		header, conditions = []string{"Accept", accept}, conditions[1:]
	}
	w := h.do(method, path, who, header...)
	for _, c := range conditions {
		if why := fails(w, c); why != "" {
			t.Errorf("%s: %s", c, why)
		}
	}
}

// fails checks one condition and says what is instead, "" when it holds.
func fails(w *httptest.ResponseRecorder, condition string) string {
	what, rest, _ := strings.Cut(condition, " ")
	got := w.Body.String()
	switch what {
	case "status":
		if rest != strings.Fields(w.Result().Status)[0] {
			return w.Result().Status + " " + got[:min(len(got), 300)]
		}
		return ""
	case "header":
		var name string
		name, rest, _ = strings.Cut(rest, " ")
		got = strings.Join(w.Result().Header.Values(name), ", ")
	case "body":
	default:
		return "no such condition"
	}
	verb, want, _ := strings.Cut(rest, " ")
	holds := map[string]bool{
		"is":  strings.TrimSpace(got) == want || want == "present" && got != "" || want == "absent" && got == "",
		"has": strings.Contains(got, want), "lacks": !strings.Contains(got, want),
	}
	if ok, known := holds[verb]; !known {
		return "no such verb"
	} else if !ok {
		return "it is " + got[:min(len(got), 600)]
	}
	return ""
}
