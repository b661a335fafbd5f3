package detect

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// plain is an indicator that asks one question of each lot, or one of the whole
// docket, once a setting holds for it and the secrets that it needs are out.
type plain struct {
	info   Info
	limits []string // of its setting; without one of them nothing is asked
	must   bool     // asked only where the law orders the tender
	whole  bool     // asked once of the docket, not of each lot
	// behind are the sealed data sets that it reads; none of them there and the
	// seal still on is a wait, not a lack.
	behind []string
	seal   standard.Seal
	day    func(d *docket.Docket, lot string, env Env) trade.Day // by which the setting is chosen; nil: of the opening, else now
	ask    func(q *question) Finding
}

// A question is one lot of one docket with the setting that holds for it; lot
// is "" where the whole docket is asked.
type question struct {
	*look
	d   *docket.Docket
	lot string
	env Env
}

func (r plain) Info() Info { return r.info }

// thresholds are the names of the limits that a setting of the indicator may have.
func (r plain) thresholds() []string { return r.limits }

func (r plain) Look(d *docket.Docket, env Env) []Finding {
	if r.whole {
		return one(r.lot(d, "", env.filled()))
	}
	return eachLot(d, env, r.lot)
}

func (r plain) lot(d *docket.Docket, lot string, env Env) Finding {
	day := dayOfOpening
	if r.day != nil {
		day = r.day
	}
	set, ok := env.Settings.For(r.info.ID, d, day(d, lot, env))
	q := &question{start(r.info, d, lot, set), d, lot, env}
	if timeline.Foreign(d) {
		q.f.Article = ""
	}
	switch {
	case !ok:
		return q.notApplicable("该地区和类别未设置", "no setting for this region and class")
	case set.Applies == "no":
		return q.notApplicable(set.Reason, set.Reason)
	case r.must && !timeline.MustTender(d):
		return q.notApplicable("非依法必须招标项目", "the law does not order this tender (501 IS_TO_LAW = 0)")
	}
	for _, name := range r.limits {
		if _, ok := set.Limits[name]; !ok {
			return q.notApplicable("该地区和类别未设阈值", "no threshold is set for this region and class")
		}
	}
	if r.seal != standard.Open && len(q.rows(r.behind...)) == 0 && !unsealed(d, lot, r.seal) {
		if reports := ended(d, lot); len(reports) > 0 {
			q.seeField(reports[0], "EXCEPITON_TYPE")
			return q.notApplicable("招标已终止或失败", "the tender was reported as failed or ended")
		}
		return q.lacks(Sealed)
	}
	return r.ask(q)
}

// rows returns the live rows of data sets that speak of the lot. The slice must
// not be changed, but may be appended to.
func (q *question) rows(datasets ...string) []*docket.Entry {
	if len(datasets) == 1 {
		return timeline.Rows(q.d, datasets[0], q.lot)
	}
	var out []*docket.Entry
	for _, dataset := range datasets {
		out = append(out, timeline.Rows(q.d, dataset, q.lot)...)
	}
	return out
}

// limit returns a threshold of the setting; plain.limits made sure that it is there.
func (q *question) limit(name string) int64 { return q.set.Limits[name] }

// fire answers that something deserves a look. The sentences come without their end.
func (q *question) fire(value, zh, en string) Finding {
	return q.answer(Fired, value, zh+"，建议核查。", en+"; checking is suggested.")
}

// about adds bodies as subjects.
func (q *question) about(who ...string) *question {
	for _, w := range who {
		if w != "" {
			q.f.Subjects = append(q.f.Subjects, w)
		}
	}
	return q
}

// number reads a decimal number of at most six places, exactly, in millionths.
func number(s string) (trade.Money, bool) { return trade.ParseMoney(strings.TrimSpace(s), "0") }

// wan writes an amount in units of ten thousand yuan, as people speak of it.
func wan(m trade.Money) string {
	return strconv.FormatFloat(math.Round(float64(m)/float64(trade.WanYuan)*100)/100, 'f', -1, 64)
}

// share is 100 a/b in hundredths of a percent, rounded down; b is above 0.
func share(a, b trade.Money) int64 {
	f := float64(a) / float64(b) * 10_000
	return int64(math.Floor(f + 1e-6)) // 1e-6: whole hundredths must not fall to the one below
}

// speaks reports that a text says something, quickly: it has five letters or
// digits, or five ideographs, not all the same. No filler has. It may say no
// where there is something.
func speaks(s string) bool {
	var letter byte
	var ideograph string
	letters, ideographs, other, others := 0, 0, false, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		switch {
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'z':
			if letters++; letters == 1 {
				letter = c
			}
			other = other || c != letter
		case c >= 0xe4 && c <= 0xe9 && i+2 < len(s) && s[i+1]&0xc0 == 0x80 && s[i+2]&0xc0 == 0x80:
			if ideographs++; ideographs == 1 {
				ideograph = s[i : i+3]
			}
			others = others || s[i:i+3] != ideograph
			i += 2
		}
		if letters >= 5 && other || ideographs >= 5 && others {
			return true
		}
	}
	return false
}

// nothing reports whether a text says nothing: it is empty or one of the fillers
// that clerks and systems write when there is nothing to write.
func nothing(s string) bool {
	return !speaks(s) && filler(s)
}

func filler(s string) bool {
	s = strings.Trim(fold(s), "。.；;，,")
	return repeated(s) || slices.Contains([]string{"无", "无无", "暂无", "没有", "空", "未知", "不详", "null", "none", "n/a", "na", "nil", "见附件", "详见附件", "/", "-", "--", "\\"}, s)
}

// price of an amount field of a row, if it is one of the lot: no rate, no unit
// price, no other currency.
func priceOf(e *docket.Entry, field, unit string) (trade.Money, bool) {
	m, ok := trade.ParseMoney(e.Fields[field], e.Fields[unit])
	form := e.Fields["PRICE_FORM_CODE"]
	return m, ok && m > 0 && (form == "" || form == "1") && !foreignMoney(e)
}

// A paper is an amount with the row and field that give it.
type paper struct {
	row   *docket.Entry
	field string
	money trade.Money
}

// amounts of rows of one data set about the lot, in the docket's order.
func (q *question) amounts(dataset, field, unit string) []paper {
	var out []paper
	for _, e := range q.rows(dataset) {
		if m, ok := priceOf(e, field, unit); ok {
			out = append(out, paper{e, field, m})
		}
	}
	return out
}

// yuan reads amounts of a field whose unit the standard fixes as yuan.
func (q *question) yuan(dataset, field string) []paper {
	var out []paper
	for _, e := range q.rows(dataset) {
		if m, ok := trade.ParseMoney(e.Fields[field], "0"); ok && m > 0 {
			out = append(out, paper{e, field, m})
		}
	}
	return out
}

// awarded is the amount of the award: of the result, else of the award notice.
// several reports that the lot was awarded in parts, or again at another price,
// so that no one amount is that of the award.
func (q *question) awarded() (p paper, ok, several bool) {
	for _, s := range [][3]string{{"513", "BID_AMOUNT", "PRICE_UNIT"}, {"9018", "BID_AMOUNT", "PRICE_UNIT"}, {"553", "WIN_BID_PRICE", "PRICE_UNIT"}} {
		all := q.amounts(s[0], s[1], s[2])
		for _, a := range all {
			several = several || a.money != all[0].money
		}
		if len(all) > 0 {
			return all[len(all)-1], true, several
		}
	}
	return paper{}, false, false
}

// contracted is the amount of the contract.
func (q *question) contracted() (p paper, ok, several bool) {
	all := append(q.amounts("512", "CONTRACT_PRICE", "PRICE_UNIT"), q.amounts("554", "CONTRACT_AMOUNT", "PRICE_UNIT")...)
	for _, a := range all {
		several = several || a.money != all[0].money
	}
	if len(all) == 0 {
		return paper{}, false, false
	}
	return all[0], true, several
}

// unitDoubt reports whether two amounts of one thing are so far apart that the
// unit of one is wrong: K07 says so, and nothing else should.
func unitDoubt(a, b trade.Money) bool {
	x, y := float64(a), float64(b)
	return x > 500*y || y > 500*x
}

// winnersOf names those who won the lot, by code else by name.
func (q *question) winners() []body {
	var out []body
	for _, s := range [][3]string{{"513", "WIN_BIDDER_CODE", "WIN_BIDDER_NAME"}, {"9018", "WIN_BIDDER_CODE", "WIN_BIDDER_NAME"}, {"553", "WINNINGBIDDER_CODE", "WINNINGBIDDER_NAME"}} {
		for _, e := range q.rows(s[0]) {
			codes, names := trade.SplitCodes(e.Fields[s[1]]), splitNames(e.Fields[s[2]])
			for i := range max(len(codes), len(names)) {
				var b body
				if i < len(codes) {
					b.code = normalCode(codes[i])
				}
				if i < len(names) {
					b.name = normalName(names[i])
				}
				if b != (body{}) && !slices.ContainsFunc(out, b.is) {
					out = append(out, b)
				}
			}
		}
	}
	return out
}

// of reports whether a bidder's row is one of the bodies.
func (p parties) of(e *docket.Entry, bodies []body) bool {
	b := body{"", normalName(e.Fields["BIDDER_NAME"])}
	if id := p.identity(e); id != b.name {
		b.code = id
	}
	return slices.ContainsFunc(bodies, b.is)
}

// days writes a number of days, or of working days.
func daysOf(n int, unit string) string { return fmt.Sprintf("%d %s", n, unit) }
