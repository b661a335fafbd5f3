package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"mingjing/internal/standard"
)

// A lot opens by a fact and by nothing else. Each tender here stands at one
// condition of the release; what must stay sealed is looked for from every seat
// and, at the end, on the disk.
func TestMoments(t *testing.T) {
	o := openOffice(t, "")
	a, b := o.systems[0].Platform, o.systems[1].Platform
	now := time.Now().Truncate(time.Second)
	hourAgo, halfHourAgo, far := now.Add(-time.Hour), now.Add(-30*time.Minute), now.AddDate(0, 0, 30)
	n := 20
	fresh := func() *plant { n++; return newPlant(n, a) }

	stay := map[string]*plant{}
	sealed := func(what string, send func(p *plant) []wired) *plant {
		p := fresh()
		stay[what] = p
		o.batch(0, send(p)...)
		return p
	}
	with := func(lists ...[]wired) []wired {
		var out []wired
		for _, l := range lists {
			out = append(out, l...)
		}
		return out
	}
	one := func(r ...wired) []wired { return r }

	sealed("deadline passed, two bids, no opening record", func(p *plant) []wired { return with(p.tenderUp(t, hourAgo), p.offers(t, 2)) })
	sealed("deadline passed, four bids, no opening record", func(p *plant) []wired { return with(p.tenderUp(t, hourAgo), p.offers(t, 4)) })
	sealed("another deadline is still to come", func(p *plant) []wired {
		return with(p.tenderUp(t, hourAgo), one(p.announce(t, far, nil)), p.offers(t, 4), one(p.opening(t, halfHourAgo)))
	})
	sealed("opening record ahead of its time", func(p *plant) []wired {
		return with(p.tenderUp(t, hourAgo), p.offers(t, 4), one(p.opening(t, far)))
	})
	sealed("opening before the deadline", func(p *plant) []wired {
		return with(p.tenderUp(t, hourAgo), p.offers(t, 4), one(p.opening(t, hourAgo.Add(-time.Hour))))
	})
	sealed("opening between two deadlines that have passed", func(p *plant) []wired {
		return with(p.tenderUp(t, hourAgo), one(p.announce(t, halfHourAgo, nil)), p.offers(t, 4), one(p.opening(t, halfHourAgo.Add(-time.Minute))))
	})
	sealed("a later deadline was taken back", func(p *plant) []wired {
		notice := p.tenderUp(t, hourAgo)[2]
		notice.Op, notice.Revision = "update", notice.Revision+"1"
		return with(p.tenderUp(t, far), one(notice), p.offers(t, 4), one(p.opening(t, halfHourAgo)))
	})
	sealed("postponed, no new time", func(p *plant) []wired {
		return with(p.tenderUp(t, hourAgo), one(p.announce(t, hourAgo, map[string]string{"IS_POSTPONE": "1"})), p.offers(t, 4), one(p.opening(t, halfHourAgo)))
	})
	sealed("an announced time that nobody can read", func(p *plant) []wired {
		return with(p.tenderUp(t, hourAgo), one(p.announce(t, hourAgo, map[string]string{"BID_OPEN_TIME": "下周三上午"})), p.offers(t, 4), one(p.opening(t, halfHourAgo)))
	})
	sealed("nothing announced", func(p *plant) []wired {
		return with(p.tenderUp(t, hourAgo)[:2], p.offers(t, 4), one(p.opening(t, halfHourAgo)))
	})
	sealed("the tender was reported as failed", func(p *plant) []wired {
		return with(p.tenderUp(t, hourAgo), p.offers(t, 4), one(p.opening(t, halfHourAgo), p.record(t, "517", 0, map[string]string{"EXCEPITON_TYPE": "1"})))
	})
	sealed("the opening names another lot", func(p *plant) []wired {
		other := p.opening(t, halfHourAgo)
		other.Fields["BID_SECTION_CODES"] = p.lot(2)
		return with(p.tenderUp(t, hourAgo), p.offers(t, 4), one(other))
	})
	stolen := sealed("another system opens the lot", func(p *plant) []wired { return with(p.tenderUp(t, hourAgo), p.offers(t, 4)) })
	thief := newPlant(n, b)
	o.batch(1, with(thief.tenderUp(t, hourAgo), one(thief.opening(t, halfHourAgo)))...)
	claimed := sealed("another system opens its own bids for the lot", func(p *plant) []wired { return with(p.tenderUp(t, hourAgo), p.offers(t, 4)) })
	rival := fresh()
	rival.origin, rival.tender = b, claimed.tender
	o.batch(1, with(rival.tenderUp(t, hourAgo), rival.offers(t, 3), one(rival.opening(t, halfHourAgo)))...)
	// A bid for two lots of which one is opened hangs on both.
	half := fresh()
	both := fresh()
	both.tender = half.tender
	stay["a bid for two lots, one of them opened"] = both
	second := half.record(t, "502", 2, map[string]string{"BID_SECTION_CODE": half.lot(2)})
	joint := both.record(t, "507", 1, map[string]string{"BID_SECTION_CODE": half.lot(1) + ";" + half.lot(2)})
	o.batch(0, with(half.tenderUp(t, hourAgo), one(second, joint), half.offers(t, 3), one(half.opening(t, halfHourAgo)))...)

	few := sealed("opened with two bidders", func(p *plant) []wired {
		return with(p.tenderUp(t, hourAgo), p.offers(t, 2), one(p.opening(t, halfHourAgo)))
	})
	twice := sealed("opened with three bids of two bidders", func(p *plant) []wired {
		again := p.record(t, "507", 1, nil)
		again.Key += "-again"
		return with(p.tenderUp(t, hourAgo), p.offers(t, 2), one(again, p.opening(t, halfHourAgo)))
	})
	opened := fresh()
	o.batch(0, with(opened.tenderUp(t, hourAgo), opened.offers(t, 3), opened.committee(t, 1), one(opened.opening(t, halfHourAgo)))...)
	o.settle()

	for what, p := range stay {
		o.staysSealed(what, p)
	}
	o.failed(few, 2)
	o.failed(twice, 2)
	if what := "another system opens the lot"; o.positionsShown(stolen.tender, a) || o.positionsShown(claimed.tender, a) {
		t.Errorf("%s: the positions of the other's records are shown, and with them how many bids lie between", what)
	}
	o.shows("a rival's own bids", rival, atPublic, rival.readOut())
	o.shows("one lot of two", half, atPublic, half.readOut())
	o.openedToAll(opened)
	t.Run("proof", func(t *testing.T) { o.proof(t, opened) })

	// Two announced deadlines: the later rules, and then nobody need send anything.
	later := fresh()
	soon := time.Now().Add(4 * time.Second).Truncate(time.Second)
	o.batch(0, with(later.tenderUp(t, hourAgo), one(later.announce(t, soon, nil)), later.offers(t, 3), one(later.opening(t, soon)))...)
	o.settle()
	o.staysSealed("the later of two deadlines is seconds away", later)
	if time.Now().After(soon) {
		t.Logf("TOO SLOW: the look at a lot before the later of its deadlines came after it")
	}
	o.until("the lot opens by itself at the later deadline", func() bool { return o.view(atPublic, later.tender).Lots[0].Moment == "opened" })
	if time.Now().Before(soon) {
		t.Errorf("the lot opened before its later deadline")
	}
	o.shows("the later deadline has passed", later, atPublic, later.readOut())

	// The result opens the committee, to supervision and audit only; another
	// system's result does not.
	result := newPlant(0, b)
	result.tender = opened.tender
	o.batch(1, result.record(t, "513", 0, map[string]string{"NOTICE_SEND_TIME": stamp(now.Add(-time.Minute))}))
	o.settle()
	o.openedToAll(opened)
	o.batch(0, opened.record(t, "513", 0, map[string]string{"NOTICE_SEND_TIME": stamp(now.Add(-time.Minute))}))
	o.settle()
	o.until("the committee is released", func() bool { return o.view(atAuditor, opened.tender).Lots[0].Moment == "result" })
	o.committeeRead(opened)

	still := newHunt()
	for what, p := range stay {
		o.staysSealed(what+", at the end", p)
		p.hunt(still, ofBid, ofCommittee, ofPerson)
	}
	opened.hunt(still, ofPerson)
	o.stop()
	for _, held := range o.stolen("") {
		still.none(t, held.name, held.data)
	}
	still.none(t, "what the server said", []byte(o.said()))
	t.Run("erasure", func(t *testing.T) { o.erasure(t, opened, stay["deadline passed, two bids, no opening record"]) })
}

// offers are the bids of so many bidders: each a 507, a file's machine codes
// and a deposit.
func (p *plant) offers(t *testing.T, bidders int) []wired {
	t.Helper()
	var out []wired
	for i := 1; i <= bidders; i++ {
		out = append(out, p.record(t, "507", i, map[string]string{"BIDDER_NAME": p.bidder(i), "BID_MANAGER": p.manager(i)}),
			p.record(t, "519", i, map[string]string{"BIDDER_NAME": p.bidder(i)}), p.record(t, "9011", i, map[string]string{"BIDDER_NAME": p.bidder(i)}))
	}
	return out
}

func (p *plant) bidder(i int) string  { return fmt.Sprintf("%s建设%d公司", p.han(ofBid), i) }
func (p *plant) manager(i int) string { return fmt.Sprintf("%s经理%d", p.han(ofBid), i) }
func (p *plant) price(i int) string   { return fmt.Sprintf("%s.%02d", p.amount(ofBid), i) }

// readOut is what is read out at the opening of three bids, and so is public.
func (p *plant) readOut() []string {
	var out []string
	for i := 1; i <= 3; i++ {
		out = append(out, p.bidder(i), p.manager(i), p.price(i))
	}
	return out
}

// A docketView is what the tests read of a docket's answer.
type docketView struct {
	Lots []struct {
		Code, Moment string
		Bids         []struct{ Bidder, Code, Price string }
		Failed       *struct{ Bidders int }
	}
	Entries []struct {
		Dataset, Origin, Key string
		Position             *int64
	}
}

func (o *office) view(seat, tender string) docketView {
	o.t.Helper()
	a := o.get(seat, "/api/v1/dockets/"+tender)
	var v docketView
	if err := json.Unmarshal(a.body, &v); err != nil || a.status != 200 || len(v.Lots) == 0 {
		o.t.Fatalf("%s at docket %s: %d %.300s (%v)", seat, tender, a.status, a.body, err)
	}
	return v
}

// about is all that a seat is answered about one docket.
func (o *office) about(seat, tender string) []byte {
	o.t.Helper()
	var all []byte
	for _, path := range []string{"/api/v1/dockets/" + tender, "/docket/" + tender, "/docket/" + tender + "?lang=en", "/api/v1/findings?docket=" + tender, "/api/v1/search?q=" + tender} {
		all = append(all, o.get(seat, path).all()...)
	}
	return all
}

func (o *office) staysSealed(what string, p *plant) {
	o.t.Helper()
	h := newHunt()
	p.hunt(h, ofBid, ofCommittee, ofPerson)
	for _, seat := range everySeat {
		h.none(o.t, what+": "+seat, o.about(seat, p.tender))
		h.none(o.t, what+": the feed of "+seat, o.feedOf(seat, p.tender))
		if a := o.get(seat, "/api/v1/search?q="+url.QueryEscape(p.han(ofBid))); strings.Contains(string(a.body), p.tender) {
			o.t.Errorf("%s: %s finds the docket by a bidder's name: %s", what, seat, a.body)
		}
	}
}

// failed looks at an opening with too few bidders: supervision learns how many,
// nobody learns who.
func (o *office) failed(p *plant, bidders int) {
	o.t.Helper()
	for _, seat := range everySeat {
		var list struct {
			Items []struct{ State, Indicator string }
		}
		a := o.get(seat, "/api/v1/findings?indicator=A05&docket="+p.tender)
		if err := json.Unmarshal(a.body, &list); err != nil {
			o.t.Fatal(err)
		}
		told := seat == atSupervisor || seat == atAuditor
		if fired := len(list.Items) == 1 && list.Items[0].State == "fired"; fired != told {
			o.t.Errorf("%s asks for A05 of an opening with %d bidders and is answered %s", seat, bidders, a.body)
		}
		if seat == atOtherSource {
			continue // may not know of the docket
		}
		lot := o.view(seat, p.tender).Lots[0]
		if lot.Moment != "before" || told != (lot.Failed != nil) || told && lot.Failed.Bidders != bidders {
			o.t.Errorf("%s sees a lot opened with %d bidders as %+v", seat, bidders, lot)
		}
	}
}

// positionsShown tells whether the public sees where records of a system stand
// in the log.
func (o *office) positionsShown(tender, origin string) bool {
	o.t.Helper()
	for _, e := range o.view(atPublic, tender).Entries {
		if e.Origin == origin && e.Position != nil {
			return true
		}
	}
	return false
}

func (o *office) shows(what string, p *plant, seat string, texts []string) {
	o.t.Helper()
	h := newHunt()
	h.mark(what, texts...)
	h.has(o.t, what+": "+seat, o.about(seat, p.tender))
	h.has(o.t, what+": the feed of "+seat, o.feedOf(seat, p.tender))
}

// openedToAll holds an opened lot against the disclosure table: what is read out
// is for everybody, the rest of the bids for supervision and audit, the
// committee and personal data for nobody yet, and administrators see no bid.
func (o *office) openedToAll(p *plant) {
	o.t.Helper()
	for _, seat := range everySeat {
		about := o.about(seat, p.tender)
		never, forOffices := newHunt(), newHunt()
		p.hunt(never, ofCommittee, ofPerson)
		forOffices.mark("a bid's code, machine or address", p.firm(ofBid), p.machine(ofBid), p.ip(ofBid))
		switch seat {
		case atSupervisor, atAuditor:
			o.shows("opened", p, seat, p.readOut())
			forOffices.has(o.t, "opened: "+seat, about)
		case atPublic, atOutside:
			o.shows("opened", p, seat, p.readOut())
			forOffices.none(o.t, "opened: "+seat, about)
		default: // a trading system, an administrator: as the public's page shows it, and no more by their token
			p.hunt(never, ofBid)
			about = o.get(seat, "/api/v1/dockets/"+p.tender).all()
		}
		never.none(o.t, "opened: "+seat, about)
		fed := o.feedOf(seat, p.tender)
		never.none(o.t, "opened: the feed of "+seat, fed)
		if seat != atSupervisor && seat != atAuditor {
			forOffices.none(o.t, "opened: the feed of "+seat, fed)
		}
	}
}

// committeeRead looks at a lot whose result is determined.
func (o *office) committeeRead(p *plant) {
	o.t.Helper()
	for _, seat := range everySeat {
		about := o.about(seat, p.tender)
		never, expert := newHunt(), newHunt()
		p.hunt(never, ofPerson)
		expert.mark("an expert's name", p.value(standard.Default().Dataset("508").Field("EXPERT_NAME"), ofCommittee, 1))
		if seat == atSupervisor || seat == atAuditor {
			expert.has(o.t, "result: "+seat, about)
		} else {
			p.hunt(never, ofCommittee)
		}
		never.none(o.t, "result: "+seat, about)
	}
}
