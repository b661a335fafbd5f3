package province

import (
	"fmt"
	"strconv"
	"time"
)

// detailed tells what only some systems send: requirements, teams, references,
// qualifications, scores line by line, rejected bids, letters of guarantee.
func (t *tender) detailed(b *lot) {
	report := b.deadline.Add(time.Duration(t.report) * time.Hour)
	t.put("9001", b.code+"-REQ", t.day.Add(3*time.Minute), fields{"BID_SECTION_CODE": b.code, "QUALIFICATION_TYPE": "1", "QUALIFICATION_NAME": "企业资质", "QUALIFICATION_LEVEL": "施工总承包三级"})
	t.put("9021", b.code+"-ROOM", b.deadline.Add(30*time.Minute), fields{"BID_SECTION_CODE": b.code, "IS_REMOTE": "0", "IS_BRANCH": "0", "PLACE": t.system.NameZH, "OFFICE": "评标二室", "SEATS": "1-5"})
	avoid := t.market.choose(t.rnd, developers, t.city, 1)[0]
	t.put("9013", b.code+"-AV", b.deadline.Add(-20*time.Hour), fields{"BID_SECTION_CODE": b.code, "BIDDER_NAME": avoid.name, "BIDDER_CODE_TYPE": "1", "BIDDER_ORG_CODE": avoid.code, "BIDDER_ROLE": "02", "AVOID_REASON": "1"})
	t.put("9014", b.code+"-BALL", b.deadline.Add(45*time.Minute), fields{"BID_SECTION_CODE": b.code, "NOTARY": "公证员", "ROUND": "1", "ROLL_BALL_LIST": "1,2,3", "VALUE_RESULT": "评标基准价系数0.96", "CONTENT": "现场摇号", "SEND_COMPANY_LIST": "全部", "SEND_COMPANY_CODE_LIST": b.bids[0].code})
	for i, x := range b.bids {
		key := fmt.Sprintf("%s-%d", b.code, i+1)
		at := x.at.Add(2 * time.Minute)
		t.put("9007", key+"-M", at, b.with(i, fields{
			"NAME": personName(t.rnd), "PHONE": phone(t.rnd), "ID_CARD_NO": idNumber(t.rnd, x.city), "POSITION": "技术负责人", "TECHNICAL_POST": "高级工程师", "CERTIFICATE_NO": "JS" + strconv.Itoa(100000+x.n), "CERTIFICATE_TYPE": "职称证", "CERTIFICATE_FULL_NAME": "高级工程师证",
			"CERTIFICATE_LEVLE": "高级", "YEARS_OF_WORKING": "15", "CREDIT_SCORE": "90", "GRADUATE_SCHOOL": "某大学",
		}))
		t.put("9008", key+"-REF", at, b.with(i, fields{
			"PROJECT_NAME": shortName(x.city) + "某道路工程", "TENDERE_NAME": officeOf(x.city, "城市管理局").name, "WIN_BIDDER": x.name, "COMPLETE_TIME": stamp(t.day.AddDate(-1, 0, 0)), "CONTRACT_BID_AMOUNT": amount(b.price), "END_TIME": stamp(t.day.AddDate(-1, 0, 0)), "BID_AMOUNT": amount(b.price),
		}))
		t.put("9009", key+"-Q", at, b.with(i, fields{"QUALIFICATION_NAME": "建筑工程施工总承包", "QUALIFICATION_TYPE": "D10102", "QUALIFICATION_LEVEL": "02", "UNITY_COMPANY": "无"}))
		t.put("9010", key, at, b.with(i, fields{"SUBMITTIME": stamp(x.at.Add(-time.Hour)), "CPU_ID": x.cpu, "HARD_DISK_SERIAL_NUMBER": x.disk, "MEMORY_SERIAL_NUMBER": fmt.Sprintf("MEM%08X", 0x30000000+x.n*31), "NET_ID": x.ip, "MAC_ADDRESS": x.mac, "TOOL_VERSION": "5.2.1"}))
		t.put("9012", key+"-C", at, b.with(i, fields{"SCORE_SYSTEM_NAME": "省建筑市场信用评价", "SCORE_YEAR": strconv.Itoa(t.day.Year()), "SCORE_QUARTER": "1", "SCORE": "88.5", "PROJECT_RANK": strconv.Itoa(i + 1), "PROVINCE_RANK": strconv.Itoa(1 + x.n)}))
		if t.guaranteed(i) {
			t.put("523", key+"-G", x.at.Add(-30*time.Hour), b.with(i, fields{
				"GUARANTEE_FORM": "1", "GUARANTEE_TYPE": "1", "GUARANTEE_NO": fmt.Sprintf("BH%s%02d", t.serial(7), i), "GUARANTEE_STATUS": "有效", "BENEFICIARY": t.owner.name, "INSURER": "某担保公司（模拟）", "GUARANTEE_AMOUNT": amount(float64(int(b.price * t.deposit))), "GUARANTEE_COST": amount(b.price * t.deposit * 0.01),
				"CREATE_TIME": stamp(x.at.Add(-32 * time.Hour)), "BEGIN_TIME": stamp(x.at.Add(-31 * time.Hour)), "END_TIME": stamp(b.deadline.AddDate(0, 3, 0)), "PAYMENT_METHOD": "对公转账", "PAYMENT_TIME": stamp(x.at.Add(-31 * time.Hour)), "LETTER_TIME": stamp(x.at.Add(-30 * time.Hour)),
			}))
		}
		t.put("520", key+"-EV", report.Add(2*time.Minute), b.with(i, fields{"BID_EVALUATION_DETAILS": "见评分汇总", "BID_EVALUATION_REPORT": "通过"}))
	}
	t.scored(b, report)
}

// scored tells each expert's scores of each bid, and a bid that was rejected.
func (t *tender) scored(b *lot, report time.Time) {
	var experts []fields
	t.each("508", func(_ int, r *record) {
		if r.Fields["BID_SECTION_CODE"] == b.code {
			experts = append(experts, r.Fields)
		}
	})
	for i := range b.bids {
		for k, e := range experts {
			t.put("9015", fmt.Sprintf("%s-%d-%d", b.code, i+1, k+1), report.Add(3*time.Minute), b.with(i, fields{
				"EXPERT_NAME": e["EXPERT_NAME"], "ID_CARD": e["ID_CARD"], "PRICE_POINTS": amount(46 - float64(i)), "QUALIFICATION_POINTS": "10", "BUSINESS_POINTS": amount(16 - 0.3*float64(i)), "TECHNICAL_POINTS": amount(24 - 0.4*float64(i) + 0.1*float64(k)), "QUALIFICATION_DETAIL": "合格",
			}))
		}
	}
	// A late bid is not rejected: that it was taken is the planted case.
	if last := len(b.bids) - 1; last > 3 && len(experts) > 0 && !b.bids[last].at.After(b.deadline) {
		t.put("9016", b.code+"-VETO", report.Add(4*time.Minute), b.with(last, fields{"EXPERT_NAME": experts[0]["EXPERT_NAME"], "ID_CARD": experts[0]["ID_CARD"], "REASON": "未按招标文件要求提供业绩证明"}))
	}
}

// aftermath tells what few transactions have: alerts, complaints, penalties,
// entries of credit and achievements.
func (t *tender) aftermath(b *lot, result time.Time) {
	r, x := t.rnd, b.bids[0]
	watch := officeOf(t.region, "住房和城乡建设局")
	of := fields{"TENDER_PROJECT_NAME": t.name, "BID_SECTION_CODE": b.code, "BID_SECTION_NAME": b.name, "PROJECT_TYPE": t.works, "TRADE_TYPE": "01"}
	with := func(more fields) fields { merge(more, of); return more }
	if r.IntN(40) == 0 {
		at := clock(result, 1, 9, 10)
		t.put("402", b.code+"-AL", at, with(fields{
			"BODY_NAME": t.agency.name, "BODY_CODE": t.agency.code, "SUPERVISOR_UNIT_NAME": watch.name, "SUPERVISOR_UNIT_CODE": watch.code, "SUPERVISORY_NODE": "中标公示", "ALERT_LEVEL": "1", "ALERT_DATE": stamp(at), "ALERT_INFO": "公示内容缺少联系方式", "HANDLED": "1", "HANDLE_RESULT": "已补充",
			"PULISH_DATE": stamp(at), "CONFINED_ACTION": "1", "OPERATOR": "监管人员", "ENTER_CREDIT_PLAT": "0", "SIGNATURE": "（电子签名）",
		}))
	}
	if r.IntN(40) == 0 && t.twist == nil {
		made := worked(result, 3, 10, 0)
		decided := worked(made, 20, 16, 0)
		t.put("404", b.code+"-TS", decided, with(fields{
			"COMPLAINT_NAME": personName(r), "COMPLAINT_PHONE": phone(r), "COMPLAINT_MAIL": "someone@trade.example", "COMPLAINTED_BODY_NAME": t.agency.name, "COMPLAINTED_BODY_TYPE": "1", "COMPLAINTED_BODY_CODE": t.agency.code, "DISSENT_REASON": "对异议答复不满", "COMPLAINT_CONTENT": "评分复核不充分",
			"COMPLAINT_DATE": stamp(made), "ACCEPT_DATE": stamp(worked(made, 2, 10, 0)), "HANDLE_RESULT": "投诉不成立，驳回", "HANDLE_BASIS": "工程建设项目招标投标活动投诉处理办法", "HANDLE_DATE": stamp(decided), "CONFINED_ACTION": "1", "DEALING_UNIT": watch.name, "ENTER_CREDIT_PLAT": "0", "SIGNATURE": "（电子签名）",
		}))
	}
	if r.IntN(60) == 0 {
		at := worked(result, 25, 10, 0)
		y := b.bids[len(b.bids)-1]
		number := "建罚〔" + strconv.Itoa(at.Year()) + "〕" + t.serial(1) + "号"
		t.put("9114", b.code+"-PEN", at, fields{
			"BID_SECTION_CODE": b.code, "DECISION_NUMBER": number, "BODY_NAME": y.name, "BODY_CODE": y.code, "VIOLATION": "提供虚假业绩证明", "LAW": "招标投标法 第五十四条", "PENALTY": "罚款并公告", "FINE_AMOUNT": amount(20000), "AUTHORITY": watch.name, "DECISION_TIME": stamp(at),
		})
		t.put("300", b.code+"-VIO", at.Add(time.Minute), with(fields{
			"VIOLATING_CODE": fmt.Sprintf("%08d-0000-4000-8000-%012d", t.n, t.n), "VIOLATING_NAME": "提供虚假材料", "VIOLATING_TIME": date(at), "VIOLATING_TYPE": "1", "BODY_NAME": y.name, "BODY_TYPE": "1", "BODY_CODE": y.code, "BODY_ROLE": "02", "AREA": t.region + "000", "REWARD_PUNISHMENT_BODY": "02",
			"VIOLATING_INSTRUCTIONS": "提供虚假业绩证明", "GOVERNMENT": watch.name, "DOCUMENT_CODE": number, "PUNISHMENT_BASIS": "招标投标法 第五十四条", "PUNISHMENT_RESULT": "罚款", "CONFINED_ACTION": "1", "CONFINED_START": stamp(at), "CONFINED_END": stamp(at.AddDate(0, 6, 0)), "OPERATE_DATE": stamp(at), "SCOPE": "1",
		}))
		e := t.market.experts[t.city][0]
		t.put("208", b.code+"-EXP", at.Add(2*time.Minute), with(fields{
			"ID_CARD": e.id, "REWARD_PUNISHMENT_TYPE": "1", "APPROVE_DEPT_NAME": watch.name, "APPROVE_DEPT_CODE": watch.code, "VIOLATING_BASIS": "评标专家管理办法", "VIOLATING_RESULT": "通报", "PULISH_DATE": date(at), "CONFINED_ACTION": "1", "START_DATE": stamp(at), "OPERATOR": "监管人员", "OPERATE_DATE": stamp(at),
		}))
	}
	if r.IntN(20) == 0 && t.contract > 0 {
		signed := clock(result, t.contract, 15, 0)
		end := worked(open(signed, 180, 10, 0), 5, 10, 0)
		t.put("305", b.code+"-CRED", end, with(fields{
			"BODY_CODE": x.code, "BODY_NAME": x.name, "BODY_TYPE": "1", "BODY_ROLE": "02", "CONTRACT_AMOUNT": amount(x.price), "CONTRACT_CURRENCY": "156", "CONTRACT_CURRENCYUNIT": "0", "CONTRACT_PERIOD": "180", "CONTRACT_SIGNING_TIME": stamp(signed), "QUALITY_STANDARDS": "1", "SAFETY_STANDARDS": "1",
			"ENVIRONMENT_STANDARDS": "1", "CONSTRUCTION_PERIOD": "178", "CONTRACT_SETTLEMENT_AMOUNT": amount(x.price), "CONTRACT_FINISH_TIME": stamp(end.Add(-100 * time.Hour)), "PERFORMANCE_SUBMITTED_TIME": stamp(end), "GOVERNMENT": watch.name, "DOCUMENT_CODE": "无", "SCOPE": "1",
		}))
		t.put("110", b.code+"-ACH", end.Add(time.Minute), fields{
			"BIDDER_NO": x.code, "SECTION_NO": t.id, "BID_SECTION_CODE": b.code, "SECTION_NAME": t.name, "BID_SECTION_NAME": b.name, "TENDER_NO": t.owner.code, "TENDER_NAME": t.owner.name, "BID_AMOUNT": amount(x.price), "TRADE_TYPE": "A01", "CURRENCY": "156", "MONEY_UNIT": "0", "CONTRACT_SIGN_DATE": stamp(signed),
		})
		t.put("113", b.code+"-MAN", end.Add(2*time.Minute), fields{
			"ID_CARD_NO": x.managerID, "ID_CARD_TYPE": "01", "SECTION_NO": t.id, "BID_SECTION_CODE": b.code, "SECTION_NAME": t.name, "BID_SECTION_NAME": b.name, "OWNER_NO": t.owner.code, "OWNER_NAME": t.owner.name, "CONTRACT_AMOUNT": amount(x.price), "TRADE_TYPE": "01", "SETTLE_AMOUNT": amount(x.price), "CURRENCY": "156", "MONEY_UNIT": "0",
			"CONTRACT_SIGN_DATE": stamp(signed), "CONTRACT_FINISH_DATE": stamp(end),
		})
	}
}
