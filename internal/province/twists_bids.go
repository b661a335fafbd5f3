package province

import "math"

// bidTwists are the cases of bids that seem to come from one hand.
func bidTwists() []twist {
	return []twist{
		{
			indicator: "D03", expected: Hit, name: "one estimating lock", why: "two bidders' prices were made with one copy of the estimating software",
			bids: func(_ *life, b *lot) { b.bids[1].lock = b.bids[0].lock },
		}, {
			indicator: "D03", expected: Look, name: "no lock to read", why: "the field holds a placeholder, which proves nothing",
			bids: func(_ *life, b *lot) { b.bids[0].lock, b.bids[1].lock, b.bids[2].lock = "无", "无", "无" },
		}, {
			indicator: "D04", expected: Hit, name: "one address on the net", why: "two bidders' files were uploaded from one public address",
			bids: func(_ *life, b *lot) { b.bids[1].ip = b.bids[0].ip },
		}, {
			indicator: "D04", expected: Look, name: "private addresses", why: "an address of a private network is the same in every office",
			bids: func(_ *life, b *lot) { b.bids[0].ip, b.bids[1].ip = "192.168.1.10", "192.168.1.10" },
		}, {
			indicator: "D08", expected: Hit, name: "deposits from one account", why: "two bidders' deposits came from one account",
			bids: func(_ *life, b *lot) { b.bids[1].payer = b.bids[0].payer },
		}, {
			indicator: "D08", expected: Look, name: "no account to read", why: "the field holds a placeholder, which proves nothing",
			bids: func(_ *life, b *lot) { b.bids[0].payer, b.bids[1].payer = "/", "/" },
		}, {
			indicator: "F01", expected: Hit, name: "prices like a staircase", why: "each price is the same sum above the last",
			terms: func(t *terms) { t.bidders = 6 },
			bids:  func(_ *life, b *lot) { b.priced(0.850, 0.870, 0.890, 0.910, 0.930, 0.950) },
		}, {
			indicator: "F01", expected: Look, name: "prices close but uneven", why: "the prices lie close together and follow no rule",
			terms: func(t *terms) { t.bidders = 6 },
			bids:  func(_ *life, b *lot) { b.priced(0.850, 0.853, 0.9013, 0.908, 0.957, 0.9687) },
		}, {
			indicator: "F03", expected: Hit, name: "prices on one spot", why: "six prices lie within a thousandth of each other, where others lie within a sixth",
			terms: func(t *terms) { t.bidders = 6 },
			bids:  func(_ *life, b *lot) { b.priced(0.91003, 0.91011, 0.91037, 0.91042, 0.91069, 0.91098) },
		}, {
			indicator: "F03", expected: Look, name: "prices near each other", why: "six prices lie within a twentieth, as prices of a busy market do",
			terms: func(t *terms) { t.bidders = 6 },
			bids:  func(_ *life, b *lot) { b.priced(0.9003, 0.9051, 0.9207, 0.9252, 0.9419, 0.9498) },
		}, {
			indicator: "F04", expected: Hit, name: "just under the ceiling", also: []string{"F03"}, why: "even the lowest of seven prices stays within four thousandths of the control price, and so they lie close together too",
			terms: func(t *terms) { t.bidders = 7 }, // a rejected one or two leave enough
			bids:  func(_ *life, b *lot) { b.priced(0.9963, 0.9967, 0.9974, 0.9979, 0.9983, 0.9991, 0.9996) },
		}, {
			indicator: "F04", expected: Look, name: "a tight ceiling", why: "prices lie high, and as far apart as elsewhere",
			terms: func(t *terms) { t.bidders = 5 },
			bids:  func(_ *life, b *lot) { b.priced(0.9253, 0.9371, 0.9597, 0.9683, 0.9841) },
		}, {
			indicator: "F05", expected: Hit, name: "one estimate, scaled", why: "three prices are the lowest one plus three, five and eight per cent, to the yuan",
			terms: func(t *terms) { t.bidders = 4 },
			bids: func(_ *life, b *lot) {
				lowest := float64(int(b.price*0.83/1000)*1000 + 357)
				for i, rate := range []float64{1, 1.03, 1.05, 1.08} {
					b.bids[i].price = math.Round(lowest * rate)
				}
			},
		}, {
			indicator: "F05", expected: Look, name: "round sums", why: "prices in whole thousands are multiples of each other by chance",
			terms: func(t *terms) { t.bidders = 4 },
			bids: func(_ *life, b *lot) {
				for i, share := range []float64{0.84, 0.87, 0.93, 0.95} {
					b.bids[i].price = math.Round(b.price*share/1e3) * 1e3
				}
			},
		}, {
			indicator: "F06", expected: Hit, name: "the mean is lifted", also: []string{"D01"}, why: "a mean decides; two support bids from the winner's machine lift it to the winner's price",
			terms: func(t *terms) { t.bidders = 7 },
			bids: func(l *life, b *lot) {
				b.priced(0.8653, 0.9903, 0.9957, 0.8007, 0.8111, 0.8204, 0.8309)
				machine(3, b.bids[0].cpu, b.bids[0].disk, b.bids[0].mac)(l, b)
			},
			tell: averaged,
		}, {
			indicator: "F06", expected: Look, name: "far out, and not linked", why: "a mean decides, two bids lie far out, and nothing links them to the winner",
			terms: func(t *terms) { t.bidders = 7 },
			bids:  func(_ *life, b *lot) { b.priced(0.8653, 0.9903, 0.9957, 0.8007, 0.8111, 0.8204, 0.8309) },
			tell:  averaged,
		},
	}
}

// priced gives the bids of a lot shares of its highest price.
func (b *lot) priced(shares ...float64) {
	for i := range b.bids {
		b.bids[i].price = float64(int(b.price * shares[i]))
	}
}

// averaged lets a mean of the bids be the benchmark.
func averaged(l *life) {
	l.set("504", "EVALUATING_METHOD", "合理低价法，以有效报价的算术平均值为评标基准价")
}
