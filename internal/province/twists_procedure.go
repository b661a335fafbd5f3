package province

import "time"

// procedureTwists are the cases of days and order of a tender of works.
func procedureTwists() []twist {
	return []twist{
		{
			indicator: "A01", expected: Hit, name: "documents on issue for three days", why: "the law wants the documents on issue for at least five days",
			tell: func(l *life) { l.set("503", "DOC_GET_END_TIME", stamp(clock(l.day, 3, 17, 30))) },
		}, {
			indicator: "A01", expected: Look, name: "documents on issue for five days", why: "exactly five days are enough",
			tell: func(l *life) { l.set("503", "DOC_GET_END_TIME", stamp(clock(l.day, 5, 17, 30))) },
		}, {
			indicator: "A03", expected: Hit, name: "clarified eight days before", why: "a clarification came eight days before the deadline, which was not put off; the law wants fifteen",
			terms: func(t *terms) { t.clarify = 8 },
		}, {
			indicator: "A03", expected: Look, name: "clarified fifteen days before", why: "exactly fifteen days are enough",
			terms: func(t *terms) { t.clarify = 15 },
		}, {
			indicator: "A03", expected: Look, name: "clarified late, and put off", why: "the clarification came late and the deadline was put off with it",
			terms: func(t *terms) { t.prepare = 30 },
			tell:  postponed,
		}, {
			indicator: "A04", expected: Hit, name: "opened an hour and a half late", why: "the bids were opened ninety minutes after the deadline, not at it",
			tell: func(l *life) {
				l.set("506", "BID_OPENING_TIME", stamp(l.time("506", "BID_OPENING_TIME").Add(90*time.Minute)))
			},
		}, {
			indicator: "A04", expected: Look, name: "opened at the later deadline", why: "the deadline was put off for all to see, and the bids were opened at the new one",
			terms: func(t *terms) { t.prepare = 30 },
			tell:  postponed,
		}, {
			indicator: "A06", expected: Hit, name: "a bid eleven minutes late", why: "a bid came eleven minutes after the deadline and was opened with the others",
			bids: func(_ *life, b *lot) { b.bids[len(b.bids)-1].at = b.deadline.Add(11 * time.Minute) },
		}, {
			indicator: "A06", expected: Look, name: "a bid in the last minute", why: "forty seconds before the deadline is in time",
			bids: func(_ *life, b *lot) { b.bids[len(b.bids)-1].at = b.deadline.Add(-40 * time.Second) },
		}, {
			indicator: "A07", expected: Hit, name: "a committee of four", why: "the committee has four members: fewer than five, and not odd",
			terms: func(t *terms) { t.experts, t.own = 4, 1 },
		}, {
			indicator: "A07", expected: Hit, name: "drawn two days before", why: "the experts were drawn 45 hours before the opening; in Henan it is 24 at most",
			terms: func(t *terms) { t.draw = 45 },
		}, {
			indicator: "A07", expected: Look, name: "a committee of seven, drawn the day before", why: "seven members, five of them drawn experts, 23 hours before the opening",
			terms: func(t *terms) { t.experts, t.own, t.draw = 7, 2, 23 },
		}, {
			indicator: "A08", expected: Hit, name: "publicity after eight working days", why: "the candidates were publicised eight working days after the report; the law gives three days",
			terms: func(t *terms) { t.publish = 8 },
		}, {
			indicator: "A08", expected: Look, name: "publicity on the third day", why: "the third day is the last that the law gives",
			terms: func(t *terms) { t.within = 3 },
		}, {
			indicator: "A09", expected: Hit, name: "publicity of two days", why: "the candidates were publicised for two days; the law wants three",
			terms: func(t *terms) { t.lasts = 2 },
		}, {
			indicator: "A09", expected: Look, name: "publicity of exactly three working days", why: "three days, none of them cut by a day off",
			terms: func(t *terms) { t.show = 3 },
		}, {
			indicator: "A10", expected: Hit, name: "result before the end of publicity", why: "the result was published two working days before the publicity of candidates had ended",
			terms: func(t *terms) { t.show, t.decide = 5, -2 },
		}, {
			indicator: "A10", expected: Hit, also: []string{"A11"}, name: "result while an objection is open", why: "an objection to the evaluation was answered nine working days later, after the result",
			terms: func(t *terms) { t.show, t.decide, t.objects = 3, 1, 9 },
		}, {
			indicator: "A10", expected: Look, name: "result after the answer", why: "an objection came, was answered the next day, and the result waited for it",
			terms: func(t *terms) { t.show, t.objects = 4, 1 },
		}, {
			indicator: "A11", expected: Hit, name: "objection answered after twelve days", why: "the law gives three days to answer an objection to the documents",
			terms: func(t *terms) { t.prepare, t.doubts = 28, 12 },
		}, {
			indicator: "A11", expected: Hit, also: []string{"A10"}, name: "objection never answered", why: "no answer to an objection to the documents ever came, and the result did not wait for one",
			terms: func(t *terms) { t.prepare, t.doubts = 28, -1 },
		}, {
			indicator: "A11", expected: Look, name: "objection answered on the third day", why: "the third day is the last that the law gives",
			terms: func(t *terms) { t.prepare, t.doubts = 28, 3 },
		}, {
			indicator: "A14", expected: Hit, name: "deposit of 2.6 percent", why: "the bid deposit is above two percent of the estimate",
			terms: func(t *terms) { t.deposit = 0.026 },
		}, {
			indicator: "A14", expected: Hit, name: "deposit kept for a month", why: "deposits were given back 31 days after the contract; the law gives five",
			terms: func(t *terms) { t.refund = 31 },
		}, {
			indicator: "A14", expected: Look, name: "deposit of exactly two percent, back on the fifth day", why: "two percent and five days are what the law allows",
			terms: func(t *terms) { t.deposit, t.refund = 0.02, 5 },
		},
	}
}
