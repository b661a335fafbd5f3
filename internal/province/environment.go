package province

import "time"

// environment tells a sale of emission quotas (1000) or of pollution rights (1050).
func (l *life) environment() {
	r, day := l.rnd, l.day
	seller := officeOf(l.region, "生态环境局")
	units := float64(between(r, 20, 900))
	price := logNormal(r, 4200, 0.4, 800, 20000)
	ends := open(day, between(r, 20, 26), 16, 0)
	quota := r.IntN(3) == 0
	kind := pick(r, []string{"二氧化硫", "氮氧化物", "化学需氧量", "氨氮"})
	l.name = regionName(l.region) + kind + "排污权有偿出让"
	if quota {
		l.name = regionName(l.region) + "排放配额有偿出售"
	}
	b := &lot{code: l.id, name: l.name, price: price * units, deadline: ends}
	merge(l.common, fields{
		"PROJECT_CODE": l.id, "CA_QUOTA_CODE": l.id, "CA_QUOTA_NAME": l.name, "NOTICE_NAME": l.name + "公告", "IN_BUY_KIND": "1", "industry_Code": "D44", "SELL_COMM_NAME": seller.name, "SELL_ORG_CODE": seller.code, "BID_REGION_CODE": l.region,
		"TRADING_CENTER_NAME": l.system.NameZH, "TRADING_CENTER_CODE": l.system.Platform, "NOTICE_CONTENT": l.name, "URL": "https://trade.example/emission", "CA_QUOTA_URL": "https://trade.example/quota",
	})
	if quota {
		l.put("1000", l.id, day, fields{"NOTICE_SEND_TIME": stamp(day), "CA_QUOTA_QTY": amount(units), "CA_QUOTA_PRICE": amount(price), "TRADING_BEGINTIME": stamp(ends.Add(-2 * time.Hour)), "TRADING_ENDTIME": stamp(ends)})
	} else {
		l.put("1050", l.id, day, fields{
			"NOTICE_SEND_TIME": stamp(day), "BID_NAME": "01", "BID_NUM": amount(units), "BID_SOURCE": "01", "POLLUTION_RIGHTS_PERIOD": "5", "LISTING_PRICE": amount(price), "TRANSACTION_MODE": "01", "NOTICE_START_TIME": stamp(day),
			"NOTICE_END_TIME": stamp(ends), "TRADING_START_TIME": stamp(ends),
		})
	}
	if !l.offered(b, makers, between(r, 1, 4)) {
		return
	}
	x, deal := b.bids[0], ends.Add(time.Hour)
	public := worked(deal, 2, 9, 0)
	if quota {
		l.put("1001", l.id+"-W", public, fields{
			"NOTICE_SEND_TIME": stamp(public), "CA_BUYER_NAME": x.name, "CA_BUYER_CODE": x.code, "CA_BUYER_TYPE": "1", "BUYER_IDTYPE": "1", "BUYER_IDCARD": x.managerID, "BARGAIN_PRICE": amount(price), "BARGAIN_QTY": amount(units), "BARGAIN_VALUE": amount(price * units), "BARGAIN_TIME": stamp(deal),
		})
	} else {
		l.put("1051", l.id+"-W", public, fields{"NOTICE_SEND_TIME": stamp(public), "BARGAIN_TOTAL_VOLUME": amount(units), "BARGAIN_TIME": stamp(deal)})
		l.put("1052", l.id+"-B1", public.Add(time.Minute), fields{"NUM": "1", "BUYER_COMM_NAME": x.name, "BUYER_ORG_CODE": x.code, "BARGAIN_PRICE": amount(price), "BARGAIN_QTY": amount(units), "BARGAIN_TIME": stamp(deal)})
	}
	l.sold(b, public, seller, price*units)
}
