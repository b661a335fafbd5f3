package docket

import "mingjing/internal/trade"

// Opening is 506 开标记录. Actors and Content are sealed until the release.
type Opening struct {
	*Entry
	Lots                          []string
	Title, Actors, Content, Place string
	At                            trade.Moment
}

// Openings returns the live 506 rows.
func (d *Docket) Openings() []Opening {
	return read(d, "506", func(e *Entry) Opening {
		return Opening{
			Entry: e, Lots: e.Lots(), Title: e.text("NOTICE_NAME"), Actors: e.text("BID_OPENING_ACTOR"), Content: e.text("BID_OPENING_CONTENT"),
			Place: e.text("BID_OPENING_ADDRESS"), At: e.moment("BID_OPENING_TIME"),
		}
	})
}

// BidEntry is 507 开标明细: one bidder's bid for a lot, as read out at the opening.
type BidEntry struct {
	*Entry
	Lots                      []string
	Bidder                    Body
	Role, Manager             string
	Consortium                Body
	Price                     Amount
	PriceForm, OtherPrice     string // PriceForm: 1 amount, 2 rate, 3 unit price, 9 other
	Days                      int
	CheckedIn, MarginReceived trade.Moment
	Margin, Dishonest         bool   // IS_COMMIT_MARGIN, IS_LOST
	Status                    string // of an OCDS bid
}

// BidEntries returns the live 507 rows, as far as released.
func (d *Docket) BidEntries() []BidEntry {
	return read(d, "507", func(e *Entry) BidEntry {
		b := BidEntry{
			Entry: e, Lots: e.Lots(), Bidder: e.body("BIDDER_NAME", "BIDDER_ORG_CODE"), Role: e.text("BIDDER_ROLE"), Manager: e.text("BID_MANAGER"),
			Consortium: e.body("UNION_ENTERPRISE_NAME", "UNION_ORGAN_SET_CODE"), Price: e.amount("BID_PRICE", "PRICE_UNIT", "PRICE_CURRENCY"),
			PriceForm: e.text("PRICE_FORM_CODE"), OtherPrice: e.text("OTHER_BID_PRICE"), CheckedIn: e.moment("CHECKIN_TIME"), MarginReceived: e.moment("MARGIN_RECEIVE_TIME"),
			Margin: e.yes("IS_COMMIT_MARGIN"), Dishonest: e.yes("IS_LOST"), Status: e.text("BID_STATUS"),
		}
		b.Days, _ = e.number("TIME_LIMIT")
		return b
	})
}

// MachineCodes is 519 投标文件特征码, or 9010 制作工具固化特征码: the machine on which
// a bid was made or from which it was sent. Each list is sorted.
type MachineCodes struct {
	*Entry
	Lots                     []string
	Bidder                   Body
	CPU, Disk, Memory, MAC   []string
	Address                  []string // IP
	File, Size, MD5          string
	Valuation, Tool, Version string // VALUATION_XML, MAKE_TOOL_XML; 9010: TOOL_VERSION
	Submitted                trade.Moment
}

// MachineCodes returns the live 519 rows, as far as released.
func (d *Docket) MachineCodes() []MachineCodes {
	return read(d, "519", func(e *Entry) MachineCodes {
		m := e.machine()
		m.File, m.Size, m.MD5 = e.text("BID_DOCUMENT_NAME"), e.text("BID_DOCUMENT_SIDE"), e.text("BID_DOCUMENT_MD5")
		m.Valuation, m.Tool, m.Submitted = e.text("VALUATION_XML"), e.text("MAKE_TOOL_XML"), e.moment("TENDER_DOC_SUBMITTIME")
		return m
	})
}

// ToolCodes returns the live 9010 rows, as far as released.
func (d *Docket) ToolCodes() []MachineCodes {
	return read(d, "9010", func(e *Entry) MachineCodes {
		m := e.machine()
		m.Version, m.Submitted = e.text("TOOL_VERSION"), e.moment("SUBMITTIME")
		return m
	})
}

func (e *Entry) machine() MachineCodes {
	return MachineCodes{
		Entry: e, Lots: e.Lots(), Bidder: e.body("BIDDER_NAME", "BIDDER_ORG_CODE"), CPU: e.codes("CPU_ID"), Disk: e.codes("HARD_DISK_SERIAL_NUMBER"),
		Memory: e.codes("MEMORY_SERIAL_NUMBER"), MAC: e.codes("MAC_ADDRESS"), Address: e.codes("NET_ID"),
	}
}

// Guarantee is 523 电子保函.
type Guarantee struct {
	*Entry
	Lots                                  []string
	Bidder, Consortium                    Body
	No, Status, Form, Kind                string
	Beneficiary, Insurer                  string
	Amount, Cost                          Amount
	Created, Begins, Ends, Issued, PaidAt trade.Moment
}

// Guarantees returns the live 523 rows, as far as released.
func (d *Docket) Guarantees() []Guarantee {
	return read(d, "523", func(e *Entry) Guarantee {
		return Guarantee{
			Entry: e, Lots: e.Lots(), Bidder: e.body("BIDDER_NAME", "BIDDER_ORG_CODE"), Consortium: e.body("UNION_ENTERPRISE_NAME", "UNION_ORGAN_SET_CODE"),
			No: e.text("GUARANTEE_NO"), Status: e.text("GUARANTEE_STATUS"), Form: e.text("GUARANTEE_FORM"), Kind: e.text("GUARANTEE_TYPE"),
			Beneficiary: e.text("BENEFICIARY"), Insurer: e.text("INSURER"), Amount: e.yuan("GUARANTEE_AMOUNT"), Cost: e.yuan("GUARANTEE_COST"),
			Created: e.moment("CREATE_TIME"), Begins: e.moment("BEGIN_TIME"), Ends: e.moment("END_TIME"), Issued: e.moment("LETTER_TIME"), PaidAt: e.moment("PAYMENT_TIME"),
		}
	})
}

// Requirement is 9001 招标文件投标资格要求.
type Requirement struct {
	*Entry
	Lots                                          []string
	Type, Name, Level, Certificate, Detail, Other string
}

// Requirements returns the live 9001 rows.
func (d *Docket) Requirements() []Requirement {
	return read(d, "9001", func(e *Entry) Requirement {
		return Requirement{
			Entry: e, Lots: e.Lots(), Type: e.text("QUALIFICATION_TYPE"), Name: e.text("QUALIFICATION_NAME"), Level: e.text("QUALIFICATION_LEVEL"),
			Certificate: e.text("QUALIFICATION_CERTIFICATE_NAME"), Detail: e.text("QUALIFICATION_DETAIL"), Other: e.text("QUALIFICATION_OTHER"),
		}
	})
}

// Invitee is 9004 投标邀请人名单.
type Invitee struct {
	*Entry
	Lots                                  []string
	Unit                                  Body
	Qualification, Manager, Level, Status string
	Invited                               trade.Moment
	Confirmed                             bool
}

// Invitees returns the live 9004 rows, as far as released.
func (d *Docket) Invitees() []Invitee {
	return read(d, "9004", func(e *Entry) Invitee {
		return Invitee{
			Entry: e, Lots: e.Lots(), Unit: e.body("UNIT_NAME", "UNIT_CREDIT_CODE"), Qualification: e.text("QUALIFICATION"), Manager: e.text("MANAGER_NAME"),
			Level: e.text("MANAGER_LEVEL"), Status: e.text("INVITATION_STATUS"), Invited: e.moment("INVITE_TIME"), Confirmed: e.yes("IS_CONFIRM"),
		}
	})
}

// Purchase is 9006 招标文件购买信息: who bought or downloaded the documents, from where.
type Purchase struct {
	*Entry
	Lots                                   []string
	Company                                Body
	Way, Mode, Order, Account              string
	Address, Browser, FromAddress, FromApp string // of the purchase and of the download
	Person                                 string
	Paid                                   Amount
	At                                     trade.Moment
}

// Purchases returns the live 9006 rows, as far as released.
func (d *Docket) Purchases() []Purchase {
	return read(d, "9006", func(e *Entry) Purchase {
		return Purchase{
			Entry: e, Lots: e.Lots(), Company: e.body("COMPANY_NAME", "COMPANY_CODE"), Way: e.text("PURCHASE_WAY"), Mode: e.text("PURCHASE_MODE"),
			Order: e.text("PURCHASE_ORDER_NUMBER"), Account: e.text("PURCHASE_ACCOUNT"), Address: e.text("PURCHASE_IP"), Browser: e.text("PURCHASE_BROWSER"),
			FromAddress: e.text("DOWNLOAD_IP"), FromApp: e.text("DOWNLOAD_BROWSER"), Person: e.text("PURCHASE_PERSON_NAME"), Paid: e.yuan("PURCHASE_MONEY"), At: e.moment("PURCHASE_TIME"),
		}
	})
}

// Member is 9007 投标文件项目组成员.
type Member struct {
	*Entry
	Lots                                          []string
	Bidder                                        Body
	Name, Position, Title, Certificate, CertLevel string
	Phone, IDNumber                               string // personal: usually sealed
}

// Members returns the live 9007 rows, as far as released.
func (d *Docket) Members() []Member {
	return read(d, "9007", func(e *Entry) Member {
		return Member{
			Entry: e, Lots: e.Lots(), Bidder: e.body("BIDDER_NAME", "BIDDER_ORG_CODE"), Name: e.text("NAME"), Position: e.text("POSITION"), Title: e.text("TECHNICAL_POST"),
			Certificate: e.text("CERTIFICATE_NO"), CertLevel: e.text("CERTIFICATE_LEVLE"), Phone: e.text("PHONE"), IDNumber: e.text("ID_CARD_NO"),
		}
	})
}

// Achievement is 9008 投标人业绩: an earlier work that a bidder claims.
type Achievement struct {
	*Entry
	Lots                               []string
	Bidder                             Body
	Work, Tenderer, Winner, ApprovalNo string
	Completed, Ended                   trade.Moment
	ContractAmount, BidAmount          Amount
}

// Achievements returns the live 9008 rows, as far as released.
func (d *Docket) Achievements() []Achievement {
	return read(d, "9008", func(e *Entry) Achievement {
		return Achievement{
			Entry: e, Lots: e.Lots(), Bidder: e.body("BIDDER_NAME", "BIDDER_ORG_CODE"), Work: e.text("PROJECT_NAME"), Tenderer: e.text("TENDERE_NAME"),
			Winner: e.text("WIN_BIDDER"), ApprovalNo: e.text("APPROVAL_NUMBER"), Completed: e.moment("COMPLETE_TIME"), Ended: e.moment("END_TIME"),
			ContractAmount: e.yuan("CONTRACT_BID_AMOUNT"), BidAmount: e.yuan("BID_AMOUNT"),
		}
	})
}

// Qualification is 9009 投标人资质.
type Qualification struct {
	*Entry
	Lots              []string
	Bidder            Body
	Name, Type, Level string
	Partner           string // of a consortium
}

// Qualifications returns the live 9009 rows, as far as released.
func (d *Docket) Qualifications() []Qualification {
	return read(d, "9009", func(e *Entry) Qualification {
		return Qualification{
			Entry: e, Lots: e.Lots(), Bidder: e.body("BIDDER_NAME", "BIDDER_ORG_CODE"), Name: e.text("QUALIFICATION_NAME"), Type: e.text("QUALIFICATION_TYPE"),
			Level: e.text("QUALIFICATION_LEVEL"), Partner: e.text("UNITY_COMPANY"),
		}
	})
}

// Margin is 9011 投标保证金缴纳信息.
type Margin struct {
	*Entry
	Lots          []string
	Bidder        Body
	Form, Bank    string
	Account, Year string // Account is personal to the bidder: usually sealed
	Paid          Amount
	Received      trade.Moment
}

// Margins returns the live 9011 rows, as far as released.
func (d *Docket) Margins() []Margin {
	return read(d, "9011", func(e *Entry) Margin {
		return Margin{
			Entry: e, Lots: e.Lots(), Bidder: e.body("BIDDER_NAME", "BIDDER_ORG_CODE"), Form: e.text("MARGIN_PAY_FORM"), Bank: e.text("MARGIN_BANK"),
			Account: e.text("MARGIN_ACCOUNT"), Year: e.text("YEAR_MARGIN"), Paid: e.yuan("MARGIN_PAY"), Received: e.moment("MARGIN_RECEIVE_TIME"),
		}
	})
}

// Credit is 9012 投标人信用信息.
type Credit struct {
	*Entry
	Lots     []string
	Bidder   Body
	System   string
	Score    float64
	HasScore bool
	Rank     int // among the bidders, 0 when not given
}

// Credits returns the live 9012 rows, as far as released.
func (d *Docket) Credits() []Credit {
	return read(d, "9012", func(e *Entry) Credit {
		c := Credit{Entry: e, Lots: e.Lots(), Bidder: e.body("BIDDER_NAME", "BIDDER_ORG_CODE"), System: e.text("SCORE_SYSTEM_NAME")}
		c.Score, c.HasScore = e.decimal("SCORE")
		c.Rank, _ = e.number("PROJECT_RANK")
		return c
	})
}

// Avoidance is 9013 回避企业名单.
type Avoidance struct {
	*Entry
	Lots   []string
	Body   Body
	Reason string
}

// Avoidances returns the live 9013 rows, as far as released.
func (d *Docket) Avoidances() []Avoidance {
	return read(d, "9013", func(e *Entry) Avoidance {
		return Avoidance{Entry: e, Lots: e.Lots(), Body: e.body("BIDDER_NAME", "BIDDER_ORG_CODE"), Reason: e.text("AVOID_REASON")}
	})
}

// BallDraw is 9014 开标明细（摇球）.
type BallDraw struct {
	*Entry
	Lots                           []string
	Notary, Balls, Values, Content string
	Round                          int
	Companies, CompanyCodes        []string
}

// BallDraws returns the live 9014 rows, as far as released.
func (d *Docket) BallDraws() []BallDraw {
	return read(d, "9014", func(e *Entry) BallDraw {
		b := BallDraw{
			Entry: e, Lots: e.Lots(), Notary: e.text("NOTARY"), Balls: e.text("ROLL_BALL_LIST"), Values: e.text("VALUE_RESULT"), Content: e.text("CONTENT"),
			Companies: e.codes("SEND_COMPANY_LIST"), CompanyCodes: e.codes("SEND_COMPANY_CODE_LIST"),
		}
		b.Round, _ = e.number("ROUND")
		return b
	})
}
