package province

import "time"

// dataTwists are the cases of data that are missing, reversed or wrong.
func dataTwists() []twist {
	return []twist{
		{
			indicator: "K02", expected: Hit, waits: 73 * time.Hour, name: "candidates without a report", why: "candidates were publicised and won, and no report of the committee ever came",
			tell: func(l *life) { l.drop("509") },
		}, {
			indicator: "K02", expected: Look, name: "the parent came late", why: "the tender project was sent a day after its notice; nothing is missing",
			tell: func(l *life) { l.late("501", l.day.Add(20*time.Hour)) },
		}, {
			indicator: "K04", expected: Hit, name: "contract before the award", why: "the contract is dated five days before the award notice",
			terms: func(t *terms) { t.contract = -5 },
		}, {
			indicator: "K04", expected: Look, name: "award notice with the result", why: "award notice and result bear the same minute, which is no reversal",
			tell: func(l *life) { l.set("9018", "WIN_NOTICE_SEND_TIME", stamp(l.time("513", "NOTICE_SEND_TIME"))) },
		}, {
			indicator: "K06", expected: Hit, docket: true, name: "a code that cannot be", why: "the agency's code has a wrong check character",
			tell: func(l *life) {
				l.each("501", func(_ int, r *record) { r.Fields["TENDER_AGENCY_CODE"] = miswritten(r.Fields["TENDER_AGENCY_CODE"]) })
			},
		}, {
			indicator: "K06", expected: Look, docket: true, name: "two tenderers", why: "two good codes in one field, as the standard allows for a joint tender",
			tell: func(l *life) {
				second := officeOf(l.region, "城市投资中心")
				l.each("501", func(_ int, r *record) {
					r.Fields["TENDERER_CODE"] += ";" + second.code
					r.Fields["TENDERER_NAME"] += ";" + second.name
					r.Fields["ISUNION"] = "1"
				})
			},
		}, {
			indicator: "K07", expected: Hit, name: "yuan taken for ten thousand", why: "the contract's sum is in yuan and its unit says ten thousand yuan",
			terms: func(t *terms) { t.worth = 36e6 },
			tell:  func(l *life) { l.set("512", "PRICE_UNIT", "1") },
		}, {
			indicator: "K07", expected: Look, name: "a real giant", why: "2.2 billion yuan in every record: large, and no slip of the unit",
			terms: func(t *terms) { t.worth = 2.2e9 },
		},
	}
}

// late lets a record be sent later than its event.
func (l *life) late(dataset string, at time.Time) {
	for i := range l.out {
		if s := &l.out[i]; s.Record.Dataset == dataset {
			s.At = at
		}
	}
}

// miswritten gives a code another check character.
func miswritten(code string) string {
	last := byte('7')
	if code[17] == last {
		last = '9'
	}
	return code[:17] + string(last)
}
