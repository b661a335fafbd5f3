package province

import (
	"fmt"
	"strings"
	"time"
)

// How bidders come to a tender of works.
const (
	byNotice     = "notice"
	byInvitation = "invitation"       // the tenderer chooses whom to ask (招标投标法 11)
	byReview     = "prequalification" // all may apply; who passes is asked to bid
)

// drawnWay draws how bidders come to an honest tender: nearly always by notice. It
// has a chance of its own, so that the rest of the life does not depend on it.
func (l *life) drawnWay() string {
	switch l.random(l.n, 0x696e7669746564).IntN(24) {
	case 0:
		return byInvitation
	case 1:
		return byReview
	}
	return byNotice
}

// mode is the code of the mode of tendering.
func (t *tender) mode() string {
	if t.way == byInvitation {
		return "2"
	}
	return "1"
}

// scope is what the approval of the project says of how it is tendered.
func (t *tender) scope() string {
	if t.way == byInvitation {
		return "施工邀请招标，委托招标"
	}
	return "施工公开招标，委托招标"
}

// reviewed turns the notice of a tender into that of its prequalification, and
// tells its documents.
func (t *tender) reviewed(lots []*lot, notice fields) {
	l := t.life
	start, end := worked(t.day, -14, 9, 0), worked(t.day, -4, 9, 30)
	merge(notice, fields{
		"BULLETIN_TYPE": "2", "NOTICE_NAME": l.name + "资格预审公告", "NOTICE_CONTENT": l.name + "已具备招标条件，现进行资格预审。", "NOTICE_SEND_TIME": stamp(start),
		"DOC_GET_START_TIME": stamp(start), "DOC_GET_END_TIME": stamp(worked(start, 5, 17, 30)), "BID_DOC_REFER_END_TIME": stamp(end), "BID_OPEN_TIME": stamp(end),
	})
	l.put("503", l.id+"-N1", start, notice)
	l.put("514", l.id+"-PQ", start.Add(time.Minute), fields{
		"BID_SECTION_CODES": codes(lots), "DOC_CODE": "ZS" + l.serial(4), "DOC_NAME": l.name + "资格预审文件", "APPLICANT_QUALIFICATIONS": "具备相应专业施工总承包三级及以上资质", "APPLICATION_VALID_TIME": "90日", "DOC_SUBMIT_END_TIME": stamp(end), "DOC_SUBMIT_METHOD": "网上递交",
		"DOC_OPEN_TIME": stamp(end), "DOC_OPEN_METHOD": "网上开启", "EVALUATION_METHOD": "合格制", "CLARIFY_CONTENT": "无", "SUBMIT_TIME": stamp(start.Add(time.Minute)), "IS_POSTPONE": "0", "TENDER_CLARIFY_CONTENT": "无", "TENDER_SUBMIT_TIME": stamp(start.Add(time.Minute)),
	})
}

// asked tells that those whom the tenderer chose, or who passed the review, are
// asked to bid for a lot.
func (t *tender) asked(b *lot) {
	if t.way == byNotice {
		return
	}
	l := t.life
	if t.way == byReview {
		t.passed(b)
	}
	for i, x := range b.bids {
		key := fmt.Sprintf("%s-%d", b.code, i+1)
		if t.way == byInvitation {
			l.put("9004", key+"-L", t.day.Add(-time.Hour), fields{
				"BID_SECTION_CODE": b.code, "UNIT_NAME": x.name, "UNIT_CREDIT_CODE": x.code, "QUALIFICATION": "施工总承包三级", "MANAGER_NAME": x.boss, "MANAGER_PHONE": x.phone, "INVITE_TIME": stamp(t.day), "INVITATION_STATUS": "已发出", "IS_CONFIRM": "1",
			})
		}
		l.put("505", key+"-I", t.day, b.with(i, fields{
			"BID_INVITE_ISSUE_NATURE": "1", "BID_INVITE_ISSUE_CONTENT": "邀请你单位参加" + b.name + "投标", "DOC_GET_START_TIME": stamp(t.day), "DOC_GET_END_TIME": stamp(worked(t.day, t.sale, 17, 30)),
			"BID_DOC_REFER_END_TIME": stamp(b.deadline), "BID_INVITE_END_TIME": stamp(worked(t.day, 3, 17, 0)), "BID_INVITE_ISSUE_TIME": stamp(t.day),
		}))
	}
}

// passed tells the applications for a lot and who passed.
func (t *tender) passed(b *lot) {
	var names []string
	for i, x := range b.bids {
		at := worked(t.day, -5, 10, 0).Add(time.Duration(i*11) * time.Minute)
		t.put("515", fmt.Sprintf("%s-%d-A", b.code, i+1), at, fields{
			"BID_SECTION_CODES": b.code, "APPLICANTION_NAME": x.name, "APPLICANTION_CODE": x.code, "QUALIFICATION_ELEMENT": "营业执照、资质证书、安全生产许可证", "BID_MANAGER": x.manager, "APPLY_SUBMIT_TIME": stamp(at),
		})
		names = append(names, x.name)
	}
	at := worked(t.day, -2, 10, 0)
	t.put("516", b.code+"-PASS", at, fields{"BID_SECTION_CODE": b.code, "NOTICE_NAME": t.name + "资格预审结果", "PASSED_APPLICANT_LIST": strings.Join(names, "；"), "RESULT_CREATE_TIME": stamp(at)})
}
