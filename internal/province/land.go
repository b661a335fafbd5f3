package province

import (
	"strconv"
	"time"
)

// grantTerms are the numbers of one grant of land or mining rights.
type grantTerms struct {
	notice int     // days (land) or working days (mining) from the notice to the listing
	listed int     // days or working days on which it is listed
	worth  float64 // in yuan; 0: as chance has it
	result int     // working days from the deal to its publication
}

// land tells a grant of a right to use land, from its valuation to the payment.
func (l *life) land() {
	r, day := l.rnd, l.day
	t := grantTerms{notice: between(r, 20, 24), listed: between(r, 10, 14), result: between(r, 2, 8)}
	if l.twist != nil && l.twist.grant != nil {
		l.twist.grant(&t)
	}
	seller := officeOf(l.region, "自然资源局")
	plot := strconv.Itoa(day.Year()) + "-" + strconv.Itoa(1+l.n%400)
	l.name = regionName(l.region) + plot + "号地块国有建设用地使用权"
	price := logNormal(r, 7e7, 0.9, 4e6, 2e9)
	listed := open(day, t.notice, 9, 0)
	b := &lot{code: l.id + "001", name: l.name, price: price, deadline: open(listed, t.listed, 10, 0)}
	if l.twist != nil {
		listed, b.deadline = clock(day, t.notice, 9, 0), clock(day, t.notice+t.listed, 10, 0)
	}
	l.common["LAND_PROJECT_NAME"], l.common["LAND_DISTRICT"] = l.name, l.region
	l.valued(price, seller.name, open(day, -25, 10, 0))
	l.put("600", l.id, day, fields{
		"ANNOUNCEMENT_GUID": l.id, "ANNOUNCEMENT_TITLE": l.name + "挂牌出让公告", "ANNOUNCEMENT_CONNECT": "经批准，决定以挂牌方式出让" + l.name, "END_DATE": date(b.deadline), "CREATE_TIME": date(day), "PUBLISHING_TIME": date(day),
		"SUPPLY_TYPE": "3", "ANNOUNCEMENT_UNIT": seller.name, "ANNOUNCEMENT_START_TIME": date(day), "ANNOUNCEMENT_DEADLINE": date(listed), "FIELD_NUM": "1", "LISTING_START_TIME": stamp(listed), "LISTING_DEADLINE": stamp(b.deadline),
		"LISTING_TYPE": "3", "ANNOUNCEMENT_TYPE": "01", "LIAISON_UNIT": seller.name, "CONTACT_NUMBER": "0371-00000000", "ANNOUNCEMENT_CODE": plot,
	})
	if !l.offered(b, developers, between(r, 1, 4)) {
		return
	}
	deal := b.deadline.Add(time.Hour)
	x := b.bids[0]
	price *= 1 + 0.02*float64(r.IntN(25))
	public := worked(deal, t.result, 9, 0)
	l.put("601", l.id+"-DEAL", public, fields{
		"DEAL_LAND_CODE": l.id + "-1", "DEAL_ANNOUNCEMENT_GUID": l.id, "RELATE_CODE": "0", "LAND_CODE": plot, "LAND_AREA": amount(float64(between(r, 8000, 90000))), "LAND_USAGE": pick(r, []string{"城镇住宅用地", "工业用地", "商服用地"}), "LEND_AGE_LIMIT": "50",
		"LAND_POSITION": regionName(l.region) + "规划道路以东", "DEAL_PRICE": amount(price / 1e4), "CURRENCY_CODE": "156", "PRICE_UNIT": "1", "LENDING_NAME": x.name, "LENDING_TYPE": "1", "LENDING_CODE": x.code,
		"LAND_URL": "https://trade.example/land", "ANNOUNCEMENT_TITLE": l.name + "成交公示", "ANNOUNCEMENT_CONNECT": "竞得人：" + x.name, "PUBLISHING_TIME": stamp(public),
	})
	l.sold(b, public, seller, price)
}

// valued tells that the object was valued before it was offered.
func (l *life) valued(value float64, owner string, at time.Time) {
	by := l.market.choose(l.rnd, agencies, l.city, 1)[0]
	l.put("9102", l.id+"-VAL", at, fields{
		"PROJECT_CODE": l.id, "OBJECT_NAME": l.name, "REPORT_NUMBER": "PG" + l.serial(1), "VALUER_NAME": by.name, "VALUER_CODE": by.code, "VALUE": amount(value), "VALID_UNTIL": date(at.AddDate(1, 0, 0)), "REPORT_TIME": stamp(at),
	})
}

// offered tells the registration of something that is sold or bought without
// an opening, and who downloaded its papers. It reports whether anybody came.
func (l *life) offered(b *lot, kind string, bidders int) bool {
	l.registered(open(l.day, -6, 15, 0))
	b.bids = l.bids(kind, bidders, l.day, b.deadline, b.price)
	if l.twist != nil {
		if l.twist.bids != nil {
			l.twist.bids(l, b)
		}
		l.planted(b.code)
	}
	if l.twist == nil && kind == developers && b.price < small {
		b.bids[0].private(l.random(l.n, 0x706572736f6e))
	}
	for i := range b.bids {
		l.downloaded(b, i)
	}
	return l.twist != nil || l.rnd.IntN(60) > 0
}

// sold tells what follows when something of the public's was sold: refunds of
// deposits, the buyer's payment, the archive.
func (l *life) sold(b *lot, public time.Time, seller office, price float64) {
	x := b.bids[0]
	l.refunded(b, worked(public, 2, 16, 0), float64(int(price*0.2)), nil)
	p := performance{lot: b.code, payer: x.office(), payee: seller, account: "4100000000000000001", price: price}
	l.paid(p, 0, open(public, 25, 15, 0), "1", 0, price/2)
	l.paid(p, 1, open(public, 55, 15, 0), "3", 100, price/2)
	l.archived(b.code, worked(public, 50, 9, 0))
}
