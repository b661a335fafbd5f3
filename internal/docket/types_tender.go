package docket

import "mingjing/internal/trade"

// Project is 500 项目: what was approved.
type Project struct {
	*Entry
	Code, Name, Region, InvestCode      string
	Industry, FundSource, Scale         string
	LegalPerson, Approval, ApprovalNo   string
	ApprovalAuthority, ContributionText string
	FixedAssets                         bool // RELATE_CODE 1: an investment project code is required
	Created                             trade.Moment
}

// Projects returns the live 500 rows.
func (d *Docket) Projects() []Project {
	return read(d, "500", func(e *Entry) Project {
		return Project{
			Entry: e, Code: e.text("PROJECT_CODE"), Name: e.text("PROJECT_NAME"), Region: e.text("REGION_CODE"), InvestCode: e.text("INVEST_PROJECT_CODE"),
			Industry: e.text("INDUSTRIES_TYPE"), FundSource: e.text("FUND_SOURCE"), Scale: e.text("PROJECT_SCALE"), LegalPerson: e.text("LEGAL_PERSON"),
			Approval: e.text("APPROVAL_NAME"), ApprovalNo: e.text("APPROVAL_NUMBER"), ApprovalAuthority: e.text("APPROVAL_AUTHORITY"),
			ContributionText: e.text("CONTRIBUTION_SCALE"), FixedAssets: e.text("RELATE_CODE") == "1", Created: e.moment("CREATE_TIME"),
		}
	})
}

// TenderProject is 501 招标项目.
type TenderProject struct {
	*Entry
	ProjectCode, Code, Name, Type, Region string
	Content, Mode, Form                   string // Mode: 1 open, 2 invited; Form: 1 by itself, 2 by an agency
	ByLaw                                 bool   // must be tendered by law (依法必须招标)
	Tenderer, Agency                      Body
	Owner                                 string
	Supervisor, Approver                  Body
	Created                               trade.Moment
}

// TenderProjects returns the live 501 rows.
func (d *Docket) TenderProjects() []TenderProject {
	return read(d, "501", func(e *Entry) TenderProject {
		return TenderProject{
			Entry: e, ProjectCode: e.text("PROJECT_CODE"), Code: e.text("TENDER_PROJECT_CODE"), Name: e.text("TENDER_PROJECT_NAME"), Type: e.text("TENDER_PROJECT_TYPE"),
			Region: e.text("REGION_CODE"), Content: e.text("TENDER_CONTENT"), Mode: e.text("TENDER_MODE"), Form: e.text("TENDER_ORGANIZE_FORM"), ByLaw: e.yes("IS_TO_LAW"),
			Tenderer: e.body("TENDERER_NAME", "TENDERER_CODE"), Agency: e.body("TENDER_AGENCY_NAME", "TENDER_AGENCY_CODE"), Owner: e.text("OWNER_NAME"),
			Supervisor: e.body("SUPERVISE_DEPT_NAME", "SUPERVISE_DEPT_CODE"), Approver: e.body("APPROVE_DEPT_NAME", "APPROVE_DEPT_CODE"), Created: e.moment("CREATE_TIME"),
		}
	})
}

// Section is 502 标段（包）.
type Section struct {
	*Entry
	Code, Name, DealCode, Mode, Region, Place string
	Content, Classification, Qualification    string
	Round                                     int // 招标次数, 0 when not given
	Estimate                                  Amount
	Begin                                     trade.Moment
	Days                                      int // 工期
	Created                                   trade.Moment
}

// Sections returns the live 502 rows.
func (d *Docket) Sections() []Section {
	return read(d, "502", func(e *Entry) Section {
		s := Section{
			Entry: e, Code: e.text("BID_SECTION_CODE"), Name: e.text("BID_SECTION_NAME"), DealCode: e.text("UNIFIED_DEAL_CODE"), Mode: e.text("BID_TENDER_MODE"),
			Region: e.text("REGION_CODE"), Place: e.text("TRA_PLACE_CODE"), Content: e.text("BID_SECTION_CONTENT"), Classification: e.text("TENDER_PROJECT_CLASSIFY_CODE"),
			Qualification: e.text("BID_QUALIFICATION"), Estimate: e.amount("CONTRACT_RECKON_PRICE", "PRICE_UNIT", "CURRENCY_CODE"),
			Begin: e.moment("BEGIN_DATE"), Created: e.moment("CREATE_TIME"),
		}
		s.Round, _ = e.number("BID_ECTION_NUM")
		s.Days, _ = e.number("LIMITE_TIME")
		return s
	})
}

// Notice is 503 招标公告与资格预审公告.
type Notice struct {
	*Entry
	Lots                          []string // none: all
	Name, Content, Media, URL     string
	Nature, Type                  string // Nature: 1 normal, 2 corrected, 3 reissued; Type: 1 tender, 2 prequalification, 3 result
	Published, DocFrom, DocTo     trade.Moment
	Deadline, Opening             trade.Moment
	Postponed, ConsortiumsAllowed bool
	DocPrice                      Amount
	Tenderer, Agency              Body
}

// Notices returns the live 503 rows.
func (d *Docket) Notices() []Notice {
	return read(d, "503", func(e *Entry) Notice {
		return Notice{
			Entry: e, Lots: e.Lots(), Name: e.text("NOTICE_NAME"), Content: e.text("NOTICE_CONTENT"), Media: e.text("NOTICE_MEDIA"), URL: e.text("URL"),
			Nature: e.text("NOTICE_NATURE"), Type: e.text("BULLETIN_TYPE"), Published: e.moment("NOTICE_SEND_TIME"), DocFrom: e.moment("DOC_GET_START_TIME"), DocTo: e.moment("DOC_GET_END_TIME"),
			Deadline: e.moment("BID_DOC_REFER_END_TIME"), Opening: e.moment("BID_OPEN_TIME"), Postponed: e.yes("IS_POSTPONE"), ConsortiumsAllowed: e.yes("SYNDICATED_FLAG"),
			DocPrice: e.amount("DOC_PRICE", "DOC_PRICE_UNIT", "DOC_PRICE_CURRENCY"), Tenderer: e.body("TENDERER_NAME", "TENDERER_CODE"), Agency: e.body("TENDER_AGENCY_NAME", "TENDER_AGENCY_CODE"),
		}
	})
}

// TenderDocument is 504 招标文件/澄清与修改.
type TenderDocument struct {
	*Entry
	Lots                            []string
	No, Name, Qualification, Method string
	Deadline, Opening               trade.Moment
	OpeningPlace                    string
	ValidDays                       int // 投标有效期
	Margin, ControlPrice            Amount
	MarginPercent                   string
	Clarified, Submitted            trade.Moment
	Clarification                   string
	Postponed                       bool
	PostponedTo                     trade.Moment
}

// TenderDocuments returns the live 504 rows.
func (d *Docket) TenderDocuments() []TenderDocument {
	return read(d, "504", func(e *Entry) TenderDocument {
		t := TenderDocument{
			Entry: e, Lots: e.Lots(), No: e.text("DOC_NO"), Name: e.text("DOC_NAME"), Qualification: e.text("BID_QUALIFICATION"), Method: e.text("EVALUATING_METHOD"),
			Deadline: e.moment("BID_DOC_REFER_END_TIME"), Opening: e.moment("BID_OPEN_TIME"), OpeningPlace: e.text("BID_OPEN_PLACE"),
			Margin: e.amount("MARGIN_AMOUNT", "MARGIN_AMOUNT_UNIT", "MARGIN_CURRENCY"), ControlPrice: e.amount("CONTROL_PRICE", "CONTROL_PRICE_UNIT", "CONTROL_PRICE_CURRENCY"),
			MarginPercent: e.text("MARGIN_PERCENT"), Clarified: e.moment("CLARIFY_TIME"), Submitted: e.moment("SUBMIT_TIME"), Clarification: e.text("CLARIFY_CONTENT"),
			Postponed: e.yes("IS_POSTPONE"), PostponedTo: e.moment("POST_OPEN_TIME"),
		}
		t.ValidDays, _ = e.number("VALID_PERIOD")
		return t
	})
}

// Invitation is 505 投标邀请书.
type Invitation struct {
	*Entry
	Lots                                     []string
	Bidder                                   Body
	Nature                                   string
	Issued, AnswerDue, DocFrom, DocTo, Until trade.Moment // Until: the bid deadline
}

// Invitations returns the live 505 rows, as far as released.
func (d *Docket) Invitations() []Invitation {
	return read(d, "505", func(e *Entry) Invitation {
		return Invitation{
			Entry: e, Lots: e.Lots(), Bidder: e.body("BIDDER_NAME", "BIDDER_CODE"), Nature: e.text("BID_INVITE_ISSUE_NATURE"), Issued: e.moment("BID_INVITE_ISSUE_TIME"),
			AnswerDue: e.moment("BID_INVITE_END_TIME"), DocFrom: e.moment("DOC_GET_START_TIME"), DocTo: e.moment("DOC_GET_END_TIME"), Until: e.moment("BID_DOC_REFER_END_TIME"),
		}
	})
}

// Prequalification is 514 资格预审文件/澄清.
type Prequalification struct {
	*Entry
	Lots                               []string
	Code, Name, Qualification, Method  string
	Deadline, Opening, Submitted       trade.Moment
	Clarified                          trade.Moment
	Clarification, TenderClarification string
	Postponed                          bool
	PostponedTo                        trade.Moment
}

// Prequalifications returns the live 514 rows.
func (d *Docket) Prequalifications() []Prequalification {
	return read(d, "514", func(e *Entry) Prequalification {
		return Prequalification{
			Entry: e, Lots: e.Lots(), Code: e.text("DOC_CODE"), Name: e.text("DOC_NAME"), Qualification: e.text("APPLICANT_QUALIFICATIONS"), Method: e.text("EVALUATION_METHOD"),
			Deadline: e.moment("DOC_SUBMIT_END_TIME"), Opening: e.moment("DOC_OPEN_TIME"), Submitted: e.moment("SUBMIT_TIME"), Clarified: e.moment("TENDER_SUBMIT_TIME"),
			Clarification: e.text("CLARIFY_CONTENT"), TenderClarification: e.text("TENDER_CLARIFY_CONTENT"), Postponed: e.yes("IS_POSTPONE"), PostponedTo: e.moment("POST_OPEN_TIME"),
		}
	})
}

// Application is 515 资格预审申请文件.
type Application struct {
	*Entry
	Lots                   []string
	Applicant              Body
	Qualification, Manager string
	Submitted              trade.Moment
}

// Applications returns the live 515 rows, as far as released.
func (d *Docket) Applications() []Application {
	return read(d, "515", func(e *Entry) Application {
		return Application{
			Entry: e, Lots: e.Lots(), Applicant: e.body("APPLICANTION_NAME", "APPLICANTION_CODE"),
			Qualification: e.text("QUALIFICATION_ELEMENT"), Manager: e.text("BID_MANAGER"), Submitted: e.moment("APPLY_SUBMIT_TIME"),
		}
	})
}

// PrequalificationResult is 516 资格预审结果.
type PrequalificationResult struct {
	*Entry
	Lots         []string
	Name, Passed string
	Created      trade.Moment
}

// PrequalificationResults returns the live 516 rows.
func (d *Docket) PrequalificationResults() []PrequalificationResult {
	return read(d, "516", func(e *Entry) PrequalificationResult {
		return PrequalificationResult{Entry: e, Lots: e.Lots(), Name: e.text("NOTICE_NAME"), Passed: e.text("PASSED_APPLICANT_LIST"), Created: e.moment("RESULT_CREATE_TIME")}
	})
}

// Abnormality is 517 招标异常情况报告.
type Abnormality struct {
	*Entry
	Lots             []string
	Name, Text, Type string // Type: 1 failed, 2 opening ended, 3 notice withdrawn, 9 other
	Approval         string
	Approved         trade.Moment
	Closes           bool // keeps the bids of the lot closed (see Decide)
}

// Abnormalities returns the live 517 rows.
func (d *Docket) Abnormalities() []Abnormality {
	return read(d, "517", func(e *Entry) Abnormality {
		return Abnormality{
			Entry: e, Lots: e.Lots(), Name: e.text("EXCEPITON_NAME"), Text: e.text("EXCEPITON_INFOR"), Type: e.text("EXCEPITON_TYPE"),
			Approval: e.text("APPROVAL_RESULT"), Approved: e.moment("APPROVAL_TIME"), Closes: e.closes(),
		}
	})
}

// Question is 521 质疑质询.
type Question struct {
	*Entry
	Lots                            []string
	Code, Title, Text, Reason, Kind string
	Asked                           trade.Moment
}

// Questions returns the live 521 rows.
func (d *Docket) Questions() []Question {
	return read(d, "521", func(e *Entry) Question {
		return Question{Entry: e, Lots: e.Lots(), Code: e.text("ANN_CODE"), Title: e.text("TITLE"), Text: e.text("ASK"), Reason: e.text("ASK_ZY_REASON"), Kind: e.text("TYPE"), Asked: e.moment("TM")}
	})
}
