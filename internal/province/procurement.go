package province

import (
	"fmt"
	"strconv"
	"time"
)

// goodsOf are the things that are bought.
var goodsOf = []string{"办公设备采购项目", "信息化平台建设项目", "物业管理服务项目", "教学仪器采购项目", "医疗设备采购项目", "公务用车采购项目", "档案数字化服务项目", "安防系统采购项目", "食堂食材配送服务项目", "实验室建设项目"}

// purchaseTerms are the numbers of one purchase: honest, unless a twist sets others.
type purchaseTerms struct {
	title     string // of the notice: it tells the method
	suppliers int
	prepare   int // days from the notice to the deadline
	result    int // working days from the opening to the published result
	contract  int // days from the result to the contract
	publish   int // working days from the contract to its publication
	ask       bool
	answer    int // working days from a question to its answer; 0: none
	fails     bool
}

// procurement tells a purchase of the government from its budget to the archive.
func (l *life) procurement() {
	r, day := l.rnd, l.day
	t := purchaseTerms{title: "公开招标公告", suppliers: 3 + min(r.IntN(4), r.IntN(4)), prepare: between(r, 21, 27), result: between(r, 1, 2), contract: between(r, 6, 22), publish: 1, ask: r.IntN(12) == 0, answer: between(r, 2, 6), fails: r.IntN(80) == 0}
	if l.twist != nil {
		t.fails, t.ask = false, false
		if l.twist.purchase != nil {
			l.twist.purchase(&t)
		}
	}
	buyer, agency := officeOf(l.region, pick(r, buyersOfGoods)), l.market.choose(r, agencies, l.city, 1)[0]
	l.name = buyer.name + pick(r, goodsOf)
	price := logNormal(r, 1.6e6, 0.9, 3e5, 9e7)
	budget := fmt.Sprintf("YS%d-%s", day.Year(), l.serial(1))
	l.common["PURCHASE_PROJECT_CODE"], l.common["PURCHASE_PROJECT_NAME"] = l.id, l.name
	b := &lot{code: l.id + "001", name: l.name + "第1包", price: price, deadline: open(day, t.prepare, 9, 30)}
	if l.twist != nil {
		b.deadline = clock(day, t.prepare, 9, 30)
	}
	l.common["PURCHASE_SECTION_CODE"], l.common["PURCHASE_SECTION_NAME"] = b.code, b.name
	issued := open(day, -between(r, 50, 80), 9, 40)
	l.put("9115", l.id+"-BUD", issued, fields{
		"PROJECT_CODE": l.id, "BUDGET_LINE": budget, "BUDGET_YEAR": strconv.Itoa(day.Year()), "UNIT_NAME": buyer.name, "UNIT_CODE": buyer.code, "BUDGET_AMOUNT": amount(price), "PURPOSE": l.name, "ISSUE_TIME": stamp(issued),
	})
	l.put("550", l.id, open(day, -20, 10, 0), fields{
		"RELATE_CODE": "0", "TENDER_PROJECT_TYPE": "D01", "PURCHASER_NAME": buyer.name, "PURCHASER_CODE": buyer.code, "PURCHASER_ROLE": "05", "PRICE_FORM_CODE": "1", "PROGRAM_BUDGET": amount(price), "BUDGET_CURRENCY": "156", "UNIT_BUDGET": "0",
		"PURCHASER_MODE": "1", "PURCHASER_CONTENT": l.name, "PURCHASER_ORGANIZE_FORM": "1", "PURCHASER_AGENCY_NAME": agency.name, "PURCHASER_AGENCY_CODE": agency.code, "PURCHASER_AGENCY_ROLE": "06",
	})
	l.registered(open(day, -18, 15, 0))
	l.filed(b.code, officeOf(l.region, "财政局"), worked(day, -7, 10, 10))
	l.put("551", l.id+"-N1", day, fields{
		"BULLETIN_BID_NUM": "1", "BULLETIN_TITLE": l.name + t.title, "BULLETIN_CONTENT": l.name + "现予公告，采购文件自公告之日起提供五个工作日。", "BULLETIN_START_TIME": stamp(day), "BID_CLOSING_TIME": stamp(b.deadline),
	})
	if r.IntN(10) == 0 && l.twist == nil {
		at := clock(b.deadline, -between(r, 16, 18), 10, 0)
		l.put("552", l.id+"-M1", at, fields{"TERMINATION_BULLETIN_TITLE": "更正公告", "TERMINATION_BULLETIN_CONTENT": "技术参数第三条表述更正", "MODIFICATION_START_TIME": stamp(at), "IS_POSTPONE": "0"})
	}
	b.bids = l.bids(suppliers, t.suppliers, day, b.deadline, price)
	if l.twist != nil {
		if l.twist.bids != nil {
			l.twist.bids(l, b)
		}
		l.planted(b.code)
	}
	for i := range b.bids {
		l.downloaded(b, i)
	}
	if t.ask {
		l.asked(b, worked(day, 2, 15, 0), t.answer)
	}
	if t.fails {
		return // nobody says why: too few came, and the purchaser begins anew
	}
	l.supplied(b)
	l.bought(b, t, buyer, agency, budget)
}

// supplied tells the offers, the opening and the committee.
func (l *life) supplied(b *lot) {
	for i, x := range b.bids {
		l.put("557", fmt.Sprintf("%s-%d", b.code, i+1), x.at, b.with(i, fields{
			"IS_LOST": "0", "IS_COMMIT_MARGIN": "1", "MARGIN_PAY_FORM": "1", "PRICE_FORM_CODE": "1", "BID_PRICE": amount(x.price), "PRICE_CURRENCY": "156", "PRICE_UNIT": "0", "MARGIN_RECEIVE_TIME": stamp(x.at.Add(-20 * time.Hour)),
		}))
	}
	l.put("556", b.code+"-O", b.deadline.Add(40*time.Minute), fields{
		"NOTICE_NAME": l.name + "开标记录", "BID_OPENING_ACTOR": "采购人、采购代理机构、供应商代表", "BID_OPENING_CONTENT": "公布供应商名称和报价", "BID_OPENING_ADDRESS": "第二开标室", "BID_OPENING_TIME": stamp(b.deadline),
	})
	l.decrypted(b)
	l.filmed(b, "开标")
	l.committee(b, b.deadline.Add(-16*time.Hour), 5, 1)
}

// bought tells the result, the contract and what follows.
func (l *life) bought(b *lot, t purchaseTerms, buyer office, agency firm, budget string) {
	x := b.bids[0]
	result := worked(b.deadline, t.result, 10, 0)
	l.put("553", b.code+"-W", result, fields{
		"PURCHASER_AGENCY_NAME": agency.name, "PURCHASER_AGENCY_CODE": agency.code, "WIN_BID_BULLETIN_TITLE": l.name + "中标公告", "WIN_BID_BULLETIN_CONTENT": "中标供应商：" + x.name, "WIN_BID_BULLETIN_START_TIME": stamp(result),
		"WINNINGBIDDER_NAME": x.name, "WINNINGBIDDER_TYPE": "1", "WINNINGBIDDER_CODE": x.code, "PRICE_FORM_CODE": "1", "WIN_BID_PRICE": amount(x.price), "CURRENCY_CODE": "156", "PRICE_UNIT": "0",
	})
	if t.contract == 0 {
		return
	}
	signed := open(result, t.contract, 15, 0)
	if l.twist != nil {
		signed = clock(result, t.contract, 15, 0)
	}
	l.put("554", b.code+"-K", worked(signed, t.publish, 9, 30), fields{
		"CONTRACT_NAME": l.name + "合同", "PURCHASER_NAME": buyer.name, "PURCHASER_CODE": buyer.code, "LEGAL_ROLE": "05", "SUPPLIER_NAME": x.name, "SUPPLIER_CODE": x.code, "PRICE_FORM_CODE": "1",
		"CONTRACT_AMOUNT": amount(x.price), "CURRENCY_CODE": "156", "PRICE_UNIT": "0", "CONTRACT_TERM": "90", "SIGNING_TIME": stamp(signed), "URL": "https://trade.example/contract",
	})
	l.refunded(b, clock(signed, 1, 16, 0), float64(int(b.price*0.015)), nil)
	l.performed(performance{lot: b.code, signed: signed, payer: buyer, payee: x.office(), account: x.account, price: x.price, budget: budget, months: 3})
}

// asked tells a supplier's question and its answer.
func (l *life) asked(b *lot, at time.Time, days int) {
	key := "ZY" + l.serial(9)
	l.put("521", key, at, fields{
		"ANN_CODE": key, "TITLE": "关于采购文件的质疑", "ASK": "技术参数是否可以偏离", "ASK_ZY_REASON": "参数表述不清", "TM": stamp(at), "TYPE": "1", "NOTICE_NAME": l.name + "采购公告", "TENDERER_CODE": l.id, "BID_SECTION_CODES": b.code,
	})
	if days == 0 {
		return
	}
	back := worked(at, days, 11, 0)
	l.put("9003", key+"-A", back, fields{
		"ANN_CODE": key, "TITLE": "质疑答复", "CONTENT": "允许正偏离", "TM": stamp(back), "NOTICE_NAME": l.name + "采购公告", "TENDERER_CODE": l.id, "BID_SECTION_CODES": b.code,
	})
}
