package province

import (
	"strconv"
	"time"
)

// property tells a sale of state property: things (700) or equity (750).
func (l *life) property() {
	r, day := l.rnd, l.day
	l.id = l.id[:17] // the sets give a project 20 characters, and its lots too
	l.common["TENDER_PROJECT_CODE"] = l.id
	t := grantTerms{listed: between(r, 20, 25), result: between(r, 1, 6)} // working days
	if l.twist != nil && l.twist.grant != nil {
		l.twist.grant(&t)
	}
	equity := r.IntN(4) == 0
	seller := officeOf(l.region, pick(r, []string{"国有资产运营中心", "城市投资中心", "机关事务管理局"}))
	l.name = regionName(l.region) + pick(r, []string{"临街商铺", "闲置厂房", "办公用房", "报废车辆一批", "机器设备一批"}) + "转让"
	if equity {
		l.name = shortName(l.city) + string(pick(r, firstSyllable)) + string(pick(r, secondSyllable)) + "公司股权转让"
	}
	price := logNormal(r, 6e6, 1.1, 2e5, 6e8)
	if t.worth > 0 {
		price = t.worth
	}
	deal := worked(day, t.listed+t.result, 10, 0)
	b := &lot{code: l.id + "001", name: l.name, price: price, deadline: deal}
	merge(l.common, fields{"PROJECT_CODE": l.id, "PROJECT_NAME": l.name, "BID_CODE": b.code, "BID_NAME": l.name, "CURRENCY_CODE": "156", "PRICE_UNIT": "0", "PRICE_FORM_CODE": "1"})
	l.valued(price, seller.name, open(day, -30, 10, 0))
	offer, result := "700", "701"
	own := fields{
		"PROJECT_CLASSIFY_CODE": "G01", "PROJECT_TYPE": "房屋", "SELLER_NAME": seller.name, "SELLER_CODE": seller.code, "SELLER_TYPE": "1", "SELLER_ROLE": "07", "PROJECT_PRICE": amount(price), "PUBLISH_DURATION": strconv.Itoa(t.listed),
		"PUBLISH_DATE": date(day), "POST_PONE": "0", "PRE_EXCHANGE_TYPE": "1", "TRANSFER_NOTES": "按现状转让", "AUTHORIZE_UNIT": officeOf(l.region, "国有资产监督管理委员会").name, "TOTAL_PERCENT": "51", "GIVEUP_PRIORITY": "1",
	}
	if equity {
		offer, result = "750", "753"
	}
	l.put(offer, l.id, day, own)
	if equity {
		target := office{l.name[:len(l.name)-len("股权转让")], orgCode("91"+l.city, 500000+l.n)}
		l.put("751", l.id+"-CO", day.Add(time.Minute), fields{
			"SUBJECT_COMPANY_NAME": target.name, "SELL_PERCENT": "51", "SUBJECT_COMPANY_CODE": target.code, "ZONE": l.region, "CLASS_VER_CODE": "2", "INDUSTRY_CODE": "L72", "ECONOMY_TYPE": "11", "EMPLOYEE_QUANTITY": "86", "HAS_CONTAIN_GROUND": "0",
			"FINANCE_REPORT_DATE": date(day.AddDate(0, -1, 0)), "FINANCE_REPORT_TYPE": "1", "TOTAL_CAPITAL": amount(price * 3), "TOTAL_DEBT": amount(price),
		})
		for i, holder := range []office{seller, l.market.choose(r, developers, l.city, 1)[0].office()} {
			l.put("752", l.id+"-H"+strconv.Itoa(i+1), day.Add(2*time.Minute), fields{
				"SUBJECT_COMPANY_NAME": target.name, "SUBJECT_COMPANY_CODE": target.code, "TOP10_HOLDER_NAME": holder.name, "TOP10_HOLDER_NUMBER": strconv.Itoa(5100000 - i*200000), "TOP10_HOLDER_PERCENT": strconv.Itoa(51 - 2*i),
			})
		}
	}
	if !l.offered(b, developers, between(r, 1, 5)) {
		return
	}
	x, kind := b.bids[0], "1"
	if x.person {
		kind = "2" // the values of the list are not known
	}
	sum := price * (1 + 0.01*float64(r.IntN(30)))
	public := deal.Add(6 * time.Hour)
	l.put(result, l.id+"-W", public, fields{
		"EXCHANGE_TYPE": "1", "SELLER_NAME": x.name, "SELLER_CODE": x.code, "SELLER_TYPE": kind, "SELLER_ROLE": "08", "OBJECT_EVALUATE_VALUE": amount(price), "TRADE_VALUE": amount(sum), "TRADE_DATE": date(deal),
	})
	l.sold(b, public, seller, sum)
}
