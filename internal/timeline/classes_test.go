package timeline

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// folded makes a docket from lines "DATASET KEY FIELD=value …"; "@TIME" is when
// the row came here, "history" that it came through a history window.
func folded(t *testing.T, lines ...string) *docket.Docket {
	t.Helper()
	var vs []docket.Version
	for i, line := range lines {
		words := strings.Fields(line)
		v := docket.Version{Position: int64(i + 1), Received: trade.Date(2018, 1, 2).Start(), Source: "s", Record: standard.Record{
			Origin: "P", Dataset: words[0], Key: words[1], Op: standard.Insert, Revision: strconv.Itoa(i + 1),
			Fields: map[string]string{
				"TENDER_PROJECT_CODE": "T", "PURCHASE_PROJECT_CODE": "T", "PROJECT_CODE": "T", "ANNOUNCEMENT_GUID": "T", "DEAL_ANNOUNCEMENT_GUID": "T",
				"UNIFIED_DEAL_CODE": "T", "CA_QUOTA_CODE": "T", "REGION_CODE": "410105",
			},
		}}
		for _, w := range words[2:] {
			switch name, value, ok := strings.Cut(w, "="); {
			case ok:
				v.Fields[name] = value
			case w == "history":
				v.History = true
			default:
				v.Received = moment(t, w[1:]).Time
			}
		}
		vs = append(vs, v)
	}
	return docket.Fold("T", vs)
}

// TestPeriodsOfClasses holds, for every period that can be observed outside
// construction tendering, what is in time, what is not, the day between, and a
// day off at the end. 2018-04-05 to 07 and 2018-04-29 to 05-01 are days off,
// 2018-04-08 and 2018-04-28 (weekend days) are worked.
func TestPeriodsOfClasses(t *testing.T) {
	const mode = "550 1 PURCHASE_SECTION_CODE=L"
	for _, v := range []struct {
		what, period string
		lines        []string
		at           string // "" = 2019-01-01
		state        State  // "" = no step
		value        int
		due, reason  string
	}{
		// Procurement.
		{"documents 5 working days", "purchase-documents", []string{"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告 BULLETIN_START_TIME=20180301090000 BID_CLOSING_TIME=20180308090000"}, "", OnTime, 5, "2018-03-08", ""},
		{"documents 4 working days", "purchase-documents", []string{"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告 BULLETIN_START_TIME=20180301090000 BID_CLOSING_TIME=20180307235959"}, "", Short, 4, "2018-03-08", ""},
		{"documents over days off", "purchase-documents", []string{"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告 BULLETIN_START_TIME=20180403 BID_CLOSING_TIME=20180411"}, "", OnTime, 5, "2018-04-11", ""}, // 4, 8 (worked), 9, 10, 11
		{"documents over days off, a day less", "purchase-documents", []string{"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告 BULLETIN_START_TIME=20180403 BID_CLOSING_TIME=20180410"}, "", Short, 4, "2018-04-11", ""},
		{"documents of negotiation have other days", "purchase-documents", []string{"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=竞争性磋商公告 BULLETIN_START_TIME=20180301 BID_CLOSING_TIME=20180302"}, "", "", 0, "", ""},
		{"an agency's name is no form", "purchase-documents", []string{mode, "551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=某招标有限公司采购公告 BULLETIN_START_TIME=20180301 BID_CLOSING_TIME=20180302"}, "", Insufficient, 1, "2018-03-08", ReasonForm},
		{"documents of a tender in the sets of tendering", "purchase-documents", []string{"501 a TENDER_PROJECT_TYPE=D01 TENDER_MODE=1", "503 a DOC_GET_START_TIME=20180301 DOC_GET_END_TIME=20180307 BID_DOC_REFER_END_TIME=20180330"}, "", Short, 4, "2018-03-08", ""},
		{"20 days to the deadline", "purchase-preparation", []string{"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告 BULLETIN_START_TIME=20180301090000 BID_CLOSING_TIME=20180321090000"}, "", OnTime, 20, "2018-03-21", ""},
		{"19 days to the deadline", "purchase-preparation", []string{"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告 BULLETIN_START_TIME=20180301090000 BID_CLOSING_TIME=20180320230000"}, "", Short, 19, "2018-03-21", ""},
		{"25 days to the deadline", "purchase-preparation", []string{"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告 BULLETIN_START_TIME=20180301090000 BID_CLOSING_TIME=20180326"}, "", OnTime, 25, "2018-03-21", ""},
		{"a minimum that ends on a day off is not lengthened", "purchase-preparation", []string{"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告 BULLETIN_START_TIME=20180316 BID_CLOSING_TIME=20180405"}, "", OnTime, 20, "2018-04-05", ""},
		{"each round by its own notice", "purchase-preparation", []string{
			"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告 BULLETIN_START_TIME=20180301 BID_CLOSING_TIME=20180325",
			"551 b PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告（二次） BULLETIN_START_TIME=20180401 BID_CLOSING_TIME=20180415",
		}, "", Short, 14, "2018-04-21", ""},
		{"a prequalification notice is no issue of documents", "purchase-preparation", []string{"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标资格预审公告 BULLETIN_START_TIME=20180301 BID_CLOSING_TIME=20180310"}, "", "", 0, "", ""},
		{"before the rule was in effect", "purchase-documents", []string{"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告 BULLETIN_START_TIME=20140301 BID_CLOSING_TIME=20140302"}, "", "", 0, "", ""},
		{"correction 15 days before", "purchase-clarification", []string{
			"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告 BULLETIN_START_TIME=20180301 BID_CLOSING_TIME=20180325090000",
			"552 b PURCHASE_SECTION_CODE=L TERMINATION_BULLETIN_TITLE=更正公告 MODIFICATION_START_TIME=20180310170000 IS_POSTPONE=0",
		}, "", OnTime, 15, "2018-03-25", ""},
		{"correction 14 days before", "purchase-clarification", []string{
			"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告 BULLETIN_START_TIME=20180301 BID_CLOSING_TIME=20180325090000",
			"552 b PURCHASE_SECTION_CODE=L TERMINATION_BULLETIN_TITLE=更正公告 MODIFICATION_START_TIME=20180311000000 IS_POSTPONE=0",
		}, "", Short, 14, "2018-03-26", ""},
		{"a correction that puts the deadline off", "purchase-clarification", []string{
			"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告 BULLETIN_START_TIME=20180301 BID_CLOSING_TIME=20180325090000",
			"552 b PURCHASE_SECTION_CODE=L TERMINATION_BULLETIN_TITLE=更正公告 MODIFICATION_START_TIME=20180320000000 IS_POSTPONE=1 POST_BID_CLOSING_TIME=20180404090000",
		}, "", OnTime, 15, "2018-04-04", ""},
		{"a correction of the result", "purchase-clarification", []string{
			"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告 BULLETIN_START_TIME=20180301 BID_CLOSING_TIME=20180325090000",
			"552 b PURCHASE_SECTION_CODE=L TERMINATION_BULLETIN_TITLE=中标结果更正公告 MODIFICATION_START_TIME=20180324",
		}, "", "", 0, "", ""},
		{"a correction after the deadline", "purchase-clarification", []string{
			"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=公开招标公告 BULLETIN_START_TIME=20180301 BID_CLOSING_TIME=20180325090000",
			"552 b PURCHASE_SECTION_CODE=L TERMINATION_BULLETIN_TITLE=更正公告 MODIFICATION_START_TIME=20180328",
		}, "", "", 0, "", ""},
		{"single source 5 working days", "purchase-single-source", []string{"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=单一来源采购公示 BULLETIN_START_TIME=20180301 BID_CLOSING_TIME=20180308"}, "", OnTime, 5, "2018-03-08", ""},
		{"single source 4 working days", "purchase-single-source", []string{"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=单一来源采购公示 BULLETIN_START_TIME=20180301 BID_CLOSING_TIME=20180307"}, "", Short, 4, "2018-03-08", ""},
		{"single source over days off", "purchase-single-source", []string{"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=单一来源采购公示 BULLETIN_START_TIME=20180427 BID_CLOSING_TIME=20180505"}, "", Short, 4, "2018-05-07", ""}, // 28 (worked), 2, 3, 4; the 5th is a Saturday
		{"the purchase notice after the publicity is none", "purchase-single-source", []string{
			"551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=单一来源采购公示 BULLETIN_START_TIME=20180301 BID_CLOSING_TIME=20180312",
			"551 b PURCHASE_SECTION_CODE=L BULLETIN_TITLE=单一来源采购公告 BULLETIN_START_TIME=20180313 BID_CLOSING_TIME=20180314",
		}, "", OnTime, 7, "2018-03-08", ""},
		{"result on the second working day", "purchase-result", []string{"9018 a BID_SECTION_CODES=L WIN_NOTICE_SEND_TIME=20180404100000", "553 b PURCHASE_SECTION_CODE=L WIN_BID_BULLETIN_START_TIME=20180409235959"}, "", OnTime, 2, "2018-04-10", ""}, // 8 (a worked Sunday), 9
		{"result on the third working day", "purchase-result", []string{"9018 a BID_SECTION_CODES=L WIN_NOTICE_SEND_TIME=20180404100000", "553 b PURCHASE_SECTION_CODE=L WIN_BID_BULLETIN_START_TIME=20180410000000"}, "", Late, 3, "2018-04-10", ""},
		{"result on the same day", "purchase-result", []string{"9018 a BID_SECTION_CODES=L WIN_NOTICE_SEND_TIME=20180404100000", "553 b PURCHASE_SECTION_CODE=L WIN_BID_BULLETIN_START_TIME=20180404"}, "", OnTime, 0, "2018-04-10", ""},
		{"result after the contract", "purchase-result", []string{"550 1 PURCHASE_SECTION_CODE=L", "554 a PURCHASE_SECTION_CODE=L SIGNING_TIME=20180301", "553 b PURCHASE_SECTION_CODE=L WIN_BID_BULLETIN_START_TIME=20180320"}, "", Late, 13, "2018-03-06", ""},
		{"no result yet", "purchase-result", []string{"550 1 PURCHASE_SECTION_CODE=L", "9018 a BID_SECTION_CODES=L WIN_NOTICE_SEND_TIME=20180404100000"}, "2018-04-09 23:59:59", Due, 0, "2018-04-10", ""},
		{"no result, too late", "purchase-result", []string{"550 1 PURCHASE_SECTION_CODE=L", "9018 a BID_SECTION_CODES=L WIN_NOTICE_SEND_TIME=20180404100000"}, "2018-04-10", Late, 0, "2018-04-10", ""},
		{"a result whose decision nobody tells", "purchase-result", []string{"553 b PURCHASE_SECTION_CODE=L WIN_BID_BULLETIN_START_TIME=20180410000000"}, "", Insufficient, 0, "", "purchase.determined"},
		{"contract on the thirtieth day", "purchase-contract", []string{"553 b PURCHASE_SECTION_CODE=L WIN_BID_BULLETIN_START_TIME=20180301", "554 a PURCHASE_SECTION_CODE=L SIGNING_TIME=20180331"}, "", OnTime, 30, "2018-04-03", ""},
		{"the thirtieth day is a Saturday", "purchase-contract", []string{"553 b PURCHASE_SECTION_CODE=L WIN_BID_BULLETIN_START_TIME=20180301", "554 a PURCHASE_SECTION_CODE=L SIGNING_TIME=20180402"}, "", OnTime, 32, "2018-04-03", ""},
		{"contract too late", "purchase-contract", []string{"553 b PURCHASE_SECTION_CODE=L WIN_BID_BULLETIN_START_TIME=20180301", "554 a PURCHASE_SECTION_CODE=L SIGNING_TIME=20180403"}, "", Late, 33, "2018-04-03", ""},
		{"a contract without its date", "purchase-contract", []string{"553 b PURCHASE_SECTION_CODE=L WIN_BID_BULLETIN_START_TIME=20180301", "554 a PURCHASE_SECTION_CODE=L"}, "", Insufficient, 0, "2018-04-03", "554 SIGNING_TIME"},
		{"contract published on the second working day", "purchase-contract-notice", []string{"554 a @20180410230000 PURCHASE_SECTION_CODE=L SIGNING_TIME=20180408"}, "", OnTime, 2, "2018-04-11", ""},
		{"contract published on the third", "purchase-contract-notice", []string{"554 a @20180411000000 PURCHASE_SECTION_CODE=L SIGNING_TIME=20180408"}, "", Late, 3, "2018-04-11", ""},
		{"contract published after days off", "purchase-contract-notice", []string{"554 a @20180409120000 PURCHASE_SECTION_CODE=L SIGNING_TIME=20180404"}, "", OnTime, 2, "2018-04-10", ""},
		{"a contract of years ago, imported", "purchase-contract-notice", []string{"554 a @20180409120000 history PURCHASE_SECTION_CODE=L SIGNING_TIME=20160404"}, "", Insufficient, 0, "2016-04-07", ReasonHistory},
		{"a later correction of the contract is no late publication", "purchase-contract-notice", []string{"554 a @20180409 PURCHASE_SECTION_CODE=L SIGNING_TIME=20180408", "554 a @20180609 PURCHASE_SECTION_CODE=L SIGNING_TIME=20180408 CONTRACT_NAME=新名"}, "", OnTime, 1, "2018-04-11", ""},
		{"refund of the last on the fifth working day", "purchase-margin-refund", []string{"554 a PURCHASE_SECTION_CODE=L SIGNING_TIME=20180404", "9106 b BID_SECTION_CODE=L REFUND_TIME=20180409", "9106 c BID_SECTION_CODE=L REFUND_TIME=20180412"}, "", OnTime, 5, "2018-04-13", ""},
		{"refund of the last on the sixth", "purchase-margin-refund", []string{"554 a PURCHASE_SECTION_CODE=L SIGNING_TIME=20180404", "9106 b BID_SECTION_CODE=L REFUND_TIME=20180409", "9106 c BID_SECTION_CODE=L REFUND_TIME=20180413"}, "", Late, 6, "2018-04-13", ""},
		{"nobody sends refunds", "purchase-margin-refund", []string{"554 a PURCHASE_SECTION_CODE=L SIGNING_TIME=20180404"}, "", Insufficient, 0, "2018-04-13", "margin.refunded"},
		{"question answered on the seventh working day", "purchase-question-reply", []string{mode, "521 a ANN_CODE=q1 BID_SECTION_CODES=L TM=20180402", "9003 b ANN_CODE=q1 BID_SECTION_CODES=L TM=20180412"}, "", OnTime, 7, "2018-04-13", ""},
		{"question answered on the eighth", "purchase-question-reply", []string{mode, "521 a ANN_CODE=q1 BID_SECTION_CODES=L TM=20180402", "9003 b ANN_CODE=q1 BID_SECTION_CODES=L TM=20180413"}, "", Late, 8, "2018-04-13", ""},
		{"another question's answer", "purchase-question-reply", []string{mode, "521 a ANN_CODE=q1 BID_SECTION_CODES=L TM=20180402", "9003 b ANN_CODE=q2 BID_SECTION_CODES=L TM=20180403"}, "2018-04-12", Due, 0, "2018-04-13", ""},
		{"question unanswered", "purchase-question-reply", []string{mode, "521 a ANN_CODE=q1 BID_SECTION_CODES=L TM=20180402"}, "2018-04-13", Late, 0, "2018-04-13", ""},
		{"complaint decided on the thirtieth working day", "purchase-complaint-decision", []string{mode, "404 a BID_SECTION_CODE=L COMPLAINT_DATE=20180301 ACCEPT_DATE=20180302 HANDLE_DATE=20180413"}, "", OnTime, 30, "2018-04-14", ""},
		{"complaint decided a day later", "purchase-complaint-decision", []string{mode, "404 a BID_SECTION_CODE=L COMPLAINT_DATE=20180301 ACCEPT_DATE=20180302 HANDLE_DATE=20180414"}, "", Late, 30, "2018-04-14", ""},
		{"one complaint decided, the other not", "purchase-complaint-decision", []string{mode, "404 a BID_SECTION_CODE=L COMPLAINT_DATE=20180228 HANDLE_DATE=20180305", "404 b BID_SECTION_CODE=L COMPLAINT_DATE=20180301"}, "2018-04-14", Late, 0, "2018-04-14", ""},
		{"procurement has no period of acceptance in these tables", "complaint-acceptance", []string{mode, "404 a BID_SECTION_CODE=L COMPLAINT_DATE=20180301"}, "", "", 0, "", ""},

		// Construction, newly observable.
		{"complaint accepted on the third working day", "complaint-acceptance", []string{"501 1", "404 a BID_SECTION_CODE=L COMPLAINT_DATE=20180928 ACCEPT_DATE=20181008"}, "", OnTime, 3, "2018-10-09", ""},
		{"complaint accepted on the fourth", "complaint-acceptance", []string{"501 1", "404 a BID_SECTION_CODE=L COMPLAINT_DATE=20180928 ACCEPT_DATE=20181009"}, "", Late, 4, "2018-10-09", ""},
		{"complaint turned down in time", "complaint-acceptance", []string{"501 1", "404 a BID_SECTION_CODE=L COMPLAINT_DATE=20180928 HANDLE_DATE=20181008"}, "", OnTime, 3, "2018-10-09", ""},
		{"complaint left lying", "complaint-acceptance", []string{"501 1", "404 a BID_SECTION_CODE=L COMPLAINT_DATE=20180928"}, "2018-10-09", Late, 0, "2018-10-09", ""},
		{"complaint decision from acceptance", "complaint-decision", []string{"501 1", "404 a BID_SECTION_CODE=L COMPLAINT_DATE=20180228 ACCEPT_DATE=20180301 HANDLE_DATE=20180413"}, "", OnTime, 30, "2018-04-14", ""},
		{"refund on the fifth day", "margin-refund", []string{"512 a BID_SECTION_CODE=L CONTRACT_SIGN_TIME=20180402", "9106 b BID_SECTION_CODE=L REFUND_TIME=20180408"}, "", OnTime, 6, "2018-04-09", ""}, // the fifth, 7 April, is a day off
		{"refund too late", "margin-refund", []string{"512 a BID_SECTION_CODE=L CONTRACT_SIGN_TIME=20180402", "9106 b BID_SECTION_CODE=L REFUND_TIME=20180409"}, "", Late, 7, "2018-04-09", ""},
		{"filed 5 working days before issue, Henan", "henan-filing", []string{"501 1", "503 a BID_SECTION_CODES=L DOC_GET_START_TIME=20180308", "9103 b BID_SECTION_CODE=L FILING_TIME=20180301"}, "", OnTime, 5, "2018-03-08", ""},
		{"filed 4 working days before issue, Henan", "henan-filing", []string{"501 1", "503 a BID_SECTION_CODES=L DOC_GET_START_TIME=20180307", "9103 b BID_SECTION_CODE=L FILING_TIME=20180301"}, "", Short, 4, "2018-03-08", ""},
		{"not filed, as far as is known", "henan-filing", []string{"501 1", "503 a BID_SECTION_CODES=L DOC_GET_START_TIME=20180307"}, "", Insufficient, 0, "", "documents.filed"},

		// Every class.
		{"penalty published on the seventh working day", "penalty-publication", []string{"600 1", "9114 a @20180412120000 DECISION_TIME=20180402"}, "", OnTime, 7, "2018-04-13", ""},
		{"penalty published on the eighth", "penalty-publication", []string{"600 1", "9114 a @20180413 DECISION_TIME=20180402"}, "", Late, 8, "2018-04-13", ""},
		{"approval published on the twentieth working day", "approval-publication", []string{"1800 1", "9101 a @20180330 APPROVAL_TIME=20180302"}, "", OnTime, 20, "2018-03-31", ""},
		{"approval published later", "approval-publication", []string{"1800 1", "9101 a @20180402 APPROVAL_TIME=20180302"}, "", Late, 21, "2018-03-31", ""},
		{"approval of years ago, imported", "approval-publication", []string{"1800 1", "9101 a @20180402 history APPROVAL_TIME=20180102"}, "", Insufficient, 0, "2018-01-31", ReasonHistory},

		// Land.
		{"land notice 20 days before", "land-notice", []string{"600 a ANNOUNCEMENT_TITLE=挂牌出让公告 PUBLISHING_TIME=20180316 LISTING_START_TIME=20180405090000 LISTING_DEADLINE=20180416170000"}, "", OnTime, 20, "2018-04-05", ""},
		{"land notice 19 days before", "land-notice", []string{"600 a ANNOUNCEMENT_TITLE=挂牌出让公告 PUBLISHING_TIME=20180316 LISTING_START_TIME=20180404230000 LISTING_DEADLINE=20180416170000"}, "", Short, 19, "2018-04-05", ""},
		{"a withdrawn land notice", "land-notice", []string{"600 a ANNOUNCEMENT_TITLE=挂牌出让公告 PUBLISHING_TIME=20180316 LISTING_START_TIME=20180318 RETREAT_TIME=20180317"}, "", "", 0, "", ""},
		{"land by agreement", "land-notice", []string{"600 a ANNOUNCEMENT_TITLE=协议出让公示 PUBLISHING_TIME=20180316"}, "", "", 0, "", ""},
		{"listing of 10 days", "land-listing", []string{"600 a ANNOUNCEMENT_TITLE=挂牌出让公告 PUBLISHING_TIME=20180301 LISTING_START_TIME=20180326090000 LISTING_DEADLINE=20180405100000"}, "", OnTime, 10, "2018-04-05", ""},
		{"listing of 9 days", "land-listing", []string{"600 a ANNOUNCEMENT_TITLE=挂牌出让公告 PUBLISHING_TIME=20180301 LISTING_START_TIME=20180326090000 LISTING_DEADLINE=20180404100000"}, "", Short, 9, "2018-04-05", ""},
		{"an auction lasts an hour", "land-listing", []string{"600 a ANNOUNCEMENT_TITLE=拍卖出让公告 PUBLISHING_TIME=20180301 LISTING_START_TIME=20180326090000 LISTING_DEADLINE=20180326100000"}, "", "", 0, "", ""},
		{"a title that names all three forms", "land-listing", []string{"600 a ANNOUNCEMENT_TITLE=招标拍卖挂牌出让公告 PUBLISHING_TIME=20180301 LISTING_START_TIME=20180326090000 LISTING_DEADLINE=20180326100000"}, "", Insufficient, 0, "2018-04-05", ReasonForm},
		{"land result on the tenth working day", "land-result", []string{"600 a ANNOUNCEMENT_TITLE=挂牌出让公告 PUBLISHING_TIME=20180301 LISTING_DEADLINE=20180404100000", "601 b PUBLISHING_TIME=20180419120000"}, "", OnTime, 10, "2018-04-20", ""},
		{"land result on the eleventh", "land-result", []string{"600 a ANNOUNCEMENT_TITLE=挂牌出让公告 PUBLISHING_TIME=20180301 LISTING_DEADLINE=20180404100000", "601 b PUBLISHING_TIME=20180420"}, "", Late, 11, "2018-04-20", ""},
		{"nobody wanted the land", "land-result", []string{"600 a ANNOUNCEMENT_TITLE=挂牌出让公告 PUBLISHING_TIME=20180301 LISTING_DEADLINE=20180404100000"}, "", Insufficient, 0, "2018-04-20", "result.published"},

		// Mining rights.
		{"mining notice 20 working days before", "mining-notice", []string{"650 a PUBLISHING_TIME=20180330 IN_BUY_KIND=133", "652 b DT_BUY_DATE=20180428 PUBLISHING_TIME=20180503"}, "", OnTime, 20, "2018-04-28", ""},
		{"mining notice 19 working days before", "mining-notice", []string{"651 a PUBLISHING_TIME=20180330", "653 b DT_BUY_DATE=20180427 PUBLISHING_TIME=20180503"}, "", Short, 19, "2018-04-28", ""},
		{"mining deal on a day off", "mining-notice", []string{"651 a PUBLISHING_TIME=20180330", "653 b DT_BUY_DATE=20180430 PUBLISHING_TIME=20180503"}, "", OnTime, 20, "2018-04-28", ""},
		{"mining publicity of 10 working days", "mining-publicity", []string{"652 b PUBLISHING_TIME=20180402", "657 c PUBLISHING_TIME=20180417"}, "", OnTime, 10, "2018-04-17", ""}, // 3, 4, 8 … 13, 16, 17
		{"mining publicity of 9", "mining-publicity", []string{"652 b PUBLISHING_TIME=20180402", "657 c PUBLISHING_TIME=20180416"}, "", Short, 9, "2018-04-17", ""},
		{"mining listing is not observed", "mining-listing", []string{"650 a PUBLISHING_TIME=20180330 IN_BUY_KIND=133"}, "", "", 0, "", ""},

		// State property.
		{"equity disclosed for 20 working days", "property-equity", []string{"750 a BID_CODE=L PROJECT_NAME=股权转让 PUBLISH_DATE=20180402 PUBLISH_DURATION=20"}, "", OnTime, 20, "2018-05-02", ""},
		{"equity disclosed for 19", "property-equity", []string{"750 a BID_CODE=L PROJECT_NAME=股权转让 PUBLISH_DATE=20180402 PUBLISH_DURATION=19"}, "", Short, 19, "2018-05-02", ""},
		{"equity sold before the term was over", "property-equity", []string{"750 a BID_CODE=L PROJECT_NAME=股权转让 PUBLISH_DATE=20180402 PUBLISH_DURATION=20", "753 b BID_CODE=L PROJECT_NAME=股权转让 TRADE_DATE=20180501"}, "", Short, 19, "2018-05-02", ""},
		{"equity sold on the last day", "property-equity", []string{"750 a BID_CODE=L PROJECT_NAME=股权转让 PUBLISH_DATE=20180402 PUBLISH_DURATION=20", "753 b BID_CODE=L PROJECT_NAME=股权转让 TRADE_DATE=20180502"}, "", OnTime, 20, "2018-05-02", ""},
		{"another lot's sale", "property-equity", []string{"750 a BID_CODE=L PROJECT_NAME=股权转让 PUBLISH_DATE=20180402 PUBLISH_DURATION=20", "753 b BID_CODE=M TRADE_DATE=20180405"}, "", OnTime, 20, "2018-05-02", ""},
		{"a preliminary disclosure is none", "property-equity", []string{"750 a BID_CODE=L PROJECT_NAME=股权转让（预披露） PUBLISH_DATE=20180402 PUBLISH_DURATION=10"}, "", "", 0, "", ""},
		{"a term that is no number", "property-equity", []string{"750 a BID_CODE=L PROJECT_NAME=股权转让 PUBLISH_DATE=20180402 PUBLISH_DURATION=二十"}, "", Due, 0, "2018-05-02", ""},
		{"capital increase of 40 working days", "property-capital-increase", []string{"750 a BID_CODE=L PROJECT_NAME=增资项目 PUBLISH_DATE=20180402 PUBLISH_DURATION=40"}, "", OnTime, 40, "2018-05-30", ""},
		{"capital increase of 39", "property-capital-increase", []string{"750 a BID_CODE=L PROJECT_NAME=增资项目 PUBLISH_DATE=20180402 PUBLISH_DURATION=39"}, "", Short, 39, "2018-05-30", ""},
		{"a capital increase is no transfer", "property-equity", []string{"750 a BID_CODE=L PROJECT_NAME=增资项目 PUBLISH_DATE=20180402 PUBLISH_DURATION=39"}, "", "", 0, "", ""},
		{"large assets of 20 working days", "property-assets-over-10m", []string{"700 a BID_CODE=L PUBLISH_DATE=20180402 PUBLISH_DURATION=20 PROJECT_PRICE=1000.000001 PRICE_UNIT=1"}, "", OnTime, 20, "2018-05-02", ""},
		{"large assets of 10", "property-assets-over-10m", []string{"700 a BID_CODE=L PUBLISH_DATE=20180402 PUBLISH_DURATION=10 PROJECT_PRICE=10000001 PRICE_UNIT=0"}, "", Short, 10, "2018-05-02", ""},
		{"middle assets of 10", "property-assets-over-1m", []string{"700 a BID_CODE=L PUBLISH_DATE=20180402 PUBLISH_DURATION=10 PROJECT_PRICE=10000000 PRICE_UNIT=0"}, "", OnTime, 10, "2018-04-17", ""},
		{"middle assets of 9", "property-assets-over-1m", []string{"700 a BID_CODE=L PUBLISH_DATE=20180402 PUBLISH_DURATION=9 PROJECT_PRICE=100.01 PRICE_UNIT=1"}, "", Short, 9, "2018-04-17", ""},
		{"small assets have no term", "property-assets-over-1m", []string{"700 a BID_CODE=L PUBLISH_DATE=20180402 PUBLISH_DURATION=3 PROJECT_PRICE=100 PRICE_UNIT=1"}, "", "", 0, "", ""},
		{"assets without price", "property-assets-over-1m", []string{"700 a BID_CODE=L PUBLISH_DATE=20180402 PUBLISH_DURATION=3"}, "", Insufficient, 3, "2018-04-17", ReasonForm},
	} {
		t.Run(v.period+"/"+v.what, func(t *testing.T) {
			d := folded(t, v.lines...)
			at := moment(t, "20190101").Time
			if v.at != "" {
				at = moment(t, v.at).Time
			}
			var got Step
			for _, s := range stepsByLaw(d, at) {
				if s.Period == v.period && (s.Lot == "L" || s.Lot == "") {
					got = s // of several rounds the last
				}
			}
			due := ""
			if !got.Due.IsZero() {
				due = got.Due.In(trade.Zone).Format(time.DateOnly)
			}
			if got.State != v.state || got.Value != v.value || due != v.due || got.Reason != v.reason {
				t.Errorf("state %q value %d due %q reason %q; want %q %d %q %q", got.State, got.Value, due, got.Reason, v.state, v.value, v.due, v.reason)
			}
			p, _ := ByID(v.period)
			if got.State != "" && (got.Unverified != p.Unverified || got.Source != p.Source) {
				t.Errorf("the step does not tell that its number is unverified (%v), from %q", p.Unverified, p.Source)
			}
		})
	}
}

// TestClassesOfPeriods: a docket gets the periods of its class and of all
// classes, and no others.
func TestClassesOfPeriods(t *testing.T) {
	for class, lines := range map[string][]string{
		"construction": {"501 1", "503 a BID_SECTION_CODES=L NOTICE_SEND_TIME=20180301 DOC_GET_START_TIME=20180301 DOC_GET_END_TIME=20180307", "512 b CONTRACT_SIGN_TIME=20180501"},
		"procurement":  {"550 1", "503 a BID_SECTION_CODES=L NOTICE_SEND_TIME=20180301 DOC_GET_START_TIME=20180301 DOC_GET_END_TIME=20180307", "512 b CONTRACT_SIGN_TIME=20180501"},
		"land":         {"600 1 PUBLISHING_TIME=20180301 LISTING_START_TIME=20180401 ANNOUNCEMENT_TITLE=挂牌", "512 b CONTRACT_SIGN_TIME=20180501"},
		"environment":  {"1000 1", "512 b CONTRACT_SIGN_TIME=20180501"},
		"medicine":     {"1104 1", "512 b CONTRACT_SIGN_TIME=20180501"},
	} {
		d := folded(t, append(lines, "9114 z @20180416 DECISION_TIME=20180402")...)
		if d.Class != class {
			t.Fatalf("%s: the docket is of class %q", class, d.Class)
		}
		any := false
		for _, s := range stepsByLaw(d, moment(t, "20190101").Time) {
			p, _ := ByID(s.Period)
			any = any || s.Period == "penalty-publication"
			if !slices.Contains(p.Class, class) && !slices.Contains(p.Class, AllClasses) {
				t.Errorf("%s: step %s belongs to %v", class, s.Period, p.Class)
			}
		}
		if !any {
			t.Errorf("%s: the period of every class is missing", class)
		}
		d.Class = "" // as a docket made without class: construction
		for _, s := range stepsByLaw(d, moment(t, "20190101").Time) {
			if p, _ := ByID(s.Period); !p.OfClass("construction") {
				t.Errorf("no class: step %s belongs to %v", s.Period, p.Class)
			}
		}
	}
}

// TestChanges: an office's own days go over those of the file, the nearer
// region over the farther, between their days, and are told as verified.
func TestChanges(t *testing.T) {
	day := func(s string) *trade.Day { d, _ := trade.ParseDay(s); return &d }
	table, err := Law().With(
		Change{ID: "all", Period: "land-notice", Days: 30, Source: "read in the text"},
		Change{ID: "zhengzhou", Period: "land-notice", Days: 25, Region: "410100", Source: "local rule", Since: day("2018-02-01"), Until: day("2018-03-31")},
	)
	if err != nil {
		t.Fatal(err)
	}
	d := folded(t, "600 a LAND_DISTRICT=410105 ANNOUNCEMENT_TITLE=挂牌出让公告 PUBLISHING_TIME=20180301 LISTING_START_TIME=20180326090000")
	for _, v := range []struct {
		what, region, published string
		limit                   int
		state                   State
		source                  string
	}{
		{"the city's own, in one of its districts", "410105", "20180301", 25, OnTime, "local rule"},
		{"before it held", "410105", "20180131", 30, OnTime, "read in the text"},
		{"another city", "410305", "20180301", 30, Short, "read in the text"},
	} {
		d.Region, d.Live[0].Fields["PUBLISHING_TIME"] = v.region, v.published
		steps := table.Steps(d, moment(t, "20190101").Time, trade.China(), "land-notice")
		if len(steps) != 1 || steps[0].Limit != v.limit || steps[0].State != v.state || steps[0].Source != v.source || steps[0].Unverified {
			t.Errorf("%s: %+v", v.what, steps)
		}
	}
	if s := Law().Steps(d, moment(t, "20190101").Time, trade.China(), "land-notice"); len(s) != 1 || s[0].Limit != 20 || !s[0].Unverified {
		t.Errorf("the table of the law was changed: %+v", s)
	}
	for _, c := range []Change{{ID: "x", Period: "none", Source: "y"}, {ID: "x", Period: "contract", Days: -1, Source: "y"}, {ID: "x", Period: "contract"}, {Period: "contract", Source: "y"}} {
		if _, err := Law().With(c); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}

// TestFormCodes: an office that knows its codes says so, and titles are not
// asked any more.
func TestFormCodes(t *testing.T) {
	d := folded(t, "550 1 PURCHASE_SECTION_CODE=L PURCHASER_MODE=1", "551 a PURCHASE_SECTION_CODE=L BULLETIN_TITLE=采购公告 BULLETIN_START_TIME=20180301 BID_CLOSING_TIME=20180302")
	state := func(table *Table) State {
		s := table.Steps(d, moment(t, "20190101").Time, trade.China(), "purchase-preparation")
		if len(s) != 1 {
			return ""
		}
		return s[0].State
	}
	if got := state(Law()); got != Insufficient {
		t.Errorf("without codes: %q", got)
	}
	for form, want := range map[string]State{"tender": Short, "inquiry": ""} {
		table, err := Law().WithCodes(FormCode{Dataset: "550", Field: "PURCHASER_MODE", Code: "1", Form: form})
		if err != nil {
			t.Fatal(err)
		}
		if got := state(table); got != want {
			t.Errorf("code 1 is %s: %q, want %q", form, got, want)
		}
	}
	if _, err := Law().WithCodes(FormCode{Dataset: "550", Field: "PURCHASER_MODE", Code: "1", Form: "gift"}); err == nil {
		t.Error("an unknown form was taken")
	}
}
