package province

import "mingjing/internal/trade"

// classTwists are the cases of the other classes of trade.
func classTwists() []twist {
	return []twist{
		{
			indicator: "A16", expected: Hit, class: trade.Procurement, name: "question answered after twelve working days", why: "the law gives seven working days to answer a supplier's question",
			purchase: func(t *purchaseTerms) { t.ask, t.answer = true, 12 },
		}, {
			indicator: "A16", expected: Look, class: trade.Procurement, name: "question answered on the seventh working day", why: "the seventh working day is the last that the law gives",
			purchase: func(t *purchaseTerms) { t.ask, t.answer = true, 7 },
		}, {
			indicator: "A16", expected: Hit, class: trade.Procurement, name: "twelve days to offer", why: "twelve days from the notice to the deadline; the law wants twenty",
			purchase: func(t *purchaseTerms) { t.prepare = 12 },
		}, {
			indicator: "A16", expected: Look, class: trade.Procurement, name: "twenty days to offer", why: "exactly twenty days are enough",
			purchase: func(t *purchaseTerms) { t.prepare = 20 },
		}, {
			indicator: "A16", expected: Look, class: trade.Procurement, name: "negotiation in twelve days", why: "twenty days are the rule of tenders; this is a competitive negotiation",
			purchase: func(t *purchaseTerms) { t.title, t.prepare = "竞争性磋商公告", 12 },
		}, {
			indicator: "A16", expected: Hit, class: trade.Procurement, name: "single source publicised for three days", why: "a purchase from a single source is publicised for at least five working days",
			purchase: func(t *purchaseTerms) { t.title, t.prepare, t.suppliers = "单一来源采购公示", 3, 1 },
		}, {
			indicator: "A17", expected: Hit, class: trade.Land, name: "land noticed for twelve days", why: "a grant of land is announced at least twenty days before it",
			grant: func(t *grantTerms) { t.notice = 12 },
		}, {
			indicator: "A17", expected: Hit, class: trade.Land, name: "land listed for six days", why: "land is listed for at least ten days",
			grant: func(t *grantTerms) { t.listed = 6 },
		}, {
			indicator: "A17", expected: Look, class: trade.Land, name: "land noticed for twenty days, listed for ten", why: "exactly what the rules ask for",
			grant: func(t *grantTerms) { t.notice, t.listed = 20, 10 },
		}, {
			indicator: "A17", expected: Hit, class: trade.Mining, name: "mining right noticed for fifteen working days", why: "the trade began fifteen working days after the notice; the rules ask for twenty",
			grant: func(t *grantTerms) { t.notice, t.listed = 4, 11 },
		}, {
			indicator: "A17", expected: Look, class: trade.Mining, name: "mining right noticed for twenty working days", why: "exactly what the rules ask for",
			grant: func(t *grantTerms) { t.notice, t.listed = 10, 10 },
		}, {
			indicator: "A17", expected: Hit, class: trade.Property, name: "property listed for eight working days", why: "state property is disclosed for at least twenty working days",
			grant: func(t *grantTerms) { t.listed, t.worth = 8, 3e7 },
		}, {
			indicator: "A17", expected: Look, class: trade.Property, name: "property listed for twenty working days", why: "exactly twenty working days are enough",
			grant: func(t *grantTerms) { t.listed, t.worth = 20, 3e7 },
		},
	}
}
