package province

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

// A lot is one section of a tender in the telling.
type lot struct {
	code, name string
	price      float64 // estimate and highest price
	deadline   time.Time
	bids       []bid // the winner first
}

func codes(lots []*lot) string {
	var out []string
	for _, b := range lots {
		out = append(out, b.code)
	}
	return strings.Join(out, ";")
}

// who are the fields that name a bidder.
func (b *lot) who(i int) fields {
	return fields{"BID_SECTION_CODE": b.code, "BIDDER_NAME": b.bids[i].name, "BIDDER_CODE_TYPE": "1", "BIDDER_ORG_CODE": b.bids[i].code, "BIDDER_CODE": b.bids[i].code, "BIDDER_ROLE": "02"}
}

func (b *lot) with(i int, more fields) fields {
	out := b.who(i)
	merge(out, more)
	return out
}

// registered tells that a transaction was registered on site.
func (l *life) registered(at time.Time) {
	l.put("9104", l.id+"-REG", at, fields{"REGISTRATION_NUMBER": "JC" + l.serial(1), "CENTRE_NAME": l.system.NameZH, "CENTRE_CODE": l.system.Platform, "REGISTRATION_TIME": stamp(at)})
}

// filed tells that documents were filed with an authority.
func (l *life) filed(lots string, with office, at time.Time) {
	l.put("9103", l.id+"-FILE", at, fields{
		"BID_SECTION_CODE": lots, "DOC_NAME": l.name + "文件", "FILING_NUMBER": "BA" + l.serial(2), "FILING_AUTHORITY": with.name, "FILING_TIME": stamp(at), "FILING_RESULT": "符合要求，予以备案", "DOC_DIGEST": digest(l.id + "documents"),
	})
}

// downloaded tells that a bidder downloaded the documents.
func (l *life) downloaded(b *lot, i int) {
	x, at := b.bids[i], b.bids[i].fetched.Add(4*time.Minute)
	l.put("9105", fmt.Sprintf("%s-%d-L", b.code, i+1), at, fields{
		"BID_SECTION_CODE": b.code, "DOWNLOAD_NUMBER": fmt.Sprintf("XZ%s-%s", l.serial(100+i), b.code[len(b.code)-3:]), "COMPANY_NAME": x.name, "COMPANY_CODE": x.code, "DOWNLOAD_TIME": stamp(at), "NET_ID": x.home, "MAC_ADDRESS": x.card, "DOC_NAME": l.name + "文件",
	})
}

// decrypted tells that each bidder decrypted its bid at the opening.
func (l *life) decrypted(b *lot) {
	for i, x := range b.bids {
		at := b.deadline.Add(time.Duration(3+i*2) * time.Minute)
		l.put("9107", fmt.Sprintf("%s-%d", b.code, i+1), at, b.with(i, fields{"DECRYPT_TIME": stamp(at), "DECRYPT_RESULT": "1", "NET_ID": x.home, "MAC_ADDRESS": x.card}))
	}
}

// filmed tells where the recording of a step is.
func (l *life) filmed(b *lot, step string) {
	l.put("9113", b.code+"-V1", b.deadline.Add(time.Hour), fields{
		"BID_SECTION_CODE": b.code, "MEDIA_NUMBER": "SP" + l.serial(1) + b.code[len(b.code)-3:], "PLACE": "第一开标室", "TRADE_STEP": step, "CAMERA": "K1-02", "BEGIN_TIME": stamp(b.deadline.Add(-10 * time.Minute)), "END_TIME": stamp(b.deadline.Add(50 * time.Minute)), "FILE_DIGEST": digest(b.code + step),
	})
}

// judged tells where the recording of an evaluation is: that it runs, and that
// it is over.
func (l *life) judged(b *lot, end time.Time) {
	begun := b.deadline.Add(70 * time.Minute)
	if !end.After(begun.Add(time.Minute)) {
		return // planted cases are told in their own time
	}
	running := fields{"BID_SECTION_CODE": b.code, "MEDIA_NUMBER": "SP" + l.serial(2) + b.code[len(b.code)-3:], "PLACE": "评标一室", "TRADE_STEP": "评标", "CAMERA": "P1-01", "BEGIN_TIME": stamp(begun)}
	l.put("9113", b.code+"-V2", begun.Add(time.Minute), running)
	over := maps.Clone(running)
	over["END_TIME"], over["FILE_DIGEST"] = stamp(end), digest(b.code+"评标")
	l.put("9113", b.code+"-V2", end.Add(10*time.Minute), over)
}

// A member is one of a committee.
type member struct {
	expert
	own     bool // of the tenderer
	arrived time.Time
}

// committee draws experts at a time, n with those of the tenderer's own, and
// tells the draw and the entries to the room.
func (l *life) committee(b *lot, at time.Time, n, own int) []member {
	library := l.market.experts[l.city]
	var out []member
	var names []string
	seats := make([]expert, n)
	for i, k := range l.rnd.Perm(len(library))[:n] {
		seats[i] = library[k]
	}
	if l.twist != nil && l.twist.panel != nil {
		l.twist.panel(seats, library)
	}
	for i, x := range seats {
		m := member{expert: x, own: i >= n-own, arrived: b.deadline.Add(time.Duration(20+i*2) * time.Minute)}
		role := "1"
		if m.own {
			role = "2"
		} else {
			names = append(names, m.name)
		}
		out = append(out, m)
		l.put("9108", fmt.Sprintf("%s-E%d", b.code, i+1), b.deadline.Add(5*time.Hour), fields{
			"BID_SECTION_CODE": b.code, "ENTRY_NUMBER": fmt.Sprintf("CR%s%02d", l.serial(5), i), "ROOM": "评标二室", "PERSON_NAME": m.name, "ID_CARD": m.id, "PERSON_ROLE": role,
			"ENTER_TIME": stamp(m.arrived.Add(5 * time.Minute)), "LEAVE_TIME": stamp(b.deadline.Add(4 * time.Hour)),
		})
	}
	l.put("9112", b.code+"-DRAW", at.Add(time.Minute), fields{
		"BID_SECTION_CODE": b.code, "DRAW_NUMBER": "CQ" + l.serial(4) + b.code[len(b.code)-3:], "DRAW_RULE": "随机抽取，回避投标人所在单位", "LIBRARY": "河南省综合评标专家库", "EXPERT_COUNT": strconv.Itoa(n - own), "TENDERER_COUNT": strconv.Itoa(own),
		"EXPERT_NAMES": strings.Join(names, ";"), "REDRAW": "0", "DRAW_TIME": stamp(at),
	})
	return out
}

// refunded tells that each bidder got its deposit back, but for those that
// brought a letter of guarantee; nil: nobody did.
func (l *life) refunded(b *lot, at time.Time, deposit float64, guaranteed func(i int) bool) {
	for i := range b.bids {
		if guaranteed != nil && guaranteed(i) {
			continue
		}
		at := at.Add(time.Duration(i) * time.Minute)
		l.put("9106", fmt.Sprintf("%s-%d", b.code, i+1), at, b.with(i, fields{
			"REFUND_AMOUNT": amount(deposit), "REFUND_INTEREST": amount(deposit * 0.0003), "REFUND_TIME": stamp(at), "REFUND_ACCOUNT": b.bids[i].payer,
		}))
	}
}

// A performance is what follows a contract: changes, payments, the end.
type performance struct {
	lot          string
	signed       time.Time
	payer, payee office
	account      string // of the payee
	price        float64
	invest       string // investment project code; "" when there is none
	budget       string // number of the budget line; "" when there is none
	months       int    // from the contract to the end
	report       string // data set of the report of performance; "" when the class has none
}

// performed tells changes, payments, the report and the archive.
func (l *life) performed(p performance) {
	number := "HT" + l.serial(len(p.lot))
	end := open(p.signed, p.months*30, 10, 0)
	if l.rnd.IntN(5) == 0 {
		at := open(p.signed, p.months*12, 11, 0)
		l.put("9109", p.lot+"-CHG", at, fields{
			"BID_SECTION_CODE": p.lot, "CONTRACT_NUMBER": number, "CHANGE_NUMBER": "1", "CHANGE_REASON": "地质条件与勘察不符", "CHANGE_CONTENT": "增加部分工程量", "AMOUNT_BEFORE": amount(p.price), "AMOUNT_AFTER": amount(p.price * 1.03), "APPROVER": p.payer.name, "CHANGE_TIME": stamp(at),
		})
	}
	for i, part := range []struct {
		kind    string
		percent int
		share   float64
	}{{"1", 0, 0.3}, {"2", 60, 0.4}, {"3", 100, 0.27}} {
		l.paid(p, i, open(p.signed, 10+p.months*30*i/2, 16, 0), part.kind, part.percent, p.price*part.share)
	}
	if p.report == "522" {
		at := worked(end, 3, 10, 0)
		l.put("522", p.lot+"-F", at, fields{
			"BID_SECTION_CODE": p.lot, "PERFORMANCE_REPORT_NAME": l.name + "履约情况报告", "TENDERER_NAME": p.payer.name, "TENDERER_CODE": p.payer.code, "PERFORMANCE_PARTY_NAME": p.payee.name, "PERFORMANCE_PARTY_CODE": p.payee.code,
			"SETTLE_PRICE": amount(p.price * (0.97 + l.rnd.Float64()*0.05)), "FINISH_TIME": stamp(end), "ACTUALLY_PERIOD": strconv.Itoa(p.months * 30), "REPORT_ISSUE_TIME": stamp(at),
		})
	}
	l.archived(p.lot, worked(end, 15, 9, 0))
}

// paid tells one payment of a contract.
func (l *life) paid(p performance, i int, at time.Time, kind string, percent int, sum float64) {
	l.put("9110", fmt.Sprintf("%s-PAY%d", p.lot, i+1), at, fields{
		"BID_SECTION_CODE": p.lot, "INVEST_PROJECT_CODE": p.invest, "BUDGET_LINE": p.budget, "CONTRACT_NUMBER": "HT" + l.serial(len(p.lot)), "PAYMENT_NUMBER": fmt.Sprintf("ZF%s%d", l.serial(6), i), "PAYER_NAME": p.payer.name, "PAYER_CODE": p.payer.code,
		"PAYEE_NAME": p.payee.name, "PAYEE_CODE": p.payee.code, "PAYEE_ACCOUNT": p.account, "PAYMENT_AMOUNT": amount(sum), "PAYMENT_KIND": kind, "PROGRESS_PERCENT": strconv.Itoa(percent), "PAYMENT_TIME": stamp(at),
	})
}

// archived tells that the papers of a lot were archived.
func (l *life) archived(lot string, at time.Time) {
	l.put("9111", lot+"-ARC", at, fields{
		"BID_SECTION_CODE": lot, "ARCHIVE_NUMBER": "DA" + l.serial(8) + lot[len(lot)-3:], "FILE_COUNT": strconv.Itoa(between(l.rnd, 40, 200)), "ARCHIVE_DIGEST": digest(lot + "archive"), "KEEP_UNTIL": date(at.AddDate(15, 0, 0)), "ARCHIVE_TIME": stamp(at),
	})
}
