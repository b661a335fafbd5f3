package province

import (
	"fmt"
	"strconv"
	"time"

	"mingjing/internal/standard"
)

// contractTwists are the cases of contracts and what became of them, and of
// data that were changed or sent twice.
func contractTwists() []twist {
	return []twist{
		{
			indicator: "J01", expected: Hit, name: "contract dearer than the award", why: "the contract is eight hundredths above the award",
			tell: func(l *life) { l.set("512", "CONTRACT_PRICE", amount(l.award()*1.08)) },
		}, {
			indicator: "J01", expected: Look, name: "contract in another unit", why: "the same sum in ten thousand yuan",
			tell: func(l *life) {
				l.set("512", "CONTRACT_PRICE", strconv.FormatFloat(l.award()/1e4, 'f', 6, 64))
				l.set("512", "PRICE_UNIT", "1")
			},
		}, {
			indicator: "J02", expected: Hit, name: "raised by fifteen hundredths", why: "a change raised the contract by more than a tenth",
			tell: func(l *life) { l.changed(1.15) },
		}, {
			indicator: "J02", expected: Look, name: "raised by nine hundredths", why: "a change raised the contract by less than a tenth",
			tell: func(l *life) { l.changed(1.09) },
		}, {
			indicator: "J03", expected: Hit, name: "settled a quarter above", why: "what was settled is a quarter above the contract",
			tell: func(l *life) { l.drop("9109"); l.settled(fields{"SETTLE_PRICE": amount(l.award() * 1.25)}) },
		}, {
			indicator: "J03", expected: Look, name: "settled four hundredths above", why: "measured quantities differ a little",
			tell: func(l *life) { l.drop("9109"); l.settled(fields{"SETTLE_PRICE": amount(l.award() * 1.04)}) },
		}, {
			indicator: "J04", expected: Hit, name: "paid ahead of the work", why: "sixty hundredths were paid when twenty were built",
			tell: func(l *life) { l.paidOut("20", 0.6) },
		}, {
			indicator: "J04", expected: Look, name: "paid by the work", why: "sixty hundredths were paid when sixty were built",
			tell: func(l *life) { l.paidOut("60", 0.6) },
		}, {
			indicator: "J05", expected: Hit, name: "nearly half subcontracted", why: "the contract lets forty-five hundredths be subcontracted; in Henan it is thirty at most",
			tell: func(l *life) {
				l.set("512", "CONTRACT_CONTENT", "承包范围："+l.name+"，其中专业分包比例45%")
			},
		}, {
			indicator: "J05", expected: Look, name: "a clause on subcontracting", why: "the contract forbids passing it on and limits subcontracting to thirty hundredths",
			tell: func(l *life) {
				l.set("512", "CONTRACT_CONTENT", "承包范围："+l.name+"；承包人不得转包，分包比例不得超过30%")
			},
		}, {
			indicator: "J06", expected: Hit, name: "changed three times", why: "the contract was changed three times",
			tell: func(l *life) { l.changed(1.01, 1.02, 1.03) },
		}, {
			indicator: "J06", expected: Look, name: "changed twice", why: "two changes are common",
			tell: func(l *life) { l.changed(1.01, 1.02) },
		}, {
			indicator: "J07", expected: Hit, name: "thirty-six days in place of twenty", why: "performance took nearly twice the time agreed",
			tell: func(l *life) { l.hurried("36") },
		}, {
			indicator: "J07", expected: Look, name: "twenty-two days in place of twenty", why: "two days late",
			tell: func(l *life) { l.hurried("22") },
		}, {
			indicator: "J08", expected: Hit, name: "more paid than agreed", why: "payments come to a hundred and four hundredths of the contract",
			tell: func(l *life) { l.paidOut("100", 0.6, 0.44) },
		}, {
			indicator: "J08", expected: Look, name: "all paid", why: "payments come to the contract, no more",
			tell: func(l *life) { l.paidOut("100", 0.6, 0.4) },
		}, {
			indicator: "K03", expected: Hit, name: "result changed three days later", why: "the published result was changed in the data three days later, without a correction",
			tell: func(l *life) { l.edited("513", 73*time.Hour) },
		}, {
			indicator: "K03", expected: Look, name: "result put right the same day", why: "a slip was put right within hours",
			tell: func(l *life) { l.edited("513", 5*time.Hour) },
		}, {
			indicator: "K05", expected: Hit, name: "one contract under two keys", why: "the contract was sent twice, under two keys",
			tell: func(l *life) {
				for _, s := range l.out {
					if s.Record.Dataset == "512" {
						s.Record.Key += "-AGAIN"
						s.Record.Fields = copied(s.Record.Fields)
						l.out = append(l.out, s)
						return
					}
				}
			},
		}, {
			indicator: "K05", expected: Look, name: "document and clarification", why: "the two records share most of their fields and are two things",
			terms: func(t *terms) { t.clarify = 17 },
		},
	}
}

// award is the price of the award, in yuan.
func (l *life) award() float64 {
	won := 0.0
	l.each("513", func(_ int, r *record) { won, _ = strconv.ParseFloat(r.Fields["BID_AMOUNT"], 64) })
	return won
}

// signed is when the contract was signed.
func (l *life) signed() time.Time { return l.time("512", "CONTRACT_SIGN_TIME") }

// changed replaces the changes of the contract by others, as shares of the award.
func (l *life) changed(shares ...float64) {
	l.drop("9109")
	before := 1.0
	for i, s := range shares {
		at := clock(l.signed(), 12+8*i, 11, 0)
		l.put("9109", fmt.Sprintf("%s001-CHG%d", l.id, i+1), at, fields{
			"BID_SECTION_CODE": l.id + "001", "CONTRACT_NUMBER": "HT" + l.serial(23), "CHANGE_NUMBER": strconv.Itoa(i + 1), "CHANGE_REASON": "设计变更", "CHANGE_CONTENT": "增加部分工程量",
			"AMOUNT_BEFORE": amount(l.award() * before), "AMOUNT_AFTER": amount(l.award() * s), "APPROVER": officeOf(l.region, "城市管理局").name, "CHANGE_TIME": stamp(at),
		})
		before = s
	}
}

// settled replaces the report of performance by an early one.
func (l *life) settled(more fields) {
	l.drop("522")
	at := clock(l.signed(), 40, 10, 0)
	f := fields{
		"BID_SECTION_CODE": l.id + "001", "PERFORMANCE_REPORT_NAME": l.name + "履约情况报告", "TENDERER_NAME": officeOf(l.region, "城市管理局").name, "TENDERER_CODE": officeOf(l.region, "城市管理局").code,
		"PERFORMANCE_PARTY_NAME": "见合同", "PERFORMANCE_PARTY_CODE": orgCode("91"+l.city, 1), "FINISH_TIME": stamp(at.Add(-time.Hour)), "REPORT_ISSUE_TIME": stamp(at),
	}
	merge(f, more)
	l.put("522", l.id+"001-F", at, f)
}

// paidOut replaces the payments by others at a progress, as shares of the award.
func (l *life) paidOut(progress string, shares ...float64) {
	l.drop("9110")
	l.drop("9109")
	for i, s := range shares {
		at := clock(l.signed(), 15+10*i, 16, 0)
		l.put("9110", fmt.Sprintf("%s001-PAY%d", l.id, i+1), at, fields{
			"BID_SECTION_CODE": l.id + "001", "CONTRACT_NUMBER": "HT" + l.serial(23), "PAYMENT_NUMBER": fmt.Sprintf("ZF%s%d", l.serial(6), i), "PAYER_NAME": officeOf(l.region, "城市管理局").name, "PAYER_CODE": officeOf(l.region, "城市管理局").code,
			"PAYEE_NAME": "见合同", "PAYEE_CODE": orgCode("91"+l.city, 1), "PAYEE_ACCOUNT": "410000000000000001", "PAYMENT_AMOUNT": amount(l.award() * s), "PAYMENT_KIND": "2", "PROGRESS_PERCENT": progress, "PAYMENT_TIME": stamp(at),
		})
	}
}

// hurried lets the works be agreed for twenty days and take others.
func (l *life) hurried(days string) {
	for _, s := range []struct{ dataset, field string }{{"502", "LIMITE_TIME"}, {"507", "TIME_LIMIT"}, {"512", "LIMITE_TIME"}} {
		l.set(s.dataset, s.field, "20")
	}
	l.drop("9109")
	l.settled(fields{"ACTUALLY_PERIOD": days})
}

// edited sends a record of a data set again, changed, after a while.
func (l *life) edited(dataset string, after time.Duration) {
	for _, s := range l.out {
		if s.Record.Dataset != dataset {
			continue
		}
		s.At = s.At.Add(after)
		s.Record.Op, s.Record.Revision, s.Record.Fields = standard.Update, stamp(s.At), copied(s.Record.Fields)
		s.Record.Fields["DATA_TIMESTAMP"] = s.Record.Revision
		s.Record.Fields["NOTICE_CONTENT"] += "（联系方式有调整）"
		l.out = append(l.out, s)
		return
	}
}
