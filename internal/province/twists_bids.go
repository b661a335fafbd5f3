package province

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
			bids:  func(_ *life, b *lot) { b.priced(0.850, 0.853, 0.901, 0.908, 0.957, 0.969) },
		},
	}
}

// priced gives the bids of a lot shares of its highest price.
func (b *lot) priced(shares ...float64) {
	for i := range b.bids {
		b.bids[i].price = float64(int(b.price * shares[i]))
	}
}
