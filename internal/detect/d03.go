package detect

import (
	"encoding/json"
	"encoding/xml"
	"slices"
	"sort"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
)

// newD03: the valuation files of different bidders were made with one software
// lock (造价锁), or edited on one machine (实施条例 40; 闽建筑〔2018〕29号). Locks that
// the tenderer's own control-price file carries already are left out, for every
// bidder has that file.
func newD03() sameHand {
	return sameHand{
		info: Info{
			ID: "D03", Version: 1, ZH: "不同投标人计价软件加密锁相同", EN: "same lock of the valuation software of different bidders",
			Grade: Clue, Article: "招标投标法实施条例 第四十条第（一）项", Datasets: []string{"519", "507", "504", "501", "503"},
		},
		datasets: []string{"519"}, fields: []string{"VALUATION_XML"}, threshold: "lock, or CPU+MAC+disk of the valuation, equal",
		noun: [2]string{"计价软件加密锁号（或计价文件的机器码）", "lock of the valuation software (or machine codes in the valuation file)"},
		skip: [2]string{"招标人控制价文件已有，或属登记的例外", "in the tenderer's control-price file already, or listed as exceptions"},
		collect: func(d *docket.Docket, lot string, rows []*docket.Entry, set effective) comparison {
			v := valuationReader{set.machines(), set.XMLNames}
			own := append(timeline.Rows(d, "504", lot), timeline.Rows(d, "518", lot)...)
			return marked(d, lot, rows, own, func(e *docket.Entry) []string { return v.marks(e.Fields["VALUATION_XML"]) }, func(mark string) bool {
				return slices.ContainsFunc(set.OwnCodes, func(k Known) bool { return mark == "lock\x00"+fold(k.Value) })
			})
		},
	}
}

// A valuationReader reads the codes in what a system sends as VALUATION_XML.
// The standard does not say how it is built, so the names of its elements,
// attributes or keys are a setting.
type valuationReader struct {
	machineReader
	names map[string][]string // of "lock", "cpu", "mac", "disk"
}

// maxValuation bounds how much of a text is read, in bytes.
const maxValuation = 1 << 20

// marks gives a mark for each lock, and one for each machine that has all three
// kinds of codes.
func (v valuationReader) marks(text string) []string {
	if len(text) > maxValuation || v.empty(text) {
		return nil
	}
	found := map[string][]string{}
	for _, p := range pairsOf(text) {
		name := fold(p[0])
		for kind, names := range v.names {
			if slices.ContainsFunc(names, func(n string) bool { return fold(n) == name }) {
				found[kind] = append(found[kind], p[1])
			}
		}
	}
	if len(found) == 0 && bare(text) {
		found["lock"] = []string{text}
	}
	var marks []string
	for _, c := range v.codes(strings.Join(found["lock"], ";")) {
		if len(c) >= minLock {
			marks = append(marks, "lock\x00"+c)
		}
	}
	m := v.read(strings.Join(found["cpu"], ";"), strings.Join(found["mac"], ";"), strings.Join(found["disk"], ";"))
	for _, name := range m.names() {
		marks = append(marks, "machine\x00"+name)
	}
	sort.Strings(marks)
	return slices.Compact(marks)
}

// minLock is the least length of a lock's number: "1" or "V6" names none.
const minLock = 5

// bare reports whether a text is nothing but a number, not the name of a
// program that many use: letters, digits and hyphens, four digits at least.
func bare(text string) bool {
	text = strings.TrimSpace(text)
	n := 0
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			n++
		case c == '-', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		default:
			return false
		}
	}
	return n >= 4 && len(text) >= 8 && len(text) <= 64
}

// pairsOf reads names with their values out of XML, JSON or "name=value" lists;
// none from a text that is nothing of these.
func pairsOf(text string) [][2]string {
	switch t := strings.TrimSpace(text); {
	case strings.HasPrefix(t, "<"):
		return xmlPairs(t)
	case strings.HasPrefix(t, "{"), strings.HasPrefix(t, "["):
		var v any
		if json.Unmarshal([]byte(t), &v) != nil {
			return nil
		}
		return jsonPairs("", v)
	}
	var out [][2]string
	for _, part := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(";；,，|\n\r\t", c) }) {
		if i := strings.IndexAny(part, "=:＝："); i > 0 {
			out = append(out, [2]string{part[:i], strings.TrimLeft(part[i:], "=:＝：")})
		}
	}
	return out
}

// xmlPairs gives every attribute and every element's own text. What cannot be
// read ends it; what was read before counts.
func xmlPairs(text string) [][2]string {
	if i := strings.Index(text, "?>"); i > 0 && strings.HasPrefix(text, "<?xml") {
		text = text[i+2:] // the text is UTF-8 whatever it declares
	}
	dec := xml.NewDecoder(strings.NewReader(text))
	dec.Strict = false
	var out [][2]string
	var open []string
	for {
		tok, err := dec.Token()
		if err != nil {
			return out
		}
		switch t := tok.(type) {
		case xml.StartElement:
			open = append(open, t.Name.Local)
			for _, a := range t.Attr {
				out = append(out, [2]string{a.Name.Local, a.Value})
			}
		case xml.EndElement:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case xml.CharData:
			if s := strings.TrimSpace(string(t)); s != "" && len(open) > 0 {
				out = append(out, [2]string{open[len(open)-1], s})
			}
		}
	}
}

func jsonPairs(name string, v any) [][2]string {
	var out [][2]string
	switch v := v.(type) {
	case string:
		out = append(out, [2]string{name, v})
	case []any:
		for _, x := range v {
			out = append(out, jsonPairs(name, x)...)
		}
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			out = append(out, jsonPairs(k, v[k])...)
		}
	}
	return out
}
