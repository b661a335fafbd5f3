package province

import (
	"slices"
	"time"

	"mingjing/internal/standard"
)

// CentreMachine is the machine of the trading centre's own upload desk in the
// simulated systems: bids uploaded there share it for an honest reason.
var CentreMachine = struct{ CPU, Disk, MAC string }{"BFEBFBFF000906EA", "WD-CENTRE000001", "00-1a-2b-3c-4d-5e"}

// machine gives the first n bids of a lot one machine.
func machine(n int, cpu, disk, mac string) func(*life, *lot) {
	return func(_ *life, b *lot) {
		for i := range b.bids[:n] {
			b.bids[i].cpu, b.bids[i].disk, b.bids[i].mac = cpu, disk, mac
		}
	}
}

// twists are the planted cases: for each indicator cases that must fire and
// honest ones that look alike and must not. A new case is one more entry of one
// of these tables.
func twists() []twist {
	return slices.Concat(firstTwists(), procedureTwists(), bidTwists(), dataTwists(), classTwists(), avoidTwists(), tenderTwists(), handTwists(), committeeTwists(), conductTwists(), contractTwists(), fileTwists())
}

// firstTwists are those of the indicators that came first: even a small
// province has them.
func firstTwists() []twist {
	return []twist{
		{
			indicator: "A02", expected: Hit, name: "12 days to bid", why: "documents were issued 12 days before the deadline; the law wants 20",
			terms: func(t *terms) { t.prepare = 12 },
		}, {
			indicator: "A02", expected: Look, name: "20 days to bid", why: "exactly 20 days are enough",
			terms: func(t *terms) { t.prepare = 20 },
		}, {
			indicator: "A05", expected: Hit, name: "opened with two", why: "two bidders came and the bids were opened",
			terms: func(t *terms) { t.bidders = 2 },
		}, {
			indicator: "A05", expected: Look, name: "too few came, and ended", why: "the opening record states that two came; the tender was reported as failed and did not go on",
			terms: func(t *terms) { t.bidders = 2 },
			tell: func(l *life) {
				at := l.time("506", "BID_OPENING_TIME").Add(3 * time.Hour)
				l.put("517", l.id+"001-X", at, fields{"BID_SECTION_CODE": l.id + "001", "EXCEPITON_NAME": l.name + "流标报告", "EXCEPITON_INFOR": "投标人不足三个，不予开标", "APPROVAL_RESULT": "同意", "APPROVAL_TIME": stamp(at), "EXCEPITON_TYPE": "1"})
			},
		}, {
			indicator: "A13", expected: Hit, name: "no contract", why: "no contract came after the award notice",
			terms: func(t *terms) { t.contract = 0 },
		}, {
			indicator: "A13", expected: Look, name: "contract on the last day", why: "signed on the thirtieth day, the last that the law allows",
			terms: func(t *terms) { t.contract = 30 },
		}, {
			indicator: "D01", expected: Hit, name: "one machine", why: "two bidders' files carry one processor, network card and disk",
			bids: func(l *life, b *lot) { machine(2, b.bids[0].cpu, b.bids[0].disk, b.bids[0].mac)(l, b) },
		}, {
			indicator: "D01", expected: Look, name: "the centre's own machine", why: "both bids were uploaded at the trading centre's own desk",
			bids: machine(2, CentreMachine.CPU, CentreMachine.Disk, CentreMachine.MAC),
		}, {
			indicator: "K01", expected: Hit, name: "late report", silent: true, docket: true, why: "a report of performance came more than two days after it was made",
			tell: func(l *life) {
				quiet(l)
				l.another(l.Now.Add(-60 * time.Hour))
			},
		}, {
			indicator: "K01", expected: Look, name: "report of today", silent: true, docket: true, why: "the report came within the day",
			tell: func(l *life) {
				quiet(l)
				l.another(l.Now.Add(-6 * time.Hour))
			},
		}, {
			indicator: "K09", expected: Hit, name: "two deadlines", why: "notice and documents give different deadlines and nothing says which holds",
			bids: func(_ *life, b *lot) { // all of them in time by either
				for i := range b.bids {
					b.bids[i].at = b.bids[i].at.Add(-25 * time.Hour)
				}
			},
			tell: func(l *life) {
				l.set("504", "BID_DOC_REFER_END_TIME", stamp(l.time("504", "BID_DOC_REFER_END_TIME").Add(-24*time.Hour)))
			},
		}, {
			indicator: "K09", expected: Look, name: "postponed, and said so", why: "a correction notice postponed the deadline for all to see",
			terms: func(t *terms) { t.prepare = 30 },
			tell:  postponed,
		}, {
			indicator: "A02", expected: Look, name: "not by law", why: "the law does not order this tender, so 12 days are the tenderer's own affair",
			terms: func(t *terms) { t.prepare = 12 },
			tell:  func(l *life) { l.set("501", "IS_TO_LAW", "0") },
		}, {
			indicator: "A13", expected: Hit, name: "late contract", why: "the contract was signed on the forty-eighth day",
			terms: func(t *terms) { t.contract = 48 },
		}, {
			indicator: "D01", expected: Look, name: "no codes to read", why: "the fields hold placeholders, which prove nothing",
			bids: machine(3, "To be filled by O.E.M.", "无", "00-00-00-00-00-00"),
		},
	}
}

// quiet takes out what a life would send in the days of silence, so that the
// case stands alone.
func quiet(l *life) {
	from := l.Now.Add(-SilentFor - 24*time.Hour)
	kept := l.out[:0]
	for _, s := range l.out {
		if s.At.Before(from) {
			kept = append(kept, s)
		}
	}
	l.out = kept
}

// another adds a further report of performance.
func (l *life) another(at time.Time) {
	l.put("522", l.id+"-LATE", at, fields{
		"BID_SECTION_CODE": l.id + "001", "PERFORMANCE_REPORT_NAME": l.name + "年度履约评价", "TENDERER_NAME": officeOf(l.region, "审计局").name, "TENDERER_CODE": officeOf(l.region, "审计局").code,
		"PERFORMANCE_PARTY_NAME": "见合同", "PERFORMANCE_PARTY_CODE": orgCode("91"+l.city, 1), "FINISH_TIME": stamp(at.Add(-time.Hour)), "REPORT_ISSUE_TIME": stamp(at),
	})
}

// postponed announces, and records everywhere, that the deadline is a week
// later than first announced.
func postponed(l *life) {
	// The lot is opened at the time that was announced last.
	first := l.time("503", "BID_DOC_REFER_END_TIME")
	earlier := clock(first, -7, 9, 30)
	said := clock(earlier, -10, 10, 0)
	var again []standard.Record
	for _, dataset := range []string{"503", "504"} {
		l.each(dataset, func(_ int, r *standard.Record) {
			again = append(again, *r)
			for _, f := range []string{"BID_DOC_REFER_END_TIME", "BID_OPEN_TIME"} {
				r.Fields = copied(r.Fields)
				r.Fields[f] = stamp(earlier)
			}
		})
	}
	for i, r := range again {
		f := copied(r.Fields)
		delete(f, "DATA_TIMESTAMP")
		key := r.Key + "-POST"
		if r.Dataset == "503" {
			merge(f, fields{"NOTICE_NATURE": "2", "NOTICE_NAME": l.name + "延期公告", "NOTICE_SEND_TIME": stamp(said), "DOC_GET_END_TIME": stamp(worked(said, 5, 17, 30))})
			l.put("503", key, said, f)
			continue
		}
		merge(f, fields{"SUBMIT_TIME": stamp(said), "CLARIFY_TIME": stamp(said), "CLARIFY_CONTENT": "调整工程量清单并顺延投标截止时间"})
		f["DOC_NAME"] = l.name + "招标文件（延期）"
		l.put("504", key, said.Add(time.Duration(i)*time.Minute), f)
	}
}

func copied(f fields) fields {
	out := fields{}
	merge(out, f)
	return out
}
