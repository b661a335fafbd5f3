package province

import (
	"fmt"
	"time"
)

// minerals are what is dug, by name of the place it is dug at and code.
var minerals = []struct{ zh, code string }{{"建筑石料用灰岩矿", "25010"}, {"铝土矿", "21020"}, {"饰面用花岗岩矿", "25170"}, {"萤石矿", "24010"}}

// mining tells a grant of a right to explore (650) or to mine (651).
func (l *life) mining() {
	r, day := l.rnd, l.day
	l.id = l.deal // what names the transaction in these data sets
	l.common["TENDER_PROJECT_CODE"] = l.id
	t := grantTerms{notice: between(r, 21, 25), listed: between(r, 10, 12), result: between(r, 1, 3)}
	if l.twist != nil && l.twist.grant != nil {
		l.twist.grant(&t)
	}
	notice, result, register := "651", "653", "658"
	right := "采矿权"
	if r.IntN(3) == 0 {
		notice, result, register, right = "650", "652", "657", "探矿权"
	}
	ore := pick(r, minerals)
	seller := officeOf(l.region, "自然资源局")
	l.name = fmt.Sprintf("%s%c%c%s%s", regionName(l.region), pick(r, firstSyllable), pick(r, secondSyllable), ore.zh, right)
	price := logNormal(r, 3e7, 0.9, 2e6, 1e9)
	listed := worked(day, t.notice, 9, 0)
	b := &lot{code: l.id, name: l.name, price: price, deadline: worked(listed, t.listed, 10, 0)}
	merge(l.common, fields{
		"NA_APP_NAME": l.name, "NA_ITEM_NAME": l.name, "NA_MINE_NAME": l.name, "IN_BUY_KIND": "133", "IN_MINE_COME": ore.code, "QT_MAIN_MINE": ore.code, "QT_PERAMBULATE_MINE": ore.code, "QT_PLAN_YEARS": "10", "QT_TOTAL_AREA": "0.86", "QT_DIGINGS_AREA": "0.86",
		"NA_GEOGRAPHY_POSITION": regionName(l.region) + "境内", "NA_AREA_COORDINATE": "拐点坐标见公告附件", "NA_JZZB": "见公告附件", "URL": "https://trade.example/mine", "APPROVE_ORG": seller.name,
	})
	if l.twist == nil && r.IntN(4) == 0 {
		l.granted(seller)
		return
	}
	l.valued(price, seller.name, open(day, -25, 10, 0))
	l.put(notice, l.id+"-N", day, fields{"PUBLISHING_TIME": stamp(day)})
	if !l.offered(b, miners, between(r, 1, 4)) {
		return
	}
	x := b.bids[0]
	price *= 1 + 0.05*float64(r.IntN(20))
	public := worked(b.deadline, t.result, 9, 0)
	l.put(result, l.id+"-W", public, fields{
		"PUBLISHING_TIME": stamp(public), "NA_PUBLIC_BIDDER": x.name, "BIDDER_TYPE": "1", "BIDDER_CODE": x.code, "BIDDER_ROLE": "08", "QT_PUBLIC_PRICE": amount(price), "NA_REG_ADDRESS": regionName(x.city),
		"NA_TD_ADDRESS": l.system.NameZH, "DT_BUY_DATE": date(b.deadline), "IN_COST_STYLE": "1", "DT_COST_DATE": date(public.AddDate(0, 1, 0)),
	})
	at := worked(public, 30, 10, 0)
	l.put(register, l.id+"-REG", at, fields{
		"PUBLISHING_TIME": stamp(at), "ID_LICENCEID": "C41" + l.serial(1), "IN_ITEM_TYPE": "新立", "NA_APPLY_PERSON": x.name, "APPLY_TYPE": "1", "APPLY_CODE": x.code, "APPLY_ROLE": "08", "NA_PERAMBULATE_COMP": x.name,
		"QT_DESIGN_SCOPE": "50", "NA_SCOPE_UNIT": "万吨/年", "DT_USEFULLIFE_START": date(at), "DT_USEFULLIFE_END": date(at.AddDate(10, 0, 0)),
	})
	l.sold(b, public.Add(time.Hour), seller, price)
}

// granted tells a right that was given without a listing, or registered anew.
func (l *life) granted(seller office) {
	x := l.market.choose(l.rnd, miners, l.city, 1)[0]
	l.put(pick(l.rnd, []string{"654", "655", "656", "659", "660"}), l.id+"-N", l.day, fields{
		"PUBLISHING_TIME": stamp(l.day), "NA_APPLY_PERSON": x.name, "APPLY_TYPE": "1", "APPLY_CODE": x.code, "APPLY_ROLE": "08", "NA_PERAMBULATE_COMP": x.name, "NA_GOV_NAME": seller.name, "DT_RECIVE_DATE": date(l.day.AddDate(0, -1, 0)), "QT_DESIGN_SCOPE": "30", "NA_SCOPE_UNIT": "万吨/年",
		"ID_LICENCEID": "C41" + l.serial(1), "IN_ITEM_TYPE": "延续", "DT_USEFULLIFE_START": date(l.day), "DT_USEFULLIFE_END": date(l.day.AddDate(5, 0, 0)),
	})
}
