package province

import (
	"fmt"
	"strconv"
	"time"

	"mingjing/internal/trade"
)

// A bidder of one lot.
type bidder struct {
	name, code, manager, managerID string
	price                          float64
	cpu, disk, mac, ip             string
	at                             time.Time
}

func (l *life) bidders(n int, deadline time.Time, price float64) []bidder {
	g := l.generator
	out := make([]bidder, 0, n)
	for _, k := range g.rnd.Perm(len(firmsA) * len(firmsB))[:n] {
		b := bidder{name: "河南" + firmsA[k%len(firmsA)] + firmsB[k/len(firmsA)], code: orgCode("91410100", 1000+k)}
		b.manager, b.managerID, _ = g.person()
		b.price = float64(int(price*(0.90+g.rnd.Float64()*0.09)/100)) * 100
		b.cpu = fmt.Sprintf("BFEBFBFF%08X", g.rnd.Uint32())
		b.disk = fmt.Sprintf("WD-WCC%010X", g.rnd.Uint64()>>24)
		b.mac = fmt.Sprintf("%02x-%02x-%02x-%02x-%02x-%02x", g.rnd.IntN(256)&^1, g.rnd.IntN(256), g.rnd.IntN(256), g.rnd.IntN(256), g.rnd.IntN(256), g.rnd.IntN(256))
		b.ip = fmt.Sprintf("123.%d.%d.%d", 4+g.rnd.IntN(4), g.rnd.IntN(256), 1+g.rnd.IntN(254))
		b.at = deadline.Add(-time.Duration(20+g.rnd.IntN(2800)) * time.Minute)
		out = append(out, b)
	}
	return out
}

// CentreMachine is the machine of the trading centre's own upload desk in the
// simulated systems: bids uploaded there share it for an honest reason.
var CentreMachine = struct{ CPU, Disk, MAC string }{"BFEBFBFF000906EA", "WD-CENTRE000001", "00-1a-2b-3c-4d-5e"}

func (l *life) trade(lot string, section int, day, deadline time.Time, price float64, kind string) {
	g := l.generator
	n := 3 + g.rnd.IntN(5)
	if kind == twoBidders {
		n = 2
		l.plant(lot, "A05", "fired")
	}
	bids := l.bidders(n, deadline, price)
	switch kind {
	case sameMachine:
		bids[1].cpu, bids[1].disk, bids[1].mac = bids[0].cpu, bids[0].disk, bids[0].mac
		l.plant(lot, "D01", "fired")
	case centreMachine:
		for i := range bids[:2] {
			bids[i].cpu, bids[i].disk, bids[i].mac = CentreMachine.CPU, CentreMachine.Disk, CentreMachine.MAC
		}
		l.plant(lot, "D01", "clear")
	}
	for i, b := range bids {
		l.bid(lot, i, b, day, price)
	}
	l.put("506", lot+"-O", deadline.Add(40*time.Minute), map[string]string{
		"BID_SECTION_CODES": lot, "NOTICE_NAME": "开标记录", "BID_OPENING_ACTOR": "招标人、投标人代表", "BID_OPENING_CONTENT": "宣读投标报价",
		"BID_OPENING_ADDRESS": "第一开标室", "BID_OPENING_TIME": stamp(deadline),
	})
	if kind == twoBidders {
		return // what follows an opening with two is for supervisors to say
	}
	l.evaluate(lot, deadline, bids)
	l.award(lot, deadline, bids, kind)
}

func (l *life) bid(lot string, i int, b bidder, day time.Time, price float64) {
	who := map[string]string{"BID_SECTION_CODE": lot, "BIDDER_NAME": b.name, "BIDDER_CODE_TYPE": "1", "BIDDER_ORG_CODE": b.code, "BIDDER_ROLE": "02"}
	with := func(more map[string]string) map[string]string { merge(more, who); return more }
	key := fmt.Sprintf("%s-%d", lot, i+1)
	l.put("9006", key, day.Add(time.Duration(30+i*47)*time.Minute), map[string]string{
		"BID_SECTION_CODE": lot, "PURCHASE_WAY": "1", "PURCHASE_TIME": stamp(day.Add(time.Duration(30+i*47) * time.Minute)), "PURCHASE_IP": b.ip, "DOWNLOAD_IP": b.ip,
		"COMPANY_NAME": b.name, "COMPANY_CODE": b.code, "PURCHASE_PERSON_NAME": b.manager, "PURCHASE_PERSON_CODE": b.managerID, "PURCHASE_MONEY": "0",
	})
	l.put("507", key, b.at, with(map[string]string{
		"IS_LOST": "0", "BID_MANAGER": b.manager, "PM_CODE": b.managerID, "PM_CERTIFICATES": "豫1412019" + strconv.Itoa(202000+i), "IS_COMMIT_MARGIN": "1", "MARGIN_PAY_FORM": "1",
		"PRICE_FORM_CODE": "1", "BID_PRICE": amount(b.price), "PRICE_CURRENCY": "156", "PRICE_UNIT": "0", "TIME_LIMIT": "180", "CHECKIN_TIME": stamp(b.at), "MARGIN_RECEIVE_TIME": stamp(b.at.Add(-24 * time.Hour)),
	}))
	l.put("519", key, b.at.Add(time.Minute), with(map[string]string{
		"BID_DOCUMENT_NAME": "投标文件.ztb", "BID_DOCUMENT_SIDE": strconv.Itoa(1_000_000 + i*7919), "BID_DOCUMENT_MD5": fmt.Sprintf("%032x", l.n*97+i), "TENDER_DOC_SUBMITTIME": stamp(b.at),
		"CPU_ID": b.cpu, "HARD_DISK_SERIAL_NUMBER": b.disk, "MEMORY_SERIAL_NUMBER": fmt.Sprintf("MEM%08X", l.n*31+i), "NET_ID": b.ip, "MAC_ADDRESS": b.mac,
	}))
	l.put("9011", key, b.at.Add(-23*time.Hour), with(map[string]string{
		"MARGIN_PAY_FORM": "1", "MARGIN_RECEIVE_TIME": stamp(b.at.Add(-24 * time.Hour)), "MARGIN_BANK": "中国银行郑州分行", "MARGIN_ACCOUNT": fmt.Sprintf("62166%014d", l.n*1000+i), "MARGIN_PAY": amount(price * 0.018),
	}))
}

func (l *life) evaluate(lot string, deadline time.Time, bids []bidder) {
	g := l.generator
	drawn := deadline.Add(-18 * time.Hour)
	l.put("9005", lot+"-DRAW", drawn, map[string]string{
		"BID_SECTION_CODE": lot, "EXTRACT_RULE": "随机抽取专家4人", "EXTRACT_APPLY_TIME": stamp(drawn.Add(-time.Hour)), "EXTRACT_TIME": stamp(drawn), "EXPERT_LIST_CONFIRM": "随机抽取",
	})
	for i := range 5 {
		name, id, _ := g.person()
		chair := "0"
		if i == 0 {
			chair = "1"
		}
		l.put("508", fmt.Sprintf("%s-E%d", lot, i+1), deadline.Add(time.Hour), map[string]string{
			"BID_SECTION_CODE": lot, "EXPERT_TYPE": "1", "EXPERT_NAME": name, "ID_CARD": id, "ID_CARD_TYPE": "01", "EXPERT_CHECK_IN_TIME": stamp(deadline.Add(30 * time.Minute)), "IS_CHAIR_MAN": chair,
		})
	}
	report, start, end := publicity(deadline)
	l.put("509", lot+"-R", report, map[string]string{
		"BID_SECTION_CODE": lot, "NOTICE_NAME": "评标报告", "EVALUATION_CONTENT": "推荐第一中标候选人：" + bids[0].name, "SUBMIT_TIME": stamp(report), "END_TIME": stamp(report.Add(-time.Hour)), "EVALUATION_RESULT": "1",
	})
	for i, b := range bids[:min(3, len(bids))] {
		l.put("510", fmt.Sprintf("%s-C%d", lot, i+1), report.Add(time.Minute), map[string]string{
			"BID_SECTION_CODE": lot, "WIN_CANDIDATE_NAME": b.name, "BIDDER_CODE_TYPE": "1", "WIN_CANDIDATE_CODE": b.code, "BIDDER_ROLE": "02", "WIN_CANDIDATE_ORDER": strconv.Itoa(i + 1), "IS_FLOAT_RATE": "0",
			"EVALUATION_RESULT": amount(92 - float64(i)*2.5), "PRICE_FORM_CODE": "1", "BID_PRICE": amount(b.price), "PRICE_CURRENCY": "156", "PRICE_UINT": "0",
		})
	}
	l.put("511", lot+"-P", start, map[string]string{
		"BID_SECTION_CODES": lot, "PUBLICITY_NAME": "中标候选人公示", "PUBLICITY_CONTENT": "第一中标候选人：" + bids[0].name, "PUBLICITY_REFER_TIME": stamp(start),
		"PUBLICITY_TYPE": "1", "PUBLICITY_START_TIME": stamp(start), "PUBLICITY_END_TIME": stamp(end),
	})
}

// publicity is when a lot's evaluation is reported and its candidates are
// publicised: for four days, and to a working day.
func publicity(deadline time.Time) (report, start, end time.Time) {
	report = deadline.Add(26 * time.Hour)
	start = clock(report, 1, 9, 0)
	last, _ := trade.China().AddDays(trade.DayOf(start), 4, true)
	return report, start, clock(last.Start(), 0, 18, 0)
}

func (l *life) award(lot string, deadline time.Time, bids []bidder, kind string) {
	winner := bids[0]
	result := clock(deadline, 9, 10, 0)
	if _, _, end := publicity(deadline); !result.After(end) {
		result = clock(end, 1, 10, 0)
	}
	l.put("513", lot+"-W", result, map[string]string{
		"BID_SECTION_CODE": lot, "REGION_CODE": l.region, "TRA_PLACE_CODE": l.systems[l.sys].Region, "TENDER_AGENCY_NAME": "河南正信招标代理有限公司", "TENDER_AGENCY_CODE": orgCode("91410100", 77),
		"NOTICE_NAME": "中标结果公告", "NOTICE_CONTENT": "中标人：" + winner.name, "NOTICE_SEND_TIME": stamp(result), "NOTICE_NATURE": "1", "BULLETIN_TYPE": "3",
		"WIN_BIDDER_NAME": winner.name, "BIDDER_CODE_TYPE": "1", "WIN_BIDDER_CODE": winner.code, "BIDDER_ROLE": "02", "PRICE_FORM_CODE": "1", "BID_AMOUNT": amount(winner.price), "BID_CURRENCY": "156", "PRICE_UNIT": "0",
	})
	notice := result.Add(3 * time.Hour)
	l.put("9018", lot+"-A", notice, map[string]string{
		"TENDER_PROJECT_NAME": l.owner + "工程", "BID_SECTION_CODES": lot, "WIN_NOTICE_CODE": "豫中标" + lot[len(lot)-8:], "WIN_BIDDER_NAME": winner.name, "WIN_BIDDER_CODE": winner.code,
		"BID_TIME": stamp(deadline), "BID_AMOUNT": amount(winner.price / 1e4), "BID_CURRENCY": "156", "PRICE_UNIT": "1", "PRICE_FORM_CODE": "1",
		"PROJECT_LEAD": winner.manager, "PROJECT_LEAD_ID": winner.managerID, "WIN_NOTICE_SEND_TIME": stamp(notice),
	})
	if kind == noContract {
		l.plant(lot, "A13", "fired")
		return
	}
	signed := clock(notice, 12+l.rnd.IntN(12), 15, 0)
	l.put("512", lot+"-K", signed.Add(2*time.Hour), map[string]string{
		"BID_SECTION_CODE": lot, "CONTRACT_NAME": l.owner + "施工合同", "TENDERER_NAME": l.owner, "TENDER_CODE": l.ownerCode, "BIDDER_NAME": winner.name, "BIDDER_CODE": winner.code,
		"CONTRACT_PRICE": amount(winner.price), "PRICE_CURRENCY": "156", "PRICE_UNIT": "0", "PRICE_FORM_CODE": "1", "LIMITE_TIME": "180", "CONTRACT_SIGN_TIME": stamp(signed), "SUBMIT_TIME": stamp(signed.Add(2 * time.Hour)),
	})
}
