package detect

import (
	"slices"
	"strings"
	"unicode/utf8"

	"mingjing/internal/docket"
)

// newD07: one person stands behind what different bidders fetched or sent, or
// they gave one telephone number (实施条例 40(2)). Numbers are compared where they
// may be read; names only where a row has no number, for two people may share a
// name. Neither number nor name is cited.
func newD07() sameHand {
	return sameHand{
		info: Info{
			ID: "D07", Version: 1, ZH: "不同投标人的经办人或联系方式相同", EN: "same person or telephone number of different bidders",
			Grade: Clue, Article: "招标投标法实施条例 第四十条第（二）项", Datasets: []string{"9004", "9006", "9007", "507", "501", "503"},
		},
		datasets: []string{"9006", "507", "9004", "9007"}, fields: []string{"PURCHASE_PERSON_NAME"}, unseen: true, threshold: "person or telephone number equal",
		noun: [2]string{"经办人、联系人或联系电话", "persons in charge or telephone numbers"},
		skip: [2]string{"登记为例外的人员、号码", "persons and numbers listed as exceptions"},
		collect: func(d *docket.Docket, lot string, rows []*docket.Entry, set effective) comparison {
			p := personReader{set.machines()}
			return marked(d, lot, rows, nil, func(e *docket.Entry) []string {
				return p.marks(e, []string{"PURCHASE_PERSON_CODE"}, []string{"UNION_CONTACT_PHONE", "MANAGER_PHONE", "MANAGER_TELPHONE", "PHONE"}, nil, []string{"PURCHASE_PERSON_NAME", "MANAGER_NAME"})
			}, p.listed(set))
		},
	}
}

// newD09: different bidders name one person as manager or member of their team
// (实施条例 40(3)): by certificate or identity number, by name where a row has
// neither.
func newD09() sameHand {
	return sameHand{
		info: Info{
			ID: "D09", Version: 1, ZH: "不同投标人的项目管理成员为同一人", EN: "same project manager or member of different bidders",
			Grade: Clue, Article: "招标投标法实施条例 第四十条第（三）项", Datasets: []string{"507", "9007", "501", "503"},
		},
		datasets: []string{"507", "9007"}, fields: []string{"PM_CERTIFICATES", "CERTIFICATE_NO"}, unseen: true, threshold: "certificate, identity or name equal",
		noun: [2]string{"项目负责人或项目管理成员", "project managers or members"},
		skip: [2]string{"登记为例外的人员", "persons listed as exceptions"},
		collect: func(d *docket.Docket, lot string, rows []*docket.Entry, set effective) comparison {
			p := personReader{set.machines()}
			return marked(d, lot, rows, nil, func(e *docket.Entry) []string {
				return p.marks(e, []string{"PM_CODE", "ID_CARD_NO"}, nil, []string{"PM_CERTIFICATES", "CERTIFICATE_NO"}, []string{"BID_MANAGER", "NAME"})
			}, p.listed(set))
		},
	}
}

// personReader reads who stands in a row.
type personReader struct{ machineReader }

// marks gives a mark for each number of a person, telephone and certificate of
// a row; for the name when there is none of these.
func (p personReader) marks(e *docket.Entry, ids, phones, certificates, names []string) []string {
	var marks []string
	add := func(kind string, fields []string, least, digits int) {
		for _, f := range fields {
			for _, c := range p.codes(e.Fields[f]) {
				c = strings.ReplaceAll(c, "-", "")
				n := strings.Map(func(r rune) rune {
					if r < '0' || r > '9' {
						return -1
					}
					return r
				}, c)
				if len(c) >= least && len(n) >= digits && !repeated(n) {
					marks = append(marks, kind+"\x00"+c)
				}
			}
		}
	}
	add("id", ids, 8, 6)
	add("phone", phones, 7, 7)
	add("certificate", certificates, 6, 4)
	if len(marks) == 0 {
		for _, f := range names {
			if n := normalName(e.Fields[f]); utf8.RuneCountInString(n) >= 2 && !nothing(n) && !p.empty(n) {
				marks = append(marks, "name\x00"+n)
			}
		}
	}
	slices.Sort(marks)
	return slices.Compact(marks)
}

func (p personReader) listed(set effective) func(string) bool {
	return func(mark string) bool {
		_, value, _ := strings.Cut(mark, "\x00")
		return slices.ContainsFunc(set.OwnCodes, func(k Known) bool {
			return value == strings.ReplaceAll(fold(k.Value), "-", "") || value == normalName(k.Value)
		})
	}
}
