package detect

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// a14: the bid deposit that is asked for is above two hundredths of the estimate
// (实施条例 26), or a deposit was not refunded within five days of the contract
// (实施条例 57). Two answers a lot. Refunds are an extension (9106): where a system
// sends none of a lot, nothing is known, unless the setting says that all do.
type a14 struct{ refund termed }

func newA14() a14 {
	return a14{termed{
		info: Info{
			ID: "A14", Version: 1, ZH: "投标保证金超限额或未按期退还", EN: "bid deposit above the limit, or refunded too late",
			Grade: Fact, Article: "招标投标法实施条例 第二十六条；第五十七条", Datasets: []string{"502", "504", "9011", "9106", "512", "523"},
		},
		ends: map[string]pairing{"margin-refund": refunds},
		observed: func(d *docket.Docket, lot string, set effective) bool {
			return len(timeline.Rows(d, "9106", lot)) > 0 || slices.Contains(set.Required, "9106")
		},
		missing: func(d *docket.Docket, lot string) string {
			switch {
			case len(timeline.Occurrences(d, "contract.signed", lot)) == 0:
				return ""
			case !opened(d, lot):
				return Sealed
			case len(timeline.Rows(d, "9011", lot)) == 0:
				return "9011 MARGIN_PAY"
			}
			return ""
		},
		notBegun: [2]string{"尚未订立合同，或无以转账方式缴纳的保证金", "no contract yet, or no deposit paid in money"},
	}}
}

func (r a14) Info() Info { return r.refund.info }

func (r a14) Look(d *docket.Docket, env Env) []Finding {
	env = env.filled().of(d)
	var fs []Finding
	for _, lot := range timeline.Lots(d) {
		fs = append(fs, r.amount(d, lot, env), r.refund.alone(d, lot, env))
	}
	return fs
}

// refunds pairs the contract with each payer's refund.
func refunds(d *docket.Docket, lot string, _ timeline.Period) []span {
	_, winner, _ := awardNotice(d, lot)
	signed := contractOf(d, lot, winner)
	if signed == nil {
		return nil
	}
	all := timeline.Occurrences(d, "margin.refunded", lot)
	byWho := map[string]*timeline.Occurrence{}
	p := partiesOf(d, lot)
	for i := range all {
		row := timeline.Row(d, all[i].Ref)
		if row == nil {
			continue
		}
		who := or(normalCode(row.Fields["BIDDER_CODE"]), p.named(normalName(row.Fields["BIDDER_NAME"])))
		if byWho[who] == nil {
			byWho[who] = &all[i]
		}
	}
	guaranteed, bodies, seen := guarantees(d, lot), tendererBodies(d, lot), map[string]bool{}
	var out []span
	for _, e := range timeline.Rows(d, "9011", lot) {
		who := p.identity(e)
		paid, known := trade.ParseMoney(e.Fields["MARGIN_PAY"], "0")
		if who == "" || seen[who] || guaranteed[who] || bodies[who] || known && paid <= 0 {
			continue
		}
		seen[who] = true
		out = append(out, span{signed, byWho[who], who})
	}
	return out
}

func (r a14) amount(d *docket.Docket, lot string, env Env) Finding {
	set, ok := env.Settings.For("A14", d, dayOfOpening(d, lot, env))
	info := r.Info()
	info.Article = "招标投标法实施条例 第二十六条"
	l := start(info, d, lot, set)
	l.f.Subjects = append(l.f.Subjects, "margin:amount")
	switch {
	case !ok || set.PerThousand == nil:
		return l.notApplicable("该地区和类别未设阈值", "no threshold is set for this region and class")
	case set.Applies == "no":
		return l.notApplicable(set.Reason, set.Reason)
	}
	l.threshold(percent(int64(*set.PerThousand)*10) + " %")
	docs := timeline.Rows(d, "504", lot)
	asked := false
	var worst *deposit
	for _, e := range docs {
		asked = asked || strings.TrimSpace(e.Fields["MARGIN_AMOUNT"]+e.Fields["MARGIN_PERCENT"]) != ""
		if m, ok := depositOf(d, lot, e); ok && (worst == nil || m.share > worst.share) {
			worst = &m
		}
	}
	switch {
	case len(docs) == 0:
		return l.notApplicable("尚未发出招标文件", "no tender documents yet")
	case !asked:
		return l.notApplicable("招标文件未要求投标保证金", "the documents ask for no deposit")
	case worst == nil:
		return l.lacks("504 MARGIN_AMOUNT, MARGIN_AMOUNT_UNIT / 502 CONTRACT_RECKON_PRICE, PRICE_UNIT")
	case worst.share >= 10_000:
		return l.lacks("504 MARGIN_AMOUNT_UNIT / 502 PRICE_UNIT (a deposit above the estimate: the unit of one is in doubt)")
	}
	for _, ref := range worst.refs {
		l.see(ref.ref, ref.value)
	}
	value := percent(worst.share) + " %"
	if worst.over(*set.PerThousand) {
		return l.answer(Fired, value, fmt.Sprintf("投标保证金为%s的 %s，超过 %s，建议核查。", worst.of[0], value, l.f.Threshold),
			fmt.Sprintf("The bid deposit is %s of %s, above %s; checking is suggested.", value, worst.of[1], l.f.Threshold))
	}
	return l.answer(Clear, value, fmt.Sprintf("投标保证金为%s的 %s，未超过 %s。", worst.of[0], value, l.f.Threshold), fmt.Sprintf("The bid deposit is %s of %s, not above %s.", value, worst.of[1], l.f.Threshold))
}

// A deposit is what one document asks for.
type deposit struct {
	share           int64 // hundredths of a percent of the estimate, rounded down
	margin, against *big.Int
	of              [2]string
	refs            []cited
}

type cited struct {
	ref   docket.Ref
	value string
}

func (m *deposit) over(perThousand int) bool {
	return new(big.Int).Mul(m.margin, big.NewInt(1000)).Cmp(new(big.Int).Mul(m.against, big.NewInt(int64(perThousand)))) > 0
}

// depositOf reads the deposit of a document against the estimates of the lots
// that it names: of one that names several nobody can say whether the amount is
// for each or for all, so that it is held against all of them. A rate stands
// for itself.
func depositOf(d *docket.Docket, lot string, e *docket.Entry) (deposit, bool) {
	margin, ok := trade.ParseMoney(e.Fields["MARGIN_AMOUNT"], e.Fields["MARGIN_AMOUNT_UNIT"])
	if !ok || margin <= 0 {
		text := strings.TrimRight(strings.TrimSpace(e.Fields["MARGIN_PERCENT"]), "%％")
		rate, isRate := trade.ParseMoney(text, "0") // a decimal number of at most six places
		if !isRate || text == strings.TrimSpace(e.Fields["MARGIN_PERCENT"]) || rate < 0 || rate > 100*trade.Yuan {
			return deposit{}, false
		}
		m := deposit{margin: big.NewInt(int64(rate)), against: big.NewInt(int64(100 * trade.Yuan)), of: [2]string{"规定的费率基数", "the base that the documents name"}}
		m.share = int64(rate) / 10_000
		m.refs = []cited{{timeline.RefOf(e, "MARGIN_PERCENT"), e.Fields["MARGIN_PERCENT"]}}
		return m, true
	}
	m := deposit{margin: big.NewInt(int64(margin)), against: new(big.Int), of: [2]string{"合同估算价", "the estimate"}}
	m.refs = []cited{{timeline.RefOf(e, "MARGIN_AMOUNT"), e.Fields["MARGIN_AMOUNT"]}}
	lots := timeline.LotsOf(e)
	if len(lots) == 0 {
		lots = timeline.Lots(d)
	}
	for _, one := range lots {
		known := false
		for _, row := range timeline.Rows(d, "502", one) {
			v, ok := trade.ParseMoney(row.Fields["CONTRACT_RECKON_PRICE"], row.Fields["PRICE_UNIT"])
			if !ok || v <= 0 || known {
				continue
			}
			known = true
			m.against.Add(m.against, big.NewInt(int64(v)))
			m.refs = append(m.refs, cited{timeline.RefOf(row, "CONTRACT_RECKON_PRICE"), row.Fields["CONTRACT_RECKON_PRICE"]})
		}
		if !known {
			return deposit{}, false
		}
	}
	share := new(big.Int).Mul(m.margin, big.NewInt(10_000))
	share.Div(share, m.against)
	m.share = 1 << 40 // more than any limit
	if share.IsInt64() && share.Int64() < m.share {
		m.share = share.Int64()
	}
	return m, true
}

// percent writes hundredths of a percent.
func percent(hundredths int64) string {
	s := fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
