package province

import (
	"fmt"
	"slices"
	"time"

	"mingjing/internal/trade"
)

// avoidTwists are the cases of works that seem cut, or taken out of open tendering.
func avoidTwists() []twist {
	return []twist{
		{
			indicator: "B02", expected: Hit, waits: 73 * time.Hour, also: []string{"K02"}, name: "paid, never traded", why: "a contract and payments came, and no notice, opening or result ever did",
			tell: func(l *life) { l.keep("500", "501", "502", "9101", "512", "9110") },
		}, {
			indicator: "B02", expected: Look, name: "the notice was sent last", why: "contract and trade are both there; only the notice came after the contract",
			tell: func(l *life) { l.late("503", l.time("512", "CONTRACT_SIGN_TIME").Add(time.Hour)) },
		}, {
			indicator: "B07", expected: Hit, docket: true, silent: true, age: 120, name: "told when it was over", why: "everything about the tender, from its project to its contract, was sent in one morning after the result",
			tell: func(l *life) { l.toldAt(l.Now.Add(-6 * time.Hour)) },
		}, {
			indicator: "B07", expected: Look, docket: true, silent: true, age: 120, name: "a contract sent late", why: "the project was known from its beginning; only the contract came months later",
			tell: func(l *life) {
				quiet(l)
				for i := range l.out {
					if s := &l.out[i]; s.Record.Dataset == "512" {
						s.move(l.Now.Add(-6 * time.Hour))
					}
				}
			},
		}, {
			indicator: "B03", expected: Hit, docket: true, name: "three sections of two million", why: "each section is under the threshold of four million, all three together are above it",
			terms: func(t *terms) { t.lots, t.worth = 3, 6e6 },
		}, {
			indicator: "B03", expected: Look, docket: true, name: "three sections of six million", why: "each section alone is above the threshold",
			terms: func(t *terms) { t.lots, t.worth = 3, 18e6 },
		}, {
			indicator: "B04", expected: Hit, docket: true, name: "three million of twelve", why: "one section under the threshold, while nine million more were approved",
			terms: func(t *terms) { t.worth = 3e6 },
			tell:  func(l *life) { l.set("9101", "TOTAL_INVESTMENT", amount(12e6)) },
		}, {
			indicator: "B04", expected: Look, docket: true, name: "a small project", why: "investment and estimate are both small",
			terms: func(t *terms) { t.worth = 3e6 },
		}, {
			indicator: "B06", expected: Hit, name: "invited without leave", why: "bidders were invited, and the approval speaks of open tender",
			terms: func(t *terms) { t.way = byInvitation },
			tell:  func(l *life) { l.set("9101", "TENDER_SCOPE", "施工公开招标，委托招标") },
		}, {
			indicator: "B06", expected: Look, name: "invited with leave", why: "the approval allows the invitation",
			terms: func(t *terms) { t.way = byInvitation },
		}, {
			indicator: "B08", expected: Hit, name: "3.95 million", why: "the estimate lies one hundredth under the threshold",
			terms: func(t *terms) { t.worth = 3.95e6 },
		}, {
			indicator: "B08", expected: Look, name: "exactly four million", why: "the estimate is the threshold itself, from which works are tendered",
			terms: func(t *terms) { t.worth = 4e6 },
		},
	}
}

// keep leaves only the records of data sets.
func (l *life) keep(datasets ...string) {
	l.out = slices.DeleteFunc(l.out, func(s Sending) bool { return !slices.Contains(datasets, s.Record.Dataset) })
}

// toldAt has all records that there are by then come at one time.
func (l *life) toldAt(at time.Time) {
	l.out = slices.DeleteFunc(l.out, func(s Sending) bool { return s.At.After(at) })
	for i := range l.out {
		l.out[i].move(at)
	}
}

// tenderTwists are the cases of filing, complaints, alerts and of what the
// documents ask for.
func tenderTwists() []twist {
	return []twist{
		{
			indicator: "A12", expected: Hit, name: "complaint accepted after eight working days", why: "the law gives three working days to decide whether a complaint is accepted",
			tell: func(l *life) { l.complained(8, 20, "投诉不成立，驳回") },
		}, {
			indicator: "A12", expected: Look, name: "complaint accepted on the third working day", why: "three and thirty working days are what the law gives",
			tell: func(l *life) { l.complained(3, 29, "投诉不成立，驳回") },
		}, {
			indicator: "A15", expected: Hit, name: "announced three days before the filing", why: "the documents were filed after the notice",
			tell: func(l *life) { l.filedOn(worked(l.day, 3, 10, 0)) },
		}, {
			indicator: "A15", expected: Look, name: "filed the day before", why: "the filing was approved before the notice",
			tell: func(l *life) { l.filedOn(worked(l.day, -1, 10, 0)) },
		}, {
			indicator: "A18", expected: Hit, name: "alert left open", why: "an alert is still marked as open after thirty working days",
			tell: func(l *life) { l.alerted("0") },
		}, {
			indicator: "A18", expected: Look, name: "alert handled", why: "an alert was raised and handled",
			tell: func(l *life) { l.alerted("1") },
		}, {
			indicator: "C01", expected: Hit, name: "the highest grade for nine million", why: "works of nine million yuan ask for a builder of the highest grade",
			terms: func(t *terms) { t.worth = 9e6 },
			tell:  func(l *life) { l.set("502", "BID_QUALIFICATION", "具备建筑工程施工总承包特级资质") },
		}, {
			indicator: "C01", expected: Look, name: "the highest grade for 150 million", why: "works of that size may need it",
			terms: func(t *terms) { t.worth = 1.5e8 },
			tell:  func(l *life) { l.set("502", "BID_QUALIFICATION", "具备建筑工程施工总承包特级资质") },
		}, {
			indicator: "C01", expected: Look, name: "a clause that forbids", why: "the notice says that local references must not be asked for",
			tell: func(l *life) {
				l.set("503", "NOTICE_CONTENT", l.name+"已具备招标条件，现公开招标。不得以本省业绩、本地注册作为资格条件。")
			},
		}, {
			indicator: "C02", expected: Hit, name: "eighty points for technique", why: "the technical part weighs more than seventy-five of a hundred",
			tell: func(l *life) { l.set("9002", "TECHNICAL_DETAIL", "技术标满分80分") },
		}, {
			indicator: "C02", expected: Look, name: "seventy-five points for technique", why: "seventy-five are allowed",
			tell: func(l *life) {
				l.set("9002", "TECHNICAL_DETAIL", "技术标满分75分，其中施工组织设计40分")
			},
		}, {
			indicator: "C03", expected: Hit, name: "extra points for one", why: "the first alone has extra points",
			tell: func(l *life) { l.setFirst("9017", 1, "OTHER_POINTS", "5") },
		}, {
			indicator: "C03", expected: Look, name: "extra points for two", why: "two bidders have extra points",
			tell: func(l *life) { l.setFirst("9017", 2, "OTHER_POINTS", "5") },
		}, {
			indicator: "C04", expected: Hit, name: "documents for two thousand yuan", why: "the documents cost far more than copying and sending",
			tell: func(l *life) { l.set("503", "DOC_PRICE", "2000"); l.set("503", "DOC_PRICE_UNIT", "0") },
		}, {
			indicator: "C04", expected: Look, name: "documents for three hundred yuan", why: "what copying and sending cost",
			tell: func(l *life) { l.set("503", "DOC_PRICE", "300"); l.set("503", "DOC_PRICE_UNIT", "0") },
		},
	}
}

// setFirst gives a field of the first n records of a data set a value.
func (l *life) setFirst(dataset string, n int, field, value string) {
	l.each(dataset, func(i int, r *record) {
		if i < n {
			r.Fields[field] = value
		}
	})
}

// alike gives the second record of a data set the first one's values.
func (l *life) alike(dataset string, names ...string) {
	var first fields
	l.each(dataset, func(i int, r *record) {
		switch i {
		case 0:
			first = r.Fields
		case 1:
			for _, f := range names {
				if v, ok := first[f]; ok {
					r.Fields[f] = v
				}
			}
		}
	})
}

// filedOn lets the documents be filed at a time.
func (l *life) filedOn(at time.Time) {
	l.set("9103", "FILING_TIME", stamp(at))
	l.set("400", "APPROVAL_DATE", stamp(at))
}

// caseOf are the fields that name the lot in the supervision's records.
func (l *life) caseOf(more fields) fields {
	out := fields{"TENDER_PROJECT_NAME": l.name, "BID_SECTION_CODE": l.id + "001", "BID_SECTION_NAME": l.name + "第1标段", "PROJECT_TYPE": "A01", "TRADE_TYPE": "01"}
	merge(out, more)
	return out
}

// complained tells a complaint after the result, in working days from it and
// from its acceptance, and what was decided.
func (l *life) complained(accepted, decided int, result string) {
	made := worked(l.time("513", "NOTICE_SEND_TIME"), 3, 10, 0)
	took := worked(made, accepted, 10, 0)
	at := worked(took, decided, 16, 0)
	l.put("404", l.id+"001-TS", at, l.caseOf(fields{
		"COMPLAINT_NAME": "投诉人", "COMPLAINT_PHONE": "13900000000", "COMPLAINT_MAIL": "someone@trade.example", "COMPLAINTED_BODY_NAME": officeOf(l.region, "城市管理局").name, "COMPLAINTED_BODY_TYPE": "1",
		"COMPLAINTED_BODY_CODE": officeOf(l.region, "城市管理局").code, "DISSENT_REASON": "对异议答复不满", "COMPLAINT_CONTENT": "评分复核不充分", "COMPLAINT_DATE": stamp(made), "ACCEPT_DATE": stamp(took), "HANDLE_RESULT": result,
		"HANDLE_BASIS": "工程建设项目招标投标活动投诉处理办法", "HANDLE_DATE": stamp(at), "CONFINED_ACTION": "1", "DEALING_UNIT": officeOf(l.region, "住房和城乡建设局").name, "ENTER_CREDIT_PLAT": "0", "SIGNATURE": "（电子签名）",
	}))
}

// alerted tells an alert of the supervision on the day after the result.
func (l *life) alerted(handled string) {
	at := clock(l.time("513", "NOTICE_SEND_TIME"), 1, 9, 10)
	watch := officeOf(l.region, "住房和城乡建设局")
	l.drop("402")
	l.put("402", l.id+"001-AL", at, l.caseOf(fields{
		"BODY_NAME": watch.name, "BODY_CODE": watch.code, "SUPERVISOR_UNIT_NAME": watch.name, "SUPERVISOR_UNIT_CODE": watch.code, "SUPERVISORY_NODE": "中标公示", "ALERT_LEVEL": "2", "ALERT_DATE": stamp(at), "ALERT_INFO": "公示内容缺少联系方式",
		"HANDLED": handled, "HANDLE_RESULT": "处理情况见附件", "PULISH_DATE": stamp(at), "CONFINED_ACTION": "1", "OPERATOR": "监管人员", "ENTER_CREDIT_PLAT": "0", "SIGNATURE": "（电子签名）",
	}))
}

// handTwists are further cases of bids that seem to come from one hand.
func handTwists() []twist {
	tool := func(code string) string {
		return "<制作信息><文件创建标识码>" + code + "</文件创建标识码></制作信息>"
	}
	return []twist{
		{
			indicator: "D02", expected: Hit, name: "one identifier of creation", why: "two bidders' files carry one identifier of creation",
			tell: func(l *life) { l.setFirst("519", 2, "MAKE_TOOL_XML", tool("7F3A-"+l.serial(3)+"-0042")) },
		}, {
			indicator: "D02", expected: Look, name: "no identifier to read", why: "the field holds a placeholder, which proves nothing",
			tell: func(l *life) { l.setFirst("519", 3, "MAKE_TOOL_XML", tool("暂无")) },
		}, {
			indicator: "D05", expected: Hit, name: "decrypted from one address", why: "two bidders decrypted their bids from one public address",
			tell: func(l *life) { l.alike("9107", "NET_ID") },
		}, {
			indicator: "D05", expected: Look, name: "decrypted from private addresses", why: "an address of a private network is the same in every office",
			tell: func(l *life) { l.setFirst("9107", 2, "NET_ID", "10.0.0.8") },
		}, {
			indicator: "D06", expected: Hit, name: "fetched from one address", why: "the documents were fetched for two bidders from one public address",
			tell: func(l *life) { l.alike("9006", "PURCHASE_IP", "DOWNLOAD_IP"); l.alike("9105", "NET_ID") },
		}, {
			indicator: "D06", expected: Look, name: "fetched from private addresses", why: "an address of a private network is the same in every office",
			tell: func(l *life) {
				l.setFirst("9006", 2, "DOWNLOAD_IP", "192.168.0.9")
				l.setFirst("9105", 2, "NET_ID", "192.168.0.9")
			},
		}, {
			indicator: "D07", expected: Hit, name: "one person bought for two", why: "one person fetched the documents for two bidders",
			tell: func(l *life) { l.alike("9006", "PURCHASE_PERSON_NAME", "PURCHASE_PERSON_CODE") },
		}, {
			indicator: "D07", expected: Look, name: "no person to read", why: "the field holds a placeholder, which proves nothing",
			tell: func(l *life) { l.setFirst("9006", 3, "PURCHASE_PERSON_NAME", "暂无") },
		}, {
			indicator: "D09", expected: Hit, name: "one manager for two", why: "two bidders name one person, with one certificate, as manager",
			tell: func(l *life) { l.alike("507", "BID_MANAGER", "PM_CODE", "PM_CERTIFICATES") },
		}, {
			indicator: "D09", expected: Look, name: "managers of one kind", why: "the field names the kind of certificate and no number",
			tell: func(l *life) { l.setFirst("507", 2, "PM_CERTIFICATES", "一级建造师") },
		}, {
			indicator: "D10", expected: Hit, name: "handed in ninety seconds apart", why: "two bids came a minute and a half apart, the day before the deadline",
			terms: func(t *terms) { t.bidders = 5 }, // among many, chance would bring two so close
			bids:  func(_ *life, b *lot) { b.together(26 * time.Hour) },
		}, {
			indicator: "D10", expected: Look, name: "both in the last hour", why: "in the last hour all bids come close to each other",
			bids: func(_ *life, b *lot) { b.together(50 * time.Minute) },
		},
	}
}

// together lets the first two bids come ninety seconds apart, so long before
// the deadline, and the others far from them and from each other.
func (b *lot) together(before time.Duration) {
	for i := range b.bids {
		b.bids[i].at = b.deadline.Add(-30*time.Hour - time.Duration(i)*67*time.Minute)
	}
	b.bids[0].at = b.deadline.Add(-before)
	b.bids[1].at = b.bids[0].at.Add(90 * time.Second)
}

// rejected tells that the committee rejected some of the bids, for a reason.
func (l *life) rejected(reason string, which func(i, n int) bool) {
	var all []fields
	l.each("507", func(_ int, r *record) { all = append(all, r.Fields) })
	at := l.time("509", "SUBMIT_TIME").Add(4 * time.Minute)
	l.drop("9016")
	for i, f := range all {
		if which(i, len(all)) {
			l.put("9016", fmt.Sprintf("%s001-VETO%d", l.id, i+1), at, fields{
				"BID_SECTION_CODE": f["BID_SECTION_CODE"], "BIDDER_NAME": f["BIDDER_NAME"], "BIDDER_CODE_TYPE": "1", "BIDDER_ORG_CODE": f["BIDDER_ORG_CODE"], "BIDDER_ROLE": "02", "EXPERT_NAME": "评委", "ID_CARD": idNumber(l.rnd, l.city), "REASON": reason,
			})
		}
	}
}

func last(n int) func(i, all int) bool { return func(i, all int) bool { return i >= all-n } }

// uneven are prices of six bids that follow no rule, whichever of the last are left out.
func uneven(_ *life, b *lot) { b.priced(0.850, 0.853, 0.9013, 0.908, 0.957, 0.9687) }

func six(t *terms) { t.bidders = 6 }

// committeeTwists are the cases of scores and of the evaluation room.
func committeeTwists() []twist {
	detailed := func(t *terms) { t.detail = true }
	return []twist{
		{
			indicator: "H01", expected: Hit, name: "one expert far above the others", why: "an expert gave the winner half as many points again as the others did", terms: detailed,
			tell: func(l *life) { l.setFirst("9015", 1, "TECHNICAL_POINTS", "37") },
		}, {
			indicator: "H01", expected: Look, name: "one expert a little above", why: "experts may differ by a tenth", terms: detailed,
			tell: func(l *life) { l.setFirst("9015", 1, "TECHNICAL_POINTS", "26.5") },
		}, {
			indicator: "H02", expected: Hit, name: "price scored differently", why: "an expert gave other points for the price than the others", terms: detailed,
			tell: func(l *life) { l.setFirst("9015", 1, "PRICE_POINTS", "43") },
		}, {
			indicator: "H02", expected: Look, name: "one number, two ways to write it", why: "10 and 10.00 are one number", terms: detailed,
			tell: func(l *life) { l.setFirst("9015", 1, "QUALIFICATION_POINTS", "10.00") },
		}, {
			indicator: "H05", expected: Hit, name: "evaluated in twelve minutes", why: "the evaluation ended twelve minutes after the first member came",
			tell: func(l *life) { l.set("509", "END_TIME", stamp(l.time("506", "BID_OPENING_TIME").Add(32*time.Minute))) },
		}, {
			indicator: "H05", expected: Look, name: "evaluated in half the time", why: "half of what the others take is enough for a few bids",
			tell: func(l *life) {
				from := l.time("506", "BID_OPENING_TIME")
				l.set("509", "END_TIME", stamp(from.Add(l.time("509", "END_TIME").Sub(from)/2)))
			},
		}, {
			indicator: "H07", expected: Hit, name: "twice the mean", why: "the winner has more than twice the mean score",
			tell: func(l *life) {
				l.others("9017", "PRICE_POINTS", "10")
				l.others("9017", "TECHNICAL_POINTS", "5")
				l.others("9017", "BUSINESS_POINTS", "2")
			},
		}, {
			indicator: "H07", expected: Look, name: "a clear winner", why: "the winner leads, and not by half as much again",
			tell: func(l *life) { l.others("9017", "PRICE_POINTS", "30") },
		}, {
			indicator: "H08", expected: Hit, name: "a stranger in the room", why: "somebody of no capacity entered the evaluation room",
			tell: func(l *life) { l.entered("9", fields{}) },
		}, {
			indicator: "H08", expected: Look, name: "a technician in the room", why: "a member of the staff entered with a reason and a witness",
			tell: func(l *life) { l.entered("5", fields{"ENTRY_REASON": "设备维修", "WITNESS": "见证员"}) },
		},
	}
}

// others gives a field of all records of a data set but the first a value.
func (l *life) others(dataset, field, value string) {
	l.each(dataset, func(i int, r *record) {
		if i > 0 {
			r.Fields[field] = value
		}
	})
}

// entered tells that somebody of a capacity entered the evaluation room.
func (l *life) entered(role string, more fields) {
	at := l.time("506", "BID_OPENING_TIME").Add(time.Hour)
	f := fields{"BID_SECTION_CODE": l.id + "001", "ENTRY_NUMBER": "CR" + l.serial(99), "ROOM": "评标二室", "PERSON_NAME": "来访者", "ID_CARD": idNumber(l.rnd, l.city), "PERSON_ROLE": role, "ENTER_TIME": stamp(at), "LEAVE_TIME": stamp(at.Add(10 * time.Minute))}
	merge(f, more)
	l.put("9108", l.id+"001-EX", at.Add(4*time.Hour), f)
}

// conductTwists are the cases of how the tender was conducted and who won it.
func conductTwists() []twist {
	return []twist{
		{
			indicator: "G07", expected: Hit, name: "the second won", why: "the candidate put first did not win, the second did",
			tell: func(l *life) {
				l.each("510", func(i int, r *record) { r.Fields["WIN_CANDIDATE_ORDER"] = []string{"2", "1", "3"}[i] })
			},
		}, {
			indicator: "G07", expected: Look, name: "a report of something else", why: "a report speaks of a delay; the first candidate won",
			tell: func(l *life) {
				at := l.time("506", "BID_OPENING_TIME").Add(time.Hour)
				l.put("517", l.id+"001-X", at, fields{"BID_SECTION_CODE": l.id + "001", "EXCEPITON_NAME": "延后评标报告", "EXCEPITON_INFOR": "评标专家路途受阻，评标延后半小时", "APPROVAL_RESULT": "同意", "APPROVAL_TIME": stamp(at), "EXCEPITON_TYPE": "9"})
			},
		}, {
			indicator: "G08", expected: Hit, name: "five of nine stayed away", why: "most of those who fetched the documents did not bid",
			terms: func(t *terms) { t.bidders = 4 },
			tell:  func(l *life) { l.onlooking(5) },
		}, {
			indicator: "G08", expected: Look, name: "two of six stayed away", why: "a few always only look",
			terms: func(t *terms) { t.bidders = 4 },
			tell:  func(l *life) { l.onlooking(2) },
		}, {
			indicator: "G09", expected: Hit, name: "a bidder on the list", why: "the opening record marks a bidder as one who does not keep its word, and it was not rejected",
			tell: func(l *life) { l.setFirst("507", 1, "IS_LOST", "1") },
		}, {
			indicator: "G09", expected: Look, name: "on the list, and rejected", why: "the bidder on the list was rejected", terms: six, bids: uneven,
			tell: func(l *life) {
				l.each("507", func(i int, r *record) {
					if i == 5 {
						r.Fields["IS_LOST"] = "1"
					}
				})
				l.rejected("失信被执行人，不得参加投标", last(1))
			},
		}, {
			indicator: "I01", expected: Hit, name: "tendered for the third time", why: "the lot had failed twice before",
			tell: func(l *life) { l.set("502", "BID_ECTION_NUM", "3") },
		}, {
			indicator: "I01", expected: Look, name: "tendered for the second time", why: "one failure is common",
			tell: func(l *life) { l.set("502", "BID_ECTION_NUM", "2") },
		}, {
			indicator: "I02", expected: Hit, name: "three of six rejected", why: "half of the bids were rejected", terms: six, bids: uneven,
			tell: func(l *life) { l.rejected("未按招标文件要求提供业绩证明", last(3)) },
		}, {
			indicator: "I02", expected: Look, name: "one of six rejected", why: "one rejection is common", terms: six, bids: uneven,
			tell: func(l *life) { l.rejected("未按招标文件要求提供业绩证明", last(1)) },
		}, {
			indicator: "I05", expected: Hit, name: "a result after three months", why: "the result came more than sixty working days after the opening",
			terms: func(t *terms) { t.decide, t.prepare = 58, 22 },
		}, {
			indicator: "I05", expected: Look, name: "a result after a month", why: "the decision took its time, within what is usual",
			terms: func(t *terms) { t.decide, t.prepare = 12, 22 },
		}, {
			indicator: "I06", expected: Hit, class: trade.Procurement, name: "two suppliers", why: "two suppliers came; it should have been three",
			purchase: func(t *purchaseTerms) { t.suppliers = 2 },
		}, {
			indicator: "I06", expected: Look, class: trade.Procurement, name: "three suppliers", why: "three are enough",
			purchase: func(t *purchaseTerms) { t.suppliers = 3 },
		}, {
			indicator: "I07", expected: Hit, name: "complaint justified in part", why: "a complaint was found justified in part",
			tell: func(l *life) { l.complained(2, 20, "投诉部分属实，责令改正") },
		}, {
			indicator: "I07", expected: Look, name: "complaint not justified", why: "a complaint was found without proof",
			tell: func(l *life) { l.complained(2, 20, "投诉事项缺乏事实依据，驳回投诉") },
		}, {
			indicator: "I08", expected: Hit, also: []string{"I02"}, name: "all but the winner rejected", why: "five of six bids were rejected, and the sixth won", terms: six, bids: uneven,
			tell: func(l *life) { l.rejected("未实质性响应招标文件", last(5)) },
		}, {
			indicator: "I08", expected: Look, name: "others stand beside the winner", why: "one bid was rejected, and four stand beside the winner's", terms: six, bids: uneven,
			tell: func(l *life) { l.rejected("未实质性响应招标文件", last(1)) },
		}, {
			indicator: "I09", expected: Hit, name: "the lowest rejected", why: "the lowest bid was rejected, and one that asks for more won", terms: six,
			bids: func(_ *life, b *lot) { b.priced(0.901, 0.853, 0.957, 0.908, 0.969, 0.820) },
			tell: func(l *life) { l.rejected("未按要求提供业绩证明", last(1)) },
		}, {
			indicator: "I09", expected: Look, name: "the highest rejected", why: "the highest bid was rejected", terms: six, bids: uneven,
			tell: func(l *life) { l.rejected("未按要求提供业绩证明", last(1)) },
		}, {
			indicator: "I10", expected: Hit, name: "won at the highest price", also: []string{"F04"}, why: "the award is the highest price that the documents allow, and no bid lies below it", terms: six, bids: uneven,
			tell: func(l *life) {
				l.each("513", func(_ int, r *record) { l.set("504", "CONTROL_PRICE", r.Fields["BID_AMOUNT"]) })
			},
		}, {
			indicator: "I10", expected: Look, name: "won a thousandth below", why: "the award is just under the highest price", terms: six,
			bids: func(_ *life, b *lot) { b.priced(0.999, 0.853, 0.901, 0.908, 0.957, 0.969) },
		}, {
			indicator: "I11", expected: Hit, name: "rejected, and not said why", why: "a bid was rejected and the reason is a placeholder", terms: six, bids: uneven,
			tell: func(l *life) { l.rejected("无", last(1)) },
		}, {
			indicator: "I11", expected: Look, name: "rejected for a reason", why: "the reason is on record", terms: six, bids: uneven,
			tell: func(l *life) { l.rejected("投标文件未加盖单位公章", last(1)) },
		},
	}
}

// onlooking tells that n more firms fetched the documents and did not bid.
func (l *life) onlooking(n int) {
	at := l.day.Add(26 * time.Hour)
	for i, f := range l.market.choose(l.random(l.n, 0x6f6e6c6f6f6b), suppliers, l.city, n) {
		l.put("9006", fmt.Sprintf("%s001-L%d", l.id, i+1), at.Add(time.Duration(i)*time.Minute), fields{
			"BID_SECTION_CODE": l.id + "001", "PURCHASE_WAY": "1", "PURCHASE_MODE": "1", "PURCHASE_ORDER_NUMBER": "GM" + l.serial(300+i), "PURCHASE_TIME": stamp(at), "PURCHASE_IP": f.ip, "DOWNLOAD_IP": f.ip, "PURCHASE_ACCOUNT": "ca-" + f.code,
			"COMPANY_NAME": f.name, "COMPANY_CODE": f.code, "PURCHASE_PERSON_NAME": fmt.Sprintf("%s%d", f.boss, i), "PURCHASE_PERSON_CODE": idNumber(l.rnd, f.city), "PURCHASE_MONEY": "0",
		})
	}
}
