package disclose

import (
	"maps"
	"slices"
	"strings"

	"mingjing/internal/standard"
)

// Noted names the classes that these rows show and whose readings the table has
// written into the log, as class/seal such as "closed/bid"; sorted. Nothing is
// noted for a trading system, which reads what it sent.
func Noted(entries ...Entry) []string {
	seen := map[string]bool{}
	for i := range entries {
		e := &entries[i]
		seen[e.noted] = true
		for j := range e.Fields {
			seen[e.Fields[j].noted] = true
		}
	}
	delete(seen, "")
	return slices.Sorted(maps.Keys(seen))
}

// Noted is the class/seal under which the field is shown, "" where nobody notes
// who reads it.
func (f *Field) Noted() string { return f.noted }

// NotedComplaint is the class/seal of who complained. A complaint is no part of a
// docket and has no row in the table; who it is from is protected always.
const NotedComplaint = "complainant/open"

// NotedObjector is the class/seal of who objected, as the tenderer reported it.
const NotedObjector = "objector/personal"

// NotedWords gives a noted class/seal in words: the class with what sealed it, the
// rule's reason and the articles it rests on. False for what is none.
func NotedWords(noted string) (class, why, article Words, ok bool) {
	if noted == NotedComplaint {
		return Words{"投诉人及其投诉", "complainant and claim"}, Words{"投诉人的身份始终受保护", "who complained is protected always"}, Words{"招标投标法实施条例 第六十二条", "招标投标法实施条例 (regulation) art. 62"}, true
	}
	if noted == NotedObjector {
		return Words{"异议人及其异议", "objector and objection"}, Words{"异议人的身份不公开", "who objected is not public"}, Words{"招标投标法实施条例 第二十二条、第五十四条", "招标投标法实施条例 (regulation) art. 22, 54"}, true
	}
	t := window().table
	r := t.cells[noted]
	if r == nil || !r.Noted {
		return class, why, article, false
	}
	name, seal, _ := strings.Cut(noted, "/")
	class = t.Classes[name]
	if of, ok := sealWords[seal]; ok {
		class = Words{ZH: of.ZH + "：" + class.ZH, EN: of.EN + ": " + class.EN}
	}
	return class, r.Why, r.cited, true
}

// sealWords say what was sealed; what never was needs no word.
var sealWords = map[string]Words{
	"bid": {"投标", "bid"}, "committee": {"评标", "evaluation"}, "personal": {"个人密钥", "under a person's key"},
}

// noted is the class/seal of what a reason shows, "" where its reading is not noted.
func (b *builder) noted(reason Reason) string {
	if b.seat == seatSource {
		return ""
	}
	if r := b.w.table.row(reason.Class, standard.Seal(reason.Seal)); !r.Noted {
		return ""
	}
	return reason.Class + "/" + sealName(standard.Seal(reason.Seal))
}

// sealName is a seal as the table names it.
func sealName(s standard.Seal) string {
	if s == standard.Open {
		return "open"
	}
	return string(s)
}
