package detect

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"mingjing/internal/likeness"
	"mingjing/internal/standard"
)

// The indicators of files ask what the comparison of the bids' files measured
// (Env.Likeness); they read no file themselves.

// A lotFiles is what was measured of a lot's files, for one question.
type lotFiles struct {
	*Likeness
	q     *question
	p     parties
	named []NamedFile
}

func fileRule(id, zh, en, article string, limits []string, tender bool, ask func(l *lotFiles) Finding) plain {
	return plain{
		info:   Info{ID: id, Version: 1, ZH: zh, EN: en, Grade: Clue, Article: article, Datasets: []string{"519", "507", "9010", "503", "504"}},
		limits: limits, seal: standard.Bid, behind: bidFiles,
		ask: func(q *question) Finding { return q.files(tender, ask) },
	}
}

// files asks about what was measured. With tender the question cannot be
// answered without the tender's own document, for then nobody can tell what the
// bids share from what they quote.
func (q *question) files(tender bool, ask func(l *lotFiles) Finding) Finding {
	named := BidFiles(q.d, q.lot)
	who := map[string]bool{}
	for _, f := range named {
		who[f.Who] = true
	}
	if len(who) < 2 {
		return q.lacks(fmt.Sprintf("519, 507 or 9010: SHA-256 of the files of at least two bidders (%d)", len(who)))
	}
	if q.env.Likeness == nil {
		return q.lacks("the comparison of files (not done here)")
	}
	l, err := q.env.Likeness(q.d.ID, q.lot)
	switch {
	case err != nil: // its text could carry what a file says
		return q.again(q.env.At.Add(time.Minute)).lacks("the comparison of files (it could not be read and is asked for again)")
	case l == nil:
		return q.lacks("the comparison of files (not done yet)")
	case tender && len(l.Tender) == 0:
		return q.lacks("the tender's own document: 503 and 504 name no SHA-256 of it")
	case tender && !slices.ContainsFunc(l.Tender, func(f LikenessFile) bool { return f.Problem == "" }):
		return q.lacks("the tender's own document: " + l.Tender[0].Problem)
	}
	return ask(&lotFiles{l, q, partiesOf(q.d, q.lot), named})
}

// pairs are those that may be clues: not of one consortium.
func (l *lotFiles) pairs() []*LikenessPair {
	var out []*LikenessPair
	for i := range l.Pairs {
		if p := &l.Pairs[i]; !l.p.together(l.Bidders[p.A].Who, l.Bidders[p.B].Who) {
			out = append(out, p)
		}
	}
	return out
}

// fired answers that some pairs deserve a look; the sentences name what was
// found, and quote nothing.
func (l *lotFiles) fired(found []*LikenessPair, value, zh, en string) Finding {
	var names []string
	for i, b := range l.Bidders {
		if slices.ContainsFunc(found, func(p *LikenessPair) bool { return p.A == i || p.B == i }) {
			l.q.about(b.Who)
			l.see(b.Who, value)
			names = append(names, b.Name)
		}
	}
	return l.q.fire(value, fmt.Sprintf("%d 个不同投标人（%s）的投标文件%s", len(names), strings.Join(names, "、"), zh), fmt.Sprintf("The files of %s (%s) %s", bidders(len(names)), strings.Join(names, ", "), en))
}

// unread says what was not looked at, "" when everything was: what was not read
// is not clean.
func (l *lotFiles) unread() string {
	for _, b := range l.Bidders {
		for _, f := range b.Files {
			if f.Problem != "" {
				return fmt.Sprintf("a file of %s: %s", b.Name, f.Problem)
			}
		}
	}
	if l.Problem != "" {
		return "the whole comparison of files: " + l.Problem
	}
	return ""
}

// clear answers that nothing was found in all that there is.
func (l *lotFiles) clear(value, zh, en string) Finding {
	if why := l.unread(); why != "" {
		return l.q.lacks(why)
	}
	for _, b := range l.Bidders {
		l.see(b.Who, "compared")
	}
	return l.q.answer(Clear, value, zh, en)
}

// lacks says what lacks: a file that could not be read before all else.
func (l *lotFiles) lacks(what string) Finding { return l.q.lacks(or(l.unread(), what)) }

// see cites the rows that name a bidder's files.
func (l *lotFiles) see(who, value string) {
	for _, f := range l.named {
		if f.Who == who {
			l.q.see(f.Ref, f.SHA256+"\x00"+value)
		}
	}
}

// newE01: bids share passages that are neither the tender's nor a standard
// text's, or are one and the same file.
func newE01() plain {
	return fileRule("E01", "不同投标人的投标文件正文雷同", "bids of different bidders share passages", "招标投标法实施条例 第四十条第（四）项", []string{"characters"}, true, func(l *lotFiles) Finding {
		least := int(l.q.limit("characters"))
		l.q.threshold(fmt.Sprintf("%d characters", least))
		var found []*LikenessPair
		most, share, same := 0, 0.0, false
		for _, p := range l.pairs() {
			shared := min(p.SharedA, p.SharedB)
			if shared < least && len(p.Same) == 0 {
				continue
			}
			found = append(found, p)
			most, same = max(most, shared), same || len(p.Same) > 0
			for _, s := range [][2]int{{p.SharedA, l.Bidders[p.A].Own}, {p.SharedB, l.Bidders[p.B].Own}} {
				share = max(share, float64(s[0])/float64(max(1, s[1])))
			}
		}
		if len(found) == 0 {
			return l.clear("0", "已扣除招标文件和标准文本后比对投标文件，未见成段雷同。", "The bids were compared without what the tender's document and standard texts say; no passage is shared.")
		}
		zh, en := fmt.Sprintf("扣除招标文件后仍有成段雷同，最多 %d 字，占其自有文字的 %.0f%%", most, 100*share), fmt.Sprintf("share passages beyond the tender's document: up to %d characters, %.0f %% of the one's own text", most, 100*share)
		if same {
			zh, en = zh+"，并有完全相同的文件", en+", and have one and the same file"
		}
		return l.fired(found, fmt.Sprintf("%d characters, %.0f %%", most, 100*share), zh, en)
	})
}

// newE02: amounts of bills miss quantity × price by the same at the same items.
func newE02() plain {
	return fileRule("E02", "不同投标人的工程量清单计算错误相同", "the same errors of arithmetic in bills of different bidders", "招标投标法实施条例 第四十条第（四）项", []string{"errors"}, false, func(l *lotFiles) Finding {
		least := int(l.q.limit("errors"))
		l.q.threshold(fmt.Sprintf("%d items", least))
		if n := l.withBill(); n < 2 {
			return l.lacks(fmt.Sprintf("priced bills of quantities, XLSX or XML, of at least two bidders (%d)", n))
		}
		var found []*LikenessPair
		most := 0
		for _, p := range l.pairs() {
			if p.Bill == nil {
				continue
			}
			most = max(most, p.Bill.Errors)
			if p.Bill.Errors >= least {
				found = append(found, p)
			}
		}
		value := fmt.Sprintf("%d items", most)
		if len(found) == 0 {
			return l.clear(value, fmt.Sprintf("已比对工程量清单的合价计算，相同的错误至多 %d 处。", most), fmt.Sprintf("The amounts of the bills were compared; at most %d errors are the same.", most))
		}
		return l.fired(found, value, fmt.Sprintf("中，有 %d 个清单项的合价以相同的数额算错", most), fmt.Sprintf("have %d items whose amounts are wrong by the same", most))
	})
}

// newE03: slips, contacts or pictures that two bids have and nobody else.
func newE03() plain {
	return fileRule("E03", "不同投标人的投标文件错字、联系方式或图片相同", "the same slips, contacts or pictures in bids of different bidders", "招标投标法实施条例 第四十条第（四）项", []string{"slips", "contacts", "pictures"}, true, func(l *lotFiles) Finding {
		l.q.threshold(fmt.Sprintf("slips %d, contacts %d or pictures %d", l.q.limit("slips"), l.q.limit("contacts"), l.q.limit("pictures")))
		given := l.given()
		var found []*LikenessPair
		var most [3]int64
		for _, p := range l.pairs() {
			var n [3]int64
			for _, r := range p.Rare {
				switch {
				case r.Kind == likeness.Slip:
					n[0]++
				case contact.MatchString(r.A.Text):
					n[1]++
				}
			}
			for _, t := range p.Traits {
				if t.Name == "pictures" && !given[t] {
					n[2]++
				}
			}
			for i := range n {
				most[i] = max(most[i], n[i])
			}
			if n[0] >= l.q.limit("slips") || n[1] >= l.q.limit("contacts") || n[2] >= l.q.limit("pictures") {
				found = append(found, p)
			}
		}
		value := fmt.Sprintf("slips %d, contacts %d, pictures %d", most[0], most[1], most[2])
		if len(found) == 0 {
			return l.clear(value, "已比对错字、联系方式和图片，未见足以提示的相同。", "Slips, contacts and pictures were compared; too few are the same to say anything.")
		}
		return l.fired(found, value, fmt.Sprintf("有仅此两家才有的相同之处，至多：错字 %d 处、联系方式 %d 处、图片 %d 幅", most[0], most[1], most[2]),
			fmt.Sprintf("have in common what nobody else has, at most: slips %d, contacts %d, pictures %d", most[0], most[1], most[2]))
	})
}

// contact is a token that leads to a person: a mobile number or a mail address.
var contact = regexp.MustCompile(`^(1[3-9][0-9]{9}|[^@\s]+@[^@\s]+\.[^@\s]+)$`)

// newE04: a bid names another bidder of the lot.
func newE04() plain {
	return fileRule("E04", "投标文件中出现其他投标人名称", "a bid names another bidder", "招标投标法实施条例 第四十条第（五）项", []string{"times"}, false, func(l *lotFiles) Finding {
		l.q.threshold(fmt.Sprintf("%d times", l.q.limit("times")))
		named := map[string]bool{} // bidders on either side
		most := 0
		for _, b := range l.Bidders {
			for _, n := range b.Names {
				if n.Form == likeness.FullName && int64(n.Times) >= l.q.limit("times") && !l.p.together(b.Who, n.Who) {
					named[b.Who], named[n.Who] = true, true
					most = max(most, n.Times)
				}
			}
		}
		if len(named) == 0 {
			return l.clear("0", "已在各投标文件中查找其他投标人的全称，未见。", "The bids were searched for the full names of other bidders; none stands there.")
		}
		var names []string
		value := fmt.Sprintf("%d times", most)
		for _, b := range l.Bidders {
			if named[b.Who] {
				l.q.about(b.Who)
				l.see(b.Who, value)
				names = append(names, b.Name)
			}
		}
		return l.q.fire(value, fmt.Sprintf("投标文件中出现了同一标段其他投标人的名称（涉及%s），最多 %d 处", strings.Join(names, "、"), most), fmt.Sprintf("A bid names another bidder of its lot (of %s), up to %d times", strings.Join(names, ", "), most))
	})
}

// newD12: file properties say that one hand made the files.
func newD12() plain {
	return fileRule("D12", "不同投标人的文件属性相同", "the same file properties in bids of different bidders", "招标投标法实施条例 第四十条第（二）项", []string{"sessions"}, true, func(l *lotFiles) Finding {
		l.q.threshold(fmt.Sprintf("1 property, or %d editing sessions", l.q.limit("sessions")))
		given := l.given()
		var found []*LikenessPair
		kinds := map[string]bool{}
		for _, p := range l.pairs() {
			sessions, hit := int64(0), false
			for _, t := range p.Traits {
				_, known := traitWords[t.Name]
				switch {
				case !known || given[t] || slices.Contains(l.q.set.Placeholders, t.Value):
				case t.Name == "sessions":
					sessions++
				default:
					kinds[t.Name], hit = true, true
				}
			}
			if sessions >= l.q.limit("sessions") {
				kinds["sessions"], hit = true, true
			}
			if hit {
				found = append(found, p)
			}
		}
		if len(found) == 0 {
			return l.clear("0", "已比对文件属性（作者、保存人、单位、时间、编辑会话），未见相同。", "Author, last editor, company, times and editing sessions of the files were compared; none are the same.")
		}
		var zh, en []string
		for _, k := range sortedKeys(kinds) {
			zh, en = append(zh, traitWords[k][0]), append(en, traitWords[k][1])
		}
		return l.fired(found, strings.Join(en, ", "), "属性相同："+strings.Join(zh, "、"), "have the same "+strings.Join(en, ", "))
	})
}

// traitWords are the file properties that say who made a file, or when.
var traitWords = map[string][2]string{
	"author": {"作者", "author"}, "last_by": {"最后保存人", "last editor"}, "company": {"单位", "company"}, "created": {"创建时间", "time of creation"},
	"modified": {"修改时间", "time of saving"}, "session": {"首次编辑会话", "first editing session"}, "sessions": {"编辑会话", "editing sessions"},
}

// given are the traits that all bidders, three or more, have: they came with a
// form that was given to them. When and by whom a file was saved last does not.
func (l *lotFiles) given() map[likeness.Trait]bool {
	have := map[likeness.Trait]map[int]bool{}
	for _, p := range l.Pairs {
		for _, t := range p.Traits {
			if have[t] == nil {
				have[t] = map[int]bool{}
			}
			have[t][p.A], have[t][p.B] = true, true
		}
	}
	out := map[likeness.Trait]bool{}
	for t, who := range have {
		out[t] = len(l.Bidders) >= 3 && len(who) == len(l.Bidders) && t.Name != "modified" && t.Name != "last_by"
	}
	return out
}

// newF02: unit prices of bills are the same, or stand in one ratio.
func newF02() plain {
	limits := []string{"items", "look_per_hundred", "strong_per_hundred", "ratio_per_hundred"}
	return fileRule("F02", "不同投标人的清单单价相同或成固定比例", "unit prices of different bidders equal or in one ratio", "招标投标法实施条例 第四十条第（四）项", limits, false, func(l *lotFiles) Finding {
		look, strong, ratio := float64(l.q.limit("look_per_hundred")), float64(l.q.limit("strong_per_hundred")), float64(l.q.limit("ratio_per_hundred"))
		l.q.threshold(fmt.Sprintf("%.0f %% equal (strong: %.0f %%), or %.0f %% in one ratio", look, strong, ratio))
		if n := l.withBill(); n < 2 {
			return l.lacks(fmt.Sprintf("priced bills of quantities, XLSX or XML, of at least two bidders (%d)", n))
		}
		var found []*LikenessPair
		equal, inRatio, compared := 0.0, 0.0, false
		for _, p := range l.pairs() {
			if p.Bill == nil || int64(p.Bill.Compared) < l.q.limit("items") {
				continue
			}
			compared = true
			e, r := 100*float64(p.Bill.Identical)/float64(p.Bill.Compared), 100*float64(p.Bill.RatioItems)/float64(p.Bill.Compared)
			equal, inRatio = max(equal, e), max(inRatio, r)
			if e >= look || r >= ratio {
				found = append(found, p)
			}
		}
		value := fmt.Sprintf("%.0f %% equal, %.0f %% in one ratio", equal, inRatio)
		switch {
		case !compared:
			return l.lacks(fmt.Sprintf("bills with at least %d items that can be compared", l.q.limit("items")))
		case len(found) == 0:
			return l.clear(value, fmt.Sprintf("已比对清单单价，相同的至多 %.0f%%，成同一比例的至多 %.0f%%。", equal, inRatio), fmt.Sprintf("Unit prices were compared; at most %.0f %% are equal and %.0f %% in one ratio.", equal, inRatio))
		}
		zh, en := "", ""
		if equal >= strong {
			zh, en = "（强线索）", " (a strong clue)"
		}
		return l.fired(found, value, fmt.Sprintf("中，清单单价相同的至多占 %.0f%%，成同一比例的至多占 %.0f%%%s", equal, inRatio, zh), fmt.Sprintf("have up to %.0f %% of the unit prices equal and %.0f %% in one ratio%s", equal, inRatio, en))
	})
}

func (l *lotFiles) withBill() (n int) {
	for _, b := range l.Bidders {
		if b.Items > 0 {
			n++
		}
	}
	return n
}
