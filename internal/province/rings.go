package province

import "fmt"

// Cases over many dockets: bodies that meet, win or lose together again and
// again, and honest ones that look alike. Their firms stand apart from the
// market: they bid where they are told to, and nowhere else.

// ringsFrom is how many dockets a province must have had for these cases: in a
// smaller one nobody bids often enough to be compared with.
const ringsFrom = 1000

// A ring is one such case: n tenders of works in one city, the oldest first.
type ring struct {
	name, why string
	n         int
	kind      string // type of the tender project; "" as chance has it
	buyer     string // that lets all of them; "" as chance has it
	agency    bool   // one agency has all of them
	seated    bool   // none of its experts sits anywhere else
	plan      func(k int) entry
}

// An entry says what happens in one tender of a ring.
type entry struct {
	who    []int // firms of the ring that bid
	wins   int   // the one of them that wins; none: somebody else does
	others int   // bidders of the market beside them
	owner  string
	expert int // of the ring's city that sits in the committee; none
	agency bool
	object bool // somebody objects to the result
	same   bool // the first of them bids from the machine of firm 0
	centre bool // the first of them bids from the centre's own machine
	says   []answer
}

// An answer is what an indicator should say of one tender of a ring.
type answer struct{ indicator, expected string }

const none = -1

// rings are the cases. Firms are numbered from 0 in each.
func rings() []ring {
	hit := func(ids ...string) (out []answer) {
		for _, id := range ids {
			out = append(out, answer{id, Hit})
		}
		return out
	}
	look := func(ids ...string) (out []answer) {
		for _, id := range ids {
			out = append(out, answer{id, Look})
		}
		return out
	}
	return []ring{
		{
			name: "five that take turns", why: "four of five firms bid for each of fourteen tenders, and another of them wins each time", n: 14,
			plan: func(k int) entry {
				e := entry{wins: k % 5, others: 2, expert: none, says: hit("G01")}
				for i := range 5 {
					if i != (k+2)%5 {
						e.who = append(e.who, i)
					}
				}
				return e
			},
		}, {
			name: "a narrow trade", why: "five firms build waterways, all of them bid for each tender of them in the city, and each wins its share", n: 14, kind: "A06",
			plan: func(k int) entry {
				return entry{who: []int{0, 1, 2, 3, 4}, wins: []int{0, 3, 1, 4, 2, 2, 0, 1, 4, 3, 0, 1, 2, 3}[k], expert: none, says: look("G01", "G02", "G03")}
			},
		}, {
			name: "one bids beside the other", why: "a firm bids for twenty tenders and wins none; another one bids for the same and wins fifteen", n: 20,
			plan: func(k int) entry {
				e := entry{who: []int{0, 1}, wins: 0, others: 4, expert: none, says: hit("G01", "G02", "G03")}
				if k%4 == 3 {
					e.wins, e.says = none, hit("G01", "G02")
				}
				return e
			},
		}, {
			name: "a newcomer and a good firm", why: "one has bid for twelve tenders and lost eleven, the other has won four of as many: neither is out of the common", n: 24,
			plan: func(k int) entry {
				e := entry{who: []int{0}, wins: none, others: 5, expert: none, says: look("G02")}
				if k%2 == 1 {
					e.who, e.says = []int{1}, look("G03")
				}
				if k == 4 {
					e.wins = 0
				}
				if k%6 == 1 {
					e.wins = 1
				}
				return e
			},
		}, {
			name: "one buyer's firm", why: "a firm wins eight of the nine tenders that it bids for at one buyer, and none of eight elsewhere", n: 20, buyer: "水务集团筹建处",
			plan: func(k int) entry {
				e := entry{wins: none, others: 5, expert: none}
				switch {
				case k%5 >= 3: // elsewhere
					e.owner, e.who = "产业集聚区管理办公室", []int{0}
				case k == 0 || k == 5 || k == 10:
				default:
					e.who = []int{0}
					if k != 15 {
						e.wins, e.says = 0, hit("G04")
					}
				}
				return e
			},
		}, {
			name: "four of four", why: "a firm has won all four tenders that it bid for at a buyer: too few to say anything", n: 8, buyer: "引黄工程建设处",
			plan: func(k int) entry {
				e := entry{wins: none, others: 3, expert: none}
				if k%2 == 0 {
					e.who, e.wins, e.says = []int{0}, 0, look("G04")
				}
				return e
			},
		}, {
			name: "one agency's firm", why: "a firm wins eight of the nine tenders that it bids for where one agency is in charge, and none of eight elsewhere", n: 17,
			plan: func(k int) entry {
				e := entry{who: []int{0}, wins: none, others: 5, expert: none, agency: k%2 == 0}
				if e.agency && k != 8 {
					e.wins, e.says = 0, hit("G04")
				}
				return e
			},
		}, {
			name: "one expert and one firm", why: "a firm wins seven of the eight tenders in whose committee one expert sits, and none of eight others", n: 16,
			plan: func(k int) entry {
				e := entry{who: []int{0}, wins: none, others: 5, expert: none}
				if k%2 == 0 {
					e.expert = 7
					if k != 6 {
						e.wins, e.says = 0, hit("H03")
					}
				}
				return e
			},
		}, {
			name: "an expert often drawn", why: "an expert has met one winner three times in twelve committees, of whose tenders it bid for six: what chance gives", n: 12,
			plan: func(k int) entry {
				e := entry{wins: none, others: 5, expert: 11}
				if k%2 == 0 {
					e.who = []int{0}
				}
				if k%4 == 0 {
					e.wins, e.says = 0, look("H03")
				}
				return e
			},
		}, {
			name: "one agency's expert", why: "an expert sits in nine of ten committees of one agency and in no other", n: 10, seated: true,
			plan: func(k int) entry {
				e := entry{wins: none, others: 5, expert: none, agency: true}
				if k != 4 {
					e.expert, e.says = 23, hit("H06")
				}
				return e
			},
		}, {
			name: "an expert that all draw", why: "an expert sits in twelve committees, four of them of one agency: no more than that agency's part", n: 12, seated: true,
			plan: func(k int) entry {
				e := entry{wins: none, others: 5, expert: 29, agency: k%3 == 0}
				if e.agency {
					e.says = look("H06")
				}
				return e
			},
		}, {
			name: "objected to again and again", why: "seven of nine tenders of one buyer were objected to", n: 9, buyer: "会展中心建设指挥部",
			plan: func(k int) entry {
				e := entry{wins: none, others: 5, expert: none}
				if k%4 != 1 {
					e.object, e.says = true, hit("I03")
				}
				return e
			},
		}, {
			name: "objected to now and then", why: "three of twelve tenders of one buyer were objected to: not out of the common", n: 12, buyer: "档案新馆筹建办公室",
			plan: func(k int) entry {
				e := entry{wins: none, others: 5, expert: none}
				if k%4 == 1 {
					e.object, e.says = true, look("I03")
				}
				return e
			},
		}, {
			name: "few come", why: "three bidders came to each of nine tenders of one buyer, and eight to the tenth", n: 10, buyer: "粮食储备库建设处",
			plan: func(k int) entry {
				e := entry{wins: none, others: 3, expert: none, says: hit("I04")}
				if k == 6 {
					e.others, e.says = 8, nil
				}
				return e
			},
		}, {
			name: "few come now and then", why: "three bidders came to three of ten tenders of one buyer, as they do to others'", n: 10, buyer: "体育场馆建设办公室",
			plan: func(k int) entry {
				e := entry{wins: none, others: 6, expert: none}
				if k%4 == 1 {
					e.others, e.says = 3, look("I04")
				}
				return e
			},
		}, {
			name: "one machine, two firms, two years", why: "a firm's bids came from the machine of another firm that bid for other tenders", n: 4,
			plan: func(k int) entry {
				return entry{who: []int{k % 2}, wins: none, others: 4, expert: none, same: true, says: hit("D11")}
			},
		}, {
			name: "two firms at the centre's desk", why: "in different tenders two firms bid from the trading centre's own machine", n: 4,
			plan: func(k int) entry {
				return entry{who: []int{k % 2}, wins: none, others: 4, expert: none, centre: true, says: look("D11")}
			},
		},
	}
}

// ringTwists turns the cases into twists, one a tender.
func (p *Province) ringTwists() []twist {
	if p.Dockets < ringsFrom {
		return nil
	}
	var out []twist
	first := 0 // firm of the ring
	for n, g := range rings() {
		sys := 1 + n%8
		if sys == p.silent() {
			sys = 9
		}
		most := 0
		for k := range g.n {
			e := g.plan(k)
			for _, w := range e.who {
				most = max(most, w+1)
			}
			out = append(out, p.ringTwist(&g, n, first, sys, k, e))
		}
		first += most
	}
	return out
}

func (p *Province) ringTwist(g *ring, n, first, sys, k int, e entry) twist {
	tw := twist{
		name: g.name, why: g.why, says: e.says, seat: sys, age: 170 + (g.n-1-k)*(p.days-200)/g.n,
		terms: func(t *terms) {
			t.bidders = max(len(e.who)+e.others, 3)
			if e.object {
				t.objects = 1
			}
		},
	}
	owner := g.buyer
	if e.owner != "" {
		owner = e.owner
	}
	tw.parties = func(t *tender) {
		if owner != "" {
			t.owner = officeOf(t.city, owner)
		}
		if g.agency || e.agency {
			t.agency = t.market.firms[agencies][n]
		}
		if g.kind != "" {
			t.works = g.kind
		}
	}
	tw.bids = func(l *life, b *lot) {
		at := 0 // where the next of the ring goes: behind the winner, unless it wins itself
		if e.wins == none {
			at = 1
		}
		for i, w := range e.who {
			f := l.market.rings[first+w]
			f.city = l.city
			x := &b.bids[at+i]
			l.enter(x, f)
			switch {
			case e.same:
				own := l.market.rings[first]
				x.cpu, x.disk, x.mac = own.cpu, own.disk, own.mac
			case e.centre:
				x.cpu, x.disk, x.mac = CentreMachine.CPU, CentreMachine.Disk, CentreMachine.MAC
			}
			if w == e.wins {
				b.bids[0], b.bids[at+i] = b.bids[at+i], b.bids[0]
			}
		}
		// The best has the lowest price, as elsewhere.
		best := 0
		for i := range b.bids {
			if b.bids[i].price < b.bids[best].price {
				best = i
			}
		}
		b.bids[0].price, b.bids[best].price = b.bids[best].price, b.bids[0].price
	}
	if e.expert != none {
		tw.panel = func(m, library []expert) {
			x := library[e.expert]
			if g.seated {
				x = expert{name: string(surnames[n]) + "澄" + string(secondSyllable[e.expert%len(secondSyllable)]), id: x.id, phone: x.phone, city: x.city}
			}
			for i, o := range m {
				if o.id == x.id { // drawn anyway
					m[i] = x
					return
				}
			}
			m[0] = x
		}
	}
	return tw
}

// enter puts a firm in the place of a bidder.
func (l *life) enter(x *bid, f firm) {
	manager, id := x.manager, x.managerID
	at, fetched, price := x.at, x.fetched, x.price
	*x = bid{firm: f, manager: manager, managerID: id, contact: manager, contactID: id, payer: f.account, home: f.ip, card: f.mac, at: at, fetched: fetched, price: price, lock: fmt.Sprintf("GL-%08d", 10000000+f.n*271)}
}
