package docket

import "mingjing/internal/trade"

// Candidate is 510 中标候选人.
type Candidate struct {
	*Entry
	Lots                  []string
	Bidder                Body
	Order                 int // rank, 0 when not given
	Score                 string
	Price                 Amount
	PriceForm, OtherPrice string
	Quality, Evaluation   string
}

// Candidates returns the live 510 rows, as far as released.
func (d *Docket) Candidates() []Candidate {
	return read(d, "510", func(e *Entry) Candidate {
		c := Candidate{
			Entry: e, Lots: e.Lots(), Bidder: e.body("WIN_CANDIDATE_NAME", "WIN_CANDIDATE_CODE"), Score: e.text("EVALUATION_RESULT"),
			Price: e.amount("BID_PRICE", "PRICE_UINT", "PRICE_CURRENCY"), PriceForm: e.text("PRICE_FORM_CODE"), OtherPrice: e.text("OTHER_BID_PRICE"),
			Quality: e.text("QUALITY"), Evaluation: e.text("EVALUATION_STATUS"),
		}
		c.Order, _ = e.number("WIN_CANDIDATE_ORDER")
		return c
	})
}

// CandidatePublicity is 511 中标候选人公示.
type CandidatePublicity struct {
	*Entry
	Lots                       []string
	Title, Content, Media, URL string
	Type                       string
	Submitted, Starts, Ends    trade.Moment
}

// CandidatePublicities returns the live 511 rows.
func (d *Docket) CandidatePublicities() []CandidatePublicity {
	return read(d, "511", func(e *Entry) CandidatePublicity {
		return CandidatePublicity{
			Entry: e, Lots: e.Lots(), Title: e.text("PUBLICITY_NAME"), Content: e.text("PUBLICITY_CONTENT"), Media: e.text("NOTICE_MEDIA"), URL: e.text("URL"),
			Type: e.text("PUBLICITY_TYPE"), Submitted: e.moment("PUBLICITY_REFER_TIME"), Starts: e.moment("PUBLICITY_START_TIME"), Ends: e.moment("PUBLICITY_END_TIME"),
		}
	})
}

// Contract is 512 合同.
type Contract struct {
	*Entry
	Lots                           []string
	Name                           string
	Tenderer, Bidder               Body
	Price                          Amount
	PriceForm, OtherPrice, Content string
	Days                           int
	Signed, Submitted              trade.Moment
}

// Contracts returns the live 512 rows.
func (d *Docket) Contracts() []Contract {
	return read(d, "512", func(e *Entry) Contract {
		c := Contract{
			Entry: e, Lots: e.Lots(), Name: e.text("CONTRACT_NAME"), Tenderer: e.body("TENDERER_NAME", "TENDER_CODE"), Bidder: e.body("BIDDER_NAME", "BIDDER_CODE"),
			Price: e.amount("CONTRACT_PRICE", "PRICE_UNIT", "PRICE_CURRENCY"), PriceForm: e.text("PRICE_FORM_CODE"), OtherPrice: e.text("OTHER_CONTRACT_PRICE"),
			Content: e.text("CONTRACT_CONTENT"), Signed: e.moment("CONTRACT_SIGN_TIME"), Submitted: e.moment("SUBMIT_TIME"),
		}
		c.Days, _ = e.number("LIMITE_TIME")
		return c
	})
}

// Result is 513 中标结果公告.
type Result struct {
	*Entry
	Lots                       []string
	Title, Media, URL, Nature  string
	Winner, Agency, Consortium Body
	Region                     string
	Price                      Amount
	PriceForm, OtherPrice      string
	Published                  trade.Moment
}

// Results returns the live 513 rows.
func (d *Docket) Results() []Result {
	return read(d, "513", func(e *Entry) Result {
		return Result{
			Entry: e, Lots: e.Lots(), Title: e.text("NOTICE_NAME"), Media: e.text("NOTICE_MEDIA"), URL: e.text("URL"), Nature: e.text("NOTICE_NATURE"),
			Winner: e.body("WIN_BIDDER_NAME", "WIN_BIDDER_CODE"), Agency: e.body("TENDER_AGENCY_NAME", "TENDER_AGENCY_CODE"), Consortium: e.body("UNION_NAME", "UNION_CODE"),
			Region: e.text("REGION_CODE"), Price: e.amount("BID_AMOUNT", "PRICE_UNIT", "BID_CURRENCY"), PriceForm: e.text("PRICE_FORM_CODE"), OtherPrice: e.text("OTHER_BID_PRICE"),
			Published: e.moment("NOTICE_SEND_TIME"),
		}
	})
}

// AwardNotice is 9018 中标通知书.
type AwardNotice struct {
	*Entry
	Lots               []string
	No, EnterpriseNo   string
	Winner             Body
	Price              Amount
	Leader, LeaderCert string
	Days               int
	BidDate, Sent      trade.Moment
}

// AwardNotices returns the live 9018 rows.
func (d *Docket) AwardNotices() []AwardNotice {
	return read(d, "9018", func(e *Entry) AwardNotice {
		a := AwardNotice{
			Entry: e, Lots: e.Lots(), No: e.text("WIN_NOTICE_CODE"), EnterpriseNo: e.text("WIN_NOTICE_CODE_ENTP"), Winner: e.body("WIN_BIDDER_NAME", "WIN_BIDDER_CODE"),
			Price: e.amount("BID_AMOUNT", "PRICE_UNIT", "BID_CURRENCY"), Leader: e.text("PROJECT_LEAD"), LeaderCert: e.text("PROJECT_LEAD_CERTITY_NO"),
			BidDate: e.moment("BID_TIME"), Sent: e.moment("WIN_NOTICE_SEND_TIME"),
		}
		a.Days, _ = e.number("TIME_LIMIT")
		return a
	})
}

// Performance is 522 履约.
type Performance struct {
	*Entry
	Lots               []string
	Name               string
	Tenderer, Party    Body
	Settled            Amount // in 元: the data set has no unit
	Change, Content    string
	Days               int
	Finished, Reported trade.Moment
}

// Performances returns the live 522 rows.
func (d *Docket) Performances() []Performance {
	return read(d, "522", func(e *Entry) Performance {
		p := Performance{
			Entry: e, Lots: e.Lots(), Name: e.text("PERFORMANCE_REPORT_NAME"), Tenderer: e.body("TENDERER_NAME", "TENDERER_CODE"),
			Party: e.body("PERFORMANCE_PARTY_NAME", "PERFORMANCE_PARTY_CODE"), Settled: e.yuan("SETTLE_PRICE"), Change: e.text("CONTRACT_CHANGE_CONTENT"),
			Content: e.text("PERFORMANCE_CONTENT"), Finished: e.moment("FINISH_TIME"), Reported: e.moment("REPORT_ISSUE_TIME"),
		}
		p.Days, _ = e.number("ACTUALLY_PERIOD")
		return p
	})
}

// Answer is 9003 质询回复.
type Answer struct {
	*Entry
	Lots                 []string
	Code, Title, Content string // Code is that of the question (521)
	At                   trade.Moment
}

// Answers returns the live 9003 rows.
func (d *Docket) Answers() []Answer {
	return read(d, "9003", func(e *Entry) Answer {
		return Answer{Entry: e, Lots: e.Lots(), Code: e.text("ANN_CODE"), Title: e.text("TITLE"), Content: e.text("CONTENT"), At: e.moment("TM")}
	})
}

// Objection is 9019 异议.
type Objection struct {
	*Entry
	Lots                  []string
	ID, Title, Text, Type string // Type: 1 tender documents, 2 opening, 3 evaluation result
	Creator               Body
	Submitted             trade.Moment
}

// Objections returns the live 9019 rows.
func (d *Docket) Objections() []Objection {
	return read(d, "9019", func(e *Entry) Objection {
		return Objection{
			Entry: e, Lots: e.Lots(), ID: e.text("OBJECTIONG_GUID"), Title: e.text("TITTLE"), Text: e.text("CONTENT"), Type: e.text("TYPE"),
			Creator: e.body("CREATOR", "CREATOR_CODE"), Submitted: e.moment("SUBMIT_TIME"),
		}
	})
}

// ObjectionReply is 9020 异议回复.
type ObjectionReply struct {
	*Entry
	Lots                    []string
	ID, Title, Text, Status string // ID is that of the objection (9019); Status: 1 answered, 2 clarified or changed, 9 other
	Creator                 Body
	Submitted               trade.Moment
}

// ObjectionReplies returns the live 9020 rows.
func (d *Docket) ObjectionReplies() []ObjectionReply {
	return read(d, "9020", func(e *Entry) ObjectionReply {
		return ObjectionReply{
			Entry: e, Lots: e.Lots(), ID: e.text("OBJECTIONG_GUID"), Title: e.text("RESPONSE_TITTLE"), Text: e.text("RESPONSE_CONTENT"), Status: e.text("RESPONSE_STATUS"),
			Creator: e.body("RESPONSE_CREATOR", "RESPONSE_CREATOR_CODE"), Submitted: e.moment("RESPONSE_SUBMIT_TIME"),
		}
	})
}
