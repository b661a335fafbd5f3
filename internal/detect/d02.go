package detect

import (
	"slices"
	"sort"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
)

// newD02: the bid files of different bidders are one file, were created under
// one identifier, or made with one copy of the writing tool (实施条例 40(1)). What
// the tenderer's own files carry is left out, for every bidder starts from them.
func newD02() sameHand {
	return sameHand{
		info: Info{
			ID: "D02", Version: 1, ZH: "不同投标人的投标文件创建标识或制作工具标识相同", EN: "same identifier of creation or of the writing tool of different bidders",
			Grade: Clue, Article: "招标投标法实施条例 第四十条第（一）项", Datasets: []string{"519", "507", "504", "501", "503"},
		},
		datasets: []string{"519"}, fields: []string{"MAKE_TOOL_XML", "BID_DOCUMENT_MD5"}, sparse: true, threshold: "identifier of creation or of the tool, or the file itself, equal",
		noun: [2]string{"文件创建标识、制作工具标识（或文件本身）", "identifiers of creation or of the writing tool (or files themselves)"},
		skip: [2]string{"招标人文件已有，或属登记的例外", "in the tenderer's own file already, or listed as exceptions"},
		collect: func(d *docket.Docket, lot string, rows []*docket.Entry, set effective) comparison {
			v := valuationReader{set.machines(), set.XMLNames}
			own := append(timeline.Rows(d, "504", lot), timeline.Rows(d, "518", lot)...)
			return marked(d, lot, rows, own, v.toolMarks, func(mark string) bool {
				return slices.ContainsFunc(set.OwnCodes, func(k Known) bool { return strings.HasSuffix(mark, "\x00"+fold(k.Value)) })
			})
		},
	}
}

// toolMarks are the identifiers of a bid file: those that its tool wrote, the
// machine of the tool, and the digest of the file.
func (v valuationReader) toolMarks(e *docket.Entry) []string {
	var marks []string
	if text := e.Fields["MAKE_TOOL_XML"]; len(text) <= maxValuation && !v.empty(text) {
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
			found["file"] = []string{text}
		}
		for _, kind := range []string{"file", "tool", "lock"} {
			for _, c := range v.codes(strings.Join(found[kind], ";")) {
				if len(c) >= minLock {
					marks = append(marks, kind+"\x00"+c)
				}
			}
		}
		for _, name := range v.read(strings.Join(found["cpu"], ";"), strings.Join(found["mac"], ";"), strings.Join(found["disk"], ";")).names() {
			marks = append(marks, "machine\x00"+name)
		}
	}
	if md5 := fold(e.Fields["BID_DOCUMENT_MD5"]); len(md5) >= 32 && strings.Trim(md5, "0123456789abcdef") == "" && !repeated(md5) {
		marks = append(marks, "md5\x00"+md5)
	}
	sort.Strings(marks)
	return slices.Compact(marks)
}
