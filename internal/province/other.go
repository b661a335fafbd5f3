package province

import (
	"strconv"
	"time"
)

// other tells a trade of no class of its own (1800): leases, naming rights and
// the like.
func (l *life) other() {
	r, day := l.rnd, l.day
	seller := officeOf(l.region, "农村产权交易服务中心")
	l.name = regionName(l.region) + pick(r, []string{"户外广告位经营权出租", "集体经营性资产出租", "国有农场土地承包经营权流转", "停车场经营权出租"})
	merge(l.common, fields{"PROJECT_CODE": l.id, "PROJECT_NAME": l.name, "CLASSIFY_CODE": "9", "URL": "https://trade.example/other"})
	b := &lot{code: l.id, name: l.name, price: logNormal(r, 5e5, 1, 2e4, 5e7), deadline: open(day, between(r, 10, 20), 10, 0)}
	l.put("1800", l.id, day, fields{"PUBLISHING_TIME": stamp(day), "ANNOUNCEMENT_TITLE": l.name + "公告", "ANNOUNCEMENT_CONNECT": l.name + "，起始价" + amount(b.price) + "元"})
	if !l.offered(b, developers, between(r, 1, 5)) {
		at := b.deadline.Add(2 * time.Hour)
		l.put("1900", l.id+"-X", at, fields{"EXCEPITON_INDUSTRY": "9", "EXCEPITON_NAME": l.name + "终止报告", "EXCEPITON_INFOR": "公告期内无人报名", "APPROVAL_RESULT": "同意终止", "APPROVAL_TIME": stamp(at), "EXCEPITON_TYPE": "1"})
		return
	}
	public := worked(b.deadline, 2, 9, 0)
	l.put("1801", l.id+"-W", public, fields{"PUBLISHING_TIME": stamp(public), "ANNOUNCEMENT_TITLE": l.name + "成交公示", "ANNOUNCEMENT_CONNECT": "成交人：" + b.bids[0].name, "TRADE_DATE": date(b.deadline)})
	l.sold(b, public, seller, b.price*1.06)
}

// A special is a trade that the standard has no data sets for and the platform
// adds: one notice, one result.
type special struct {
	dataset, what, owner string
	firms                string
	buys                 bool    // the public body buys; else it sells
	price                float64 // median
	own                  fields
}

// specials are the notices 9116 to 9121.
var specials = map[string]special{
	"9116": {dataset: "9116", what: "集体林地经营权流转", owner: "林业局", firms: developers, price: 8e5, own: fields{"FOREST_CERTIFICATE": "豫林证字第0001号", "FOREST_AREA": "320.5", "FOREST_KIND": "用材林", "RIGHT_YEARS": "30"}},
	"9117": {dataset: "9117", what: "罚没物品处置", owner: "财政局", firms: suppliers, price: 2e5, own: fields{"GOODS_NAME": "罚没车辆及电子产品", "GOODS_QUANTITY": "1批", "DECISION_NUMBER": "罚没〔2026〕1号", "AUTHORITY": "市场监督管理局"}},
	"9118": {dataset: "9118", what: "污水处理特许经营权出让", owner: "住房和城乡建设局", firms: builders, price: 6e7, own: fields{"CONCESSION_KIND": "污水处理", "CONCESSION_YEARS": "25", "GRANTING_BODY": "人民政府（模拟）"}},
	"9119": {dataset: "9119", what: "医用耗材集中带量采购", owner: "医疗保障局", firms: makers, buys: true, price: 5e6, own: fields{"DEVICE_KIND": "2", "PURCHASE_AREA": "全省"}},
	"9120": {dataset: "9120", what: "非免疫规划疫苗集中采购", owner: "疾病预防控制中心", firms: makers, buys: true, price: 3e6, own: fields{"VACCINE_NAME": "流感病毒裂解疫苗", "PURCHASE_AREA": "全省"}},
	"9121": {dataset: "9121", what: "生产物资采购", owner: "省管能源企业", firms: suppliers, buys: true, price: 4e6, own: fields{"ENTERPRISE_KIND": "1", "PURCHASE_KIND": "2", "PURCHASE_METHOD": "公开招标"}},
}

// added tells a trade of an added data set.
func added(dataset string) func(*life) {
	return func(l *life) {
		r, day, s := l.rnd, l.day, specials[dataset]
		owner := officeOf(l.region, s.owner)
		l.name = regionName(l.region) + s.what + "（" + strconv.Itoa(1+l.n%90) + "号）"
		b := &lot{code: l.id + "001", name: l.name, price: logNormal(r, s.price, 0.8, s.price/20, s.price*40), deadline: open(day, between(r, 20, 26), 9, 30)}
		own := copied(s.own)
		merge(own, fields{
			"BID_SECTION_CODE": b.code, "PROJECT_NAME": l.name, "NOTICE_TITLE": l.name + "公告", "NOTICE_CONTENT": l.name, "NOTICE_TIME": stamp(day), "DEADLINE": stamp(b.deadline), "SELLER_NAME": owner.name, "SELLER_CODE": owner.code, "RESERVE_PRICE": amount(b.price), "URL": "https://trade.example/notice",
		})
		l.put(s.dataset, l.id, day, own)
		if !l.offered(b, s.firms, between(r, 3, 6)) {
			return
		}
		x := b.bids[0]
		public := worked(b.deadline, between(r, 1, 3), 10, 0)
		l.put("9122", b.code+"-W", public, fields{"BID_SECTION_CODE": b.code, "RESULT_TITLE": l.name + "结果公告", "WINNER_NAME": x.name, "WINNER_CODE": x.code, "DEAL_AMOUNT": amount(x.price), "RESULT_TIME": stamp(public), "URL": "https://trade.example/result"})
		if !s.buys {
			l.sold(b, public, owner, x.price)
			return
		}
		l.refunded(b, worked(public, 2, 16, 0), float64(int(b.price*0.015)), nil)
		l.performed(performance{lot: b.code, signed: worked(public, 8, 15, 0), payer: owner, payee: x.office(), account: x.account, price: x.price, months: 3})
	}
}
