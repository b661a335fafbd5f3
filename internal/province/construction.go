package province

import (
	"fmt"
	"strconv"
	"time"
)

// terms are the numbers of one tender: honest, unless a twist sets others.
type terms struct {
	lots     int
	bidders  int // of each lot
	sale     int // working days on which documents are on issue
	prepare  int // days from the issue to the deadline
	clarify  int // days before the deadline on which a clarification is sent; 0: none
	draw     int // hours before the opening at which experts are drawn
	experts  int
	own      int // of them representatives of the tenderer
	report   int // hours from the opening to the report
	publish  int // working days from the report to the publicity
	show     int // working days of publicity
	decide   int // working days from its end to the result
	within   int // days, not only working ones, in place of publish
	lasts    int // days, not only working ones, in place of show
	contract int // days from the award notice to the contract; 0: none
	deposit  float64
	refund   int     // days from the contract to the refund
	doubts   int     // days from an objection to the documents to its answer; 0: none, -1: no answer
	objects  int     // working days from an objection to its answer; 0: none
	worth    float64 // in yuan; 0: as chance has it
	detail   bool    // its system sends more than the least
	fails    string  // exception type of 517: the tender ends before its opening
	way      string  // how bidders come
}

// worksOf are the things that are built, with their classification.
var worksOf = []struct{ name, class string }{
	{"综合楼建设工程", "A01"},
	{"道路改造工程", "A02"},
	{"县乡公路提升工程", "A03"},
	{"河道治理工程", "A07"},
	{"污水管网工程", "A02"},
	{"高标准农田建设项目", "A07"},
	{"校舍改扩建工程", "A01"},
	{"老旧小区改造工程", "A01"},
	{"桥梁加固工程", "A10"},
	{"水库除险加固工程", "A07"},
	{"公园绿化工程", "A02"},
	{"养老服务设施建设项目", "A01"},
}

// A tender is a construction tender in the telling.
type tender struct {
	*life
	terms
	owner   office
	agency  firm
	project string
	invest  string
	contact string
	phone   string
	works   string
	budget  float64
}

// construction tells a tender of works from its approval to the archive.
func (l *life) construction() {
	r := l.rnd
	t := &tender{life: l, terms: terms{
		lots: 1 + r.IntN(6)/5, bidders: 3 + min(r.IntN(10), r.IntN(10)), sale: between(r, 5, 7), prepare: between(r, 22, 30),
		draw: between(r, 14, 18), experts: 5, own: r.IntN(2), report: between(r, 8, 30), publish: 1, show: between(r, 3, 5), decide: between(r, 1, 2),
		way: l.drawnWay(), contract: between(r, 8, 26), detail: r.IntN(8) == 0, deposit: 0.01 + 0.001*float64(r.IntN(10)), refund: between(r, 0, 3),
	}}
	if r.IntN(5) == 0 {
		t.clarify = between(r, 16, 18)
	}
	if r.IntN(12) == 0 {
		t.objects = 1
	}
	if r.IntN(70) == 0 {
		t.fails = strconv.Itoa(1 + 2*r.IntN(2)) // too few came, or the notice was withdrawn
	}
	if l.twist != nil {
		t.lots, t.fails, t.objects, t.clarify, t.way = 1, "", 0, 0, byNotice
		t.bidders = max(t.bidders, 4)
		if l.twist.terms != nil {
			l.twist.terms(&t.terms)
		}
	}
	works := pick(r, worksOf)
	t.works = works.class
	t.owner = officeOf(l.region, pick(r, buyersOfWorks))
	t.agency = l.market.choose(r, agencies, l.city, 1)[0]
	if l.twist != nil && l.twist.parties != nil {
		l.twist.parties(t)
	}
	t.project = l.id[:17]
	t.contact, t.phone = personName(r), phone(r)
	t.invest = fmt.Sprintf("%s-%s-47-01-%06d", l.day.AddDate(0, -3, 0).Format("0601"), l.region, 100000+l.n)
	l.name = regionName(l.region) + string(pick(r, firstSyllable)) + string(pick(r, secondSyllable)) + works.name
	t.budget = logNormal(r, 9e6, 1.1, 4.2e6, 9e8) * float64(t.lots)
	if t.worth > 0 {
		t.budget = t.worth
	}
	t.prepared()
	t.announced()
}

// prepared tells what comes before the notice.
func (t *tender) prepared() {
	l, r, day := t.life, t.rnd, t.day
	board := officeOf(l.region, "发展和改革委员会")
	approval := fmt.Sprintf("%s发改审批〔%d〕%d号", shortName(l.city), day.Year(), 10+r.IntN(900))
	fund := pick(r, []string{"财政资金", "地方政府专项债券", "上级补助资金及自筹", "自筹资金"})
	approved := open(day, -between(r, 60, 110), 10, 20)
	l.put("9101", t.project+"-AP", approved, fields{
		"PROJECT_CODE": t.project, "INVEST_PROJECT_CODE": t.invest, "PROJECT_NAME": l.name, "APPROVAL_KIND": "1", "APPROVAL_NAME": "关于" + l.name + "可行性研究报告的批复",
		"APPROVAL_NUMBER": approval, "APPROVAL_AUTHORITY": board.name, "APPROVAL_TIME": stamp(approved), "TOTAL_INVESTMENT": amount(t.budget * 1.18), "FUND_SOURCE": fund, "TENDER_SCOPE": t.scope(),
	})
	l.put("500", t.project, open(day, -40, 10, 0), fields{
		"PROJECT_CODE": t.project, "PROJECT_NAME": l.name, "RELATE_CODE": "1", "INVEST_PROJECT_CODE": t.invest, "ADDRESS": regionName(l.region) + "境内",
		"LEGAL_PERSON": t.owner.name, "CONTACTOR": t.contact, "CONTACT_INFORMATION": t.phone, "FUND_SOURCE": fund, "PROJECT_SCALE": "总投资" + amount(t.budget*1.18/1e4) + "万元", "CLASS_VER_CODE": "2",
		"INDUSTRIES_TYPE": "E48", "APPROVAL_NAME": "关于" + l.name + "可行性研究报告的批复", "APPROVAL_NUMBER": approval, "APPROVAL_AUTHORITY": board.name,
	})
	watch := officeOf(l.region, "住房和城乡建设局")
	l.put("501", l.id, open(day, -28, 10, 0), fields{
		"PROJECT_CODE": t.project, "TENDER_PROJECT_NAME": l.name, "IS_TO_LAW": "1", "TENDER_PROJECT_TYPE": t.works, "TENDER_CONTENT": l.name + "图纸及工程量清单范围内的全部内容",
		"TENDERER_NAME": t.owner.name, "TENDERER_CODE": t.owner.code, "OWNER_NAME": t.owner.name, "TENDER_MODE": t.mode(), "TENDER_ORGANIZE_FORM": "2",
		"TENDER_AGENCY_NAME": t.agency.name, "TENDER_AGENCY_CODE": t.agency.code, "TENDER_AGENCY_CODE_TYPE": "1", "TENDER_AGENCY_ROLE": "03",
		"SUPERVISE_DEPT_NAME": watch.name, "SUPERVISE_DEPT_CODE": watch.code, "APPROVE_DEPT_NAME": board.name, "APPROVE_DEPT_CODE": board.code, "REPORT_DUTY": t.contact,
	})
	l.registered(open(day, -26, 15, 10))
}

// announced tells a tender from its notice on.
func (t *tender) announced() {
	l, day := t.life, t.day
	var lots []*lot
	for i := range t.lots {
		b := &lot{code: l.id + fmt.Sprintf("%03d", i+1), name: l.name + "第" + strconv.Itoa(i+1) + "标段", price: t.budget / float64(t.lots), deadline: open(day, t.prepare, 9, 30)}
		if l.twist != nil { // to the day
			b.deadline = clock(day, t.prepare, 9, 30)
		}
		lots = append(lots, b)
		l.put("502", b.code, open(day, -24, 11, 0).Add(time.Duration(i)*time.Minute), fields{
			"BID_SECTION_CODE": b.code, "BID_SECTION_NAME": b.name, "BID_ECTION_NUM": "1", "BID_TENDER_MODE": t.mode(), "BID_SECTION_CONTENT": "施工总承包",
			"TENDER_PROJECT_CLASSIFY_CODE": t.works, "CONTRACT_RECKON_PRICE": amount(b.price), "CURRENCY_CODE": "156", "PRICE_UNIT": "0", "BID_QUALIFICATION": "具备相应专业施工总承包三级及以上资质", "LIMITE_TIME": "180",
		})
	}
	filed := worked(day, -8, 10, 40)
	watch := officeOf(l.region, "住房和城乡建设局")
	l.filed(codes(lots), watch, filed)
	l.put("400", lots[0].code+"-SUP", filed.Add(30*time.Minute), fields{
		"TENDER_PROJECT_NAME": l.name, "BID_SECTION_CODE": lots[0].code, "BID_SECTION_NAME": lots[0].name, "PROJECT_TYPE": t.works, "TRADE_TYPE": "01", "TRADE_STEP": "招标文件备案", "APPROVAL_PROJECT": "招标文件",
		"GOVERMENT": watch.name, "AREA": l.region, "LAW": "河南省实施《招标投标法》办法 第二十六条", "IS_PAST": "1", "CONTENT": "同意备案", "APPROVAL_DATE": stamp(filed), "SIGNATURE": "（电子签名）",
	})
	t.notice(lots)
	for _, b := range lots {
		t.section(b)
	}
}

// notice tells the notice and the documents.
func (t *tender) notice(lots []*lot) {
	l, day := t.life, t.day
	times := fields{"BID_DOC_REFER_END_TIME": stamp(lots[0].deadline), "BID_OPEN_TIME": stamp(lots[0].deadline), "IS_POSTPONE": "0"}
	notice := fields{
		"NOTICE_BID_NUM": strconv.Itoa(len(lots)), "BID_SECTION_CODES": codes(lots), "NOTICE_NAME": l.name + "招标公告", "NOTICE_SEND_TIME": stamp(day), "TENDER_SELF_CODE": "ZB" + l.serial(3),
		"NOTICE_CONTENT": l.name + "已具备招标条件，现公开招标。", "NOTICE_NATURE": "1", "BULLETIN_TYPE": "1", "DOC_GET_START_TIME": stamp(day), "DOC_GET_END_TIME": stamp(worked(day, t.sale, 17, 30)),
		"TENDERER_NAME": t.owner.name, "TENDERER_CODE": t.owner.code, "TENDERER_CONTACTOR": t.contact, "TENDERER_PHONE_NUMBER": t.phone, "SYNDICATED_FLAG": "0",
		"TENDER_AGENCY_NAME": t.agency.name, "TENDER_AGENCY_CODE": t.agency.code, "TENDER_AGENCY_CONTACTOR": t.agency.boss, "TENDER_AGENCY_PHONE_NUMBER": t.agency.phone,
	}
	merge(notice, times)
	switch t.way {
	case byNotice:
		l.put("503", l.id+"-N1", day, notice)
	case byReview:
		t.reviewed(lots, notice)
	}
	for _, b := range lots {
		doc := fields{
			"BID_SECTION_CODE": b.code, "DOC_NAME": l.name + "招标文件", "VALID_PERIOD": "90", "MARGIN_PAY_TYPE": "1", "PRICE_FORM_CODE": "1", "MARGIN_AMOUNT": amount(float64(int(b.price * t.deposit))),
			"MARGIN_CURRENCY": "156", "MARGIN_AMOUNT_UNIT": "0", "CONTROL_PRICE": amount(b.price), "CONTROL_PRICE_CURRENCY": "156", "CONTROL_PRICE_UNIT": "0", "BID_OPEN_PLACE": "第一开标室",
			"EVALUATING_METHOD": "综合评估法", "CLARIFY_TIME": stamp(day), "CLARIFY_CONTENT": "无", "SUBMIT_TIME": stamp(day), "BID_OPEN_TYPE": "网上开标",
		}
		merge(doc, times)
		l.put("504", b.code+"-D1", day.Add(time.Minute), doc)
		if t.clarify > 0 {
			at := clock(b.deadline, -t.clarify, 10, 15)
			clear := fields{}
			merge(clear, doc)
			merge(clear, fields{"DOC_NAME": l.name + "招标文件澄清", "CLARIFY_TIME": stamp(at), "CLARIFY_CONTENT": "对工程量清单第三项的说明作出澄清，详见附件", "SUBMIT_TIME": stamp(at)})
			l.put("504", b.code+"-D2", at, clear)
		}
		l.put("9002", b.code+"-CRIT", day.Add(2*time.Minute), fields{"BID_SECTION_CODE": b.code, "QUALIFICATION_DETAIL": "营业执照、资质证书、安全生产许可证", "BUSINESS_DETAIL": "商务标20分", "TECHNICAL_DETAIL": "技术标30分"})
	}
}

// section tells one lot from its bids on.
func (t *tender) section(b *lot) {
	l := t.life
	b.bids = l.bids(builders, t.bidders, l.day, b.deadline, b.price)
	if l.twist != nil && l.twist.bids != nil {
		l.twist.bids(l, b)
	}
	if l.twist != nil {
		l.planted(b.code)
	}
	t.asked(b)
	if t.fails == "3" {
		t.ended(b, clock(l.day, 5, 16, 0), "3", "公告撤销", "因规划调整，撤销招标公告")
		return
	}
	for i := range b.bids {
		t.fetched(b, i)
	}
	if t.doubts != 0 {
		at := worked(t.day, 2, 10, 30)
		back := clock(at, t.doubts, 16, 0)
		if t.doubts < 0 {
			back = time.Time{}
		}
		l.objected(b, at, back, "1", "关于招标文件的异议")
	}
	if t.fails == "1" {
		t.ended(b, open(b.deadline, 0, 11, 0), "1", "流标", "至投标截止时间，递交投标文件的投标人不足三个")
		return
	}
	for i := range b.bids {
		t.bid(b, i)
	}
	t.opened(b)
	if t.bidders < 3 {
		return
	}
	t.evaluated(b)
	if t.detail {
		t.detailed(b)
	}
	t.awarded(b)
}

func (t *tender) ended(b *lot, at time.Time, kind, name, why string) {
	t.put("517", b.code+"-X", at, fields{"BID_SECTION_CODE": b.code, "EXCEPITON_NAME": t.name + name + "报告", "EXCEPITON_INFOR": why, "APPROVAL_RESULT": "同意", "APPROVAL_TIME": stamp(at), "EXCEPITON_TYPE": kind})
}

// fetched tells that a bidder bought and downloaded the documents.
func (t *tender) fetched(b *lot, i int) {
	x, key := b.bids[i], fmt.Sprintf("%s-%d", b.code, i+1)
	t.put("9006", key, x.fetched, fields{
		"BID_SECTION_CODE": b.code, "PURCHASE_WAY": "1", "PURCHASE_MODE": "1", "PURCHASE_ORDER_NUMBER": "GM" + t.serial(100+i), "PURCHASE_TIME": stamp(x.fetched), "PURCHASE_IP": x.home, "DOWNLOAD_IP": x.home, "PURCHASE_ACCOUNT": "ca-" + x.code,
		"COMPANY_NAME": x.name, "COMPANY_CODE": x.code, "PURCHASE_PERSON_NAME": x.contact, "PURCHASE_PERSON_CODE": x.contactID, "PURCHASE_MONEY": "0",
	})
	t.downloaded(b, i)
}

// bid tells what a bidder hands in.
func (t *tender) bid(b *lot, i int) {
	x, key := b.bids[i], fmt.Sprintf("%s-%d", b.code, i+1)
	paid := x.at.Add(-26 * time.Hour)
	if !t.guaranteed(i) {
		t.deposited(b, i, paid)
	}
	t.put("507", key, x.at, b.with(i, fields{
		"IS_LOST": "0", "BID_MANAGER": x.manager, "PM_CODE": x.managerID, "PM_CERTIFICATES": "豫1412019" + strconv.Itoa(202000+x.n), "IS_COMMIT_MARGIN": "1", "MARGIN_PAY_FORM": "1",
		"PRICE_FORM_CODE": "1", "BID_PRICE": amount(x.price), "PRICE_CURRENCY": "156", "PRICE_UNIT": "0", "TIME_LIMIT": "180", "CHECKIN_TIME": stamp(x.at), "MARGIN_RECEIVE_TIME": stamp(paid),
	}))
	t.put("519", key, x.at.Add(time.Minute), b.with(i, fields{
		"BID_DOCUMENT_NAME": "投标文件.ztb", "BID_DOCUMENT_SIDE": strconv.Itoa(1_000_000 + x.n*7919), "BID_DOCUMENT_MD5": digest(b.code + x.code)[:32], "TENDER_DOC_SUBMITTIME": stamp(x.at),
		"CPU_ID": x.cpu, "HARD_DISK_SERIAL_NUMBER": x.disk, "MEMORY_SERIAL_NUMBER": fmt.Sprintf("MEM%08X", 0x30000000+x.n*31), "NET_ID": x.ip, "MAC_ADDRESS": x.mac,
		"VALUATION_XML": "<计价信息><软件>模拟计价软件</软件><加密锁编号>" + x.lock + "</加密锁编号></计价信息>",
	}))
}

// deposited tells that a bidder paid its deposit in money.
func (t *tender) deposited(b *lot, i int, at time.Time) {
	x := b.bids[i]
	t.put("9011", fmt.Sprintf("%s-%d", b.code, i+1), at, b.with(i, fields{
		"MARGIN_PAY_FORM": "1", "MARGIN_RECEIVE_TIME": stamp(at), "MARGIN_BANK": "中国银行" + shortName(x.city) + "分行", "MARGIN_ACCOUNT": x.payer, "MARGIN_PAY": amount(float64(int(b.price * t.deposit))),
	}))
}

// guaranteed reports whether a bidder brought a letter of guarantee (523) in
// place of money. The first three always pay: the cases of accounts and refunds
// are about them.
func (t *tender) guaranteed(i int) bool { return t.detail && i > 2 }

// opened tells the opening and the decryption.
func (t *tender) opened(b *lot) {
	t.put("506", b.code+"-O", b.deadline.Add(40*time.Minute), fields{
		"BID_SECTION_CODES": b.code, "NOTICE_NAME": t.name + "开标记录", "BID_OPENING_ACTOR": "招标人、招标代理机构、投标人代表", "BID_OPENING_CONTENT": "公布投标人名称、投标报价、工期",
		"BID_OPENING_ADDRESS": "第一开标室", "BID_OPENING_TIME": stamp(b.deadline),
	})
	t.decrypted(b)
	t.filmed(b, "开标")
}

// evaluated tells the draw, the committee and its report.
func (t *tender) evaluated(b *lot) {
	l := t.life
	t.drawn(b)
	report := b.deadline.Add(time.Duration(t.report) * time.Hour)
	t.judged(b, report.Add(-time.Hour))
	t.put("509", b.code+"-R", report, fields{
		"BID_SECTION_CODE": b.code, "NOTICE_NAME": t.name + "评标报告", "EVALUATION_CONTENT": "推荐第一中标候选人：" + b.bids[0].name, "SUBMIT_TIME": stamp(report), "END_TIME": stamp(report.Add(-time.Hour)), "EVALUATION_RESULT": "1",
	})
	for i, x := range b.bids {
		t.put("9017", fmt.Sprintf("%s-S%d", b.code, i+1), report.Add(time.Minute), b.with(i, fields{
			"PRICE_POINTS": amount(46 - float64(i)), "QUALIFICATION_POINTS": "10", "BUSINESS_POINTS": amount(16 - float64(i)*0.3), "TECHNICAL_POINTS": amount(24 - float64(i)*0.4), "OTHER_POINTS": "0", "IS_VETO": "0", "VETO_REASON_DETAIL": "无", "RANK": strconv.Itoa(i + 1),
		}))
		if i > 2 {
			continue
		}
		t.put("510", fmt.Sprintf("%s-C%d", b.code, i+1), report.Add(time.Minute), b.with(i, fields{
			"WIN_CANDIDATE_NAME": x.name, "WIN_CANDIDATE_CODE": x.code, "WIN_CANDIDATE_ORDER": strconv.Itoa(i + 1), "IS_FLOAT_RATE": "0", "QUALITY": "合格", "EVALUATION_STATUS": "通过初步评审和详细评审", "WIN_CANDIDATE_QUALIFICATION": "满足招标文件要求",
			"EVALUATION_RESULT": amount(96 - float64(i)*1.7), "PRICE_FORM_CODE": "1", "BID_PRICE": amount(x.price), "PRICE_CURRENCY": "156", "PRICE_UINT": "0",
		}))
	}
	start := worked(report, t.publish, 9, 0)
	if t.within > 0 {
		start = clock(report, t.within, 9, 0)
	}
	end := worked(start, t.show, 18, 0)
	if t.lasts > 0 {
		end = clock(start, t.lasts, 18, 0)
	}
	t.put("511", b.code+"-P", start, fields{
		"BID_SECTION_CODES": b.code, "PUBLICITY_NAME": t.name + "中标候选人公示", "PUBLICITY_CONTENT": "第一中标候选人：" + b.bids[0].name, "PUBLICITY_REFER_TIME": stamp(start.Add(-30 * time.Minute)), "OBJECTION_METHOD": "向招标人书面提出",
		"PUBLICITY_TYPE": "1", "PUBLICITY_START_TIME": stamp(start), "PUBLICITY_END_TIME": stamp(end),
	})
	if t.objects > 0 {
		at := worked(start, 1, 15, 0)
		l.objected(b, at, worked(at, t.objects, 11, 20), "3", "关于评标结果的异议")
	}
}

// objected tells an objection and its answer; no answer when back is zero.
func (l *life) objected(b *lot, at, back time.Time, kind, title string) {
	x := b.bids[len(b.bids)-1]
	guid := "YY" + l.serial(7) + kind
	l.put("9019", b.code+"-Q"+kind, at, fields{
		"BID_SECTION_CODE": b.code, "OBJECTIONG_GUID": guid, "TITTLE": title, "CONTENT": "请予复核并答复", "TYPE": kind, "SUBMIT_TIME": stamp(at),
		"CREATOR": x.name, "CREATOR_TYPE": "1", "CREATOR_ROLE": "02", "CREATOR_CODE": x.code, "CREATOR_CONTACT": x.phone,
	})
	if back.IsZero() {
		return
	}
	l.put("9020", b.code+"-A"+kind, back, fields{
		"BID_SECTION_CODE": b.code, "OBJECTIONG_GUID": guid, "RESPONSE_TITTLE": title + "的答复", "RESPONSE_CONTENT": "经复核，答复如下", "RESPONSE_SUBMIT_TIME": stamp(back),
		"RESPONSE_CREATOR": "招标人", "RESPONSE_CREATOR_TYPE": "1", "RESPONSE_CREATOR_ROLE": "01", "RESPONSE_CREATOR_CODE": orgCode("11"+l.region, 1), "RESPONSE_CREATOR_CONTACT": "0371-00000000", "RESPONSE_STATUS": "1",
	})
}

// drawn tells the draw of the experts and the committee.
func (t *tender) drawn(b *lot) {
	at := b.deadline.Add(-time.Duration(t.draw) * time.Hour)
	t.put("9005", b.code+"-DRAW", at, fields{
		"BID_SECTION_CODE": b.code, "EXTRACT_RULE": fmt.Sprintf("从省综合评标专家库随机抽取专家%d人", t.experts-t.own), "EXTRACT_APPLY_TIME": stamp(at.Add(-time.Hour)), "EXTRACT_TIME": stamp(at), "EXPERT_LIST_CONFIRM": "随机抽取",
	})
	for i, m := range t.committee(b, at, t.experts, t.own) {
		kind, chair := "1", "0"
		if m.own {
			kind = "2"
		}
		if i == 0 {
			chair = "1"
		}
		t.put("508", fmt.Sprintf("%s-E%d", b.code, i+1), b.deadline.Add(time.Hour), fields{
			"BID_SECTION_CODE": b.code, "EXPERT_TYPE": kind, "EXPERT_NAME": m.name, "ID_CARD": m.id, "ID_CARD_TYPE": "01", "EXPERT_CHECK_IN_TIME": stamp(m.arrived), "IS_CHAIR_MAN": chair,
		})
	}
}

// awarded tells the result, the contract, the money and the archive.
func (t *tender) awarded(b *lot) {
	l, x := t.life, b.bids[0]
	ended := l.time("511", "PUBLICITY_END_TIME")
	result := worked(ended, t.decide, 10, 0)
	t.put("513", b.code+"-W", result, fields{
		"BID_SECTION_CODE": b.code, "TENDER_AGENCY_NAME": t.agency.name, "TENDER_AGENCY_CODE": t.agency.code, "NOTICE_NAME": t.name + "中标结果公告", "NOTICE_CONTENT": "中标人：" + x.name, "NOTICE_SEND_TIME": stamp(result), "NOTICE_NATURE": "1", "BULLETIN_TYPE": "3",
		"WIN_BIDDER_NAME": x.name, "BIDDER_CODE_TYPE": "1", "WIN_BIDDER_CODE": x.code, "BIDDER_ROLE": "02", "PRICE_FORM_CODE": "1", "BID_AMOUNT": amount(x.price), "BID_CURRENCY": "156", "PRICE_UNIT": "0",
	})
	notice := result.Add(3 * time.Hour)
	t.put("9018", b.code+"-A", notice, fields{
		"TENDER_PROJECT_NAME": t.name, "BID_SECTION_CODES": b.code, "WIN_NOTICE_CODE": "豫中标" + b.code[len(b.code)-8:], "WIN_BIDDER_NAME": x.name, "WIN_BIDDER_CODE": x.code, "WIN_NOTICE_CONTENT": "经评标委员会评审，确定你单位为中标人", "TENDER_NOTICE_CONTENT": t.name,
		"BID_TIME": stamp(b.deadline), "BID_AMOUNT": amount(x.price / 1e4), "BID_CURRENCY": "156", "PRICE_UNIT": "1", "PRICE_FORM_CODE": "1",
		"PROJECT_LEAD": x.manager, "PROJECT_LEAD_ID": x.managerID, "PROJECT_LEAD_CERTITY_NO": "豫1412019" + strconv.Itoa(202000+x.n), "WIN_NOTICE_SEND_TIME": stamp(notice),
	})
	t.aftermath(b, result)
	if t.contract == 0 {
		return
	}
	signed := open(notice, t.contract, 15, 0)
	if t.twist != nil {
		signed = clock(notice, t.contract, 15, 0)
	}
	t.put("512", b.code+"-K", signed.Add(2*time.Hour), fields{
		"BID_SECTION_CODE": b.code, "CONTRACT_NAME": t.name + "施工合同", "TENDERER_NAME": t.owner.name, "TENDER_CODE": t.owner.code, "BIDDER_NAME": x.name, "BIDDER_CODE": x.code, "CONTRACT_CONTENT": "承包范围：" + t.name, "QUALITY_REQUIRE": "合格",
		"CONTRACT_PRICE": amount(x.price), "PRICE_CURRENCY": "156", "PRICE_UNIT": "0", "PRICE_FORM_CODE": "1", "LIMITE_TIME": "180", "CONTRACT_SIGN_TIME": stamp(signed), "SUBMIT_TIME": stamp(signed.Add(2 * time.Hour)),
	})
	l.refunded(b, clock(signed, t.refund, 17, 20), float64(int(b.price*t.deposit)), t.guaranteed)
	l.performed(performance{lot: b.code, signed: signed, payer: t.owner, payee: x.office(), account: x.account, price: x.price, invest: t.invest, months: 6, report: "522"})
}
