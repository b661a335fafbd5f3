package docket

import "mingjing/internal/trade"

// Expert is 508 评标专家: a member of the evaluation committee.
type Expert struct {
	*Entry
	Lots       []string
	Name, Type string
	IDNumber   string // personal: usually sealed
	Arrived    trade.Moment
	Chair      bool
}

// Experts returns the live 508 rows, as far as released.
func (d *Docket) Experts() []Expert {
	return read(d, "508", func(e *Entry) Expert {
		return Expert{Entry: e, Lots: e.Lots(), Name: e.text("EXPERT_NAME"), Type: e.text("EXPERT_TYPE"), IDNumber: e.text("ID_CARD"), Arrived: e.moment("EXPERT_CHECK_IN_TIME"), Chair: e.yes("IS_CHAIR_MAN")}
	})
}

// EvaluationReport is 509 评标报告. Content is sealed until the result.
type EvaluationReport struct {
	*Entry
	Lots                   []string
	Title, Content, Result string
	Ended, Submitted       trade.Moment
}

// EvaluationReports returns the live 509 rows.
func (d *Docket) EvaluationReports() []EvaluationReport {
	return read(d, "509", func(e *Entry) EvaluationReport {
		return EvaluationReport{
			Entry: e, Lots: e.Lots(), Title: e.text("NOTICE_NAME"), Content: e.text("EVALUATION_CONTENT"), Result: e.text("EVALUATION_RESULT"),
			Ended: e.moment("END_TIME"), Submitted: e.moment("SUBMIT_TIME"),
		}
	})
}

// ScoreDetail is 520 评标明细.
type ScoreDetail struct {
	*Entry
	Lots            []string
	Bidder          Body
	Details, Report string
}

// ScoreDetails returns the live 520 rows, as far as released.
func (d *Docket) ScoreDetails() []ScoreDetail {
	return read(d, "520", func(e *Entry) ScoreDetail {
		return ScoreDetail{Entry: e, Lots: e.Lots(), Bidder: e.body("BIDDER_NAME", "BIDDER_ORG_CODE"), Details: e.text("BID_EVALUATION_DETAILS"), Report: e.text("BID_EVALUATION_REPORT")}
	})
}

// EvaluationTerms is 9002 招标文件评标条件设置.
type EvaluationTerms struct {
	*Entry
	Lots                                                []string
	Qualification, Business, Technical, Response, Other string
}

// EvaluationTerms returns the live 9002 rows.
func (d *Docket) EvaluationTerms() []EvaluationTerms {
	return read(d, "9002", func(e *Entry) EvaluationTerms {
		return EvaluationTerms{
			Entry: e, Lots: e.Lots(), Qualification: e.text("QUALIFICATION_DETAIL"), Business: e.text("BUSINESS_DETAIL"), Technical: e.text("TECHNICAL_DETAIL"),
			Response: e.text("RESPONSE_DETAIL"), Other: e.text("OTHER_DETAIL"),
		}
	})
}

// Draw is 9005 评标委员会组建申请: how and when the committee was drawn.
type Draw struct {
	*Entry
	Lots           []string
	Rule, Confirm  string
	Applied, Drawn trade.Moment
}

// Draws returns the live 9005 rows, as far as released.
func (d *Docket) Draws() []Draw {
	return read(d, "9005", func(e *Entry) Draw {
		return Draw{Entry: e, Lots: e.Lots(), Rule: e.text("EXTRACT_RULE"), Confirm: e.text("EXPERT_LIST_CONFIRM"), Applied: e.moment("EXTRACT_APPLY_TIME"), Drawn: e.moment("EXTRACT_TIME")}
	})
}

// Points are the parts of a score; a part that is absent is 0 and not Given.
type Points struct {
	Price, Qualification, Business, Technical, Response, Other float64
	Given                                                      int // how many parts the row holds
}

// Sum adds the parts.
func (p Points) Sum() float64 {
	return p.Price + p.Qualification + p.Business + p.Technical + p.Response + p.Other
}

func (e *Entry) points() Points {
	var p Points
	part := func(field string) float64 {
		v, ok := e.decimal(field)
		if ok {
			p.Given++
		}
		return v
	}
	p.Price, p.Qualification, p.Business = part("PRICE_POINTS"), part("QUALIFICATION_POINTS"), part("BUSINESS_POINTS")
	p.Technical, p.Response, p.Other = part("TECHNICAL_POINTS"), part("RESPONSE_POINTS"), part("OTHER_POINTS")
	return p
}

// ExpertScore is 9015 评分细项: one expert's score of one bidder.
type ExpertScore struct {
	*Entry
	Lots   []string
	Bidder Body
	Expert string
	Points Points
}

// ExpertScores returns the live 9015 rows, as far as released.
func (d *Docket) ExpertScores() []ExpertScore {
	return read(d, "9015", func(e *Entry) ExpertScore {
		return ExpertScore{Entry: e, Lots: e.Lots(), Bidder: e.body("BIDDER_NAME", "BIDDER_ORG_CODE"), Expert: e.text("EXPERT_NAME"), Points: e.points()}
	})
}

// Rejection is 9016 被否决投标企业情况.
type Rejection struct {
	*Entry
	Lots           []string
	Bidder         Body
	Expert, Reason string
}

// Rejections returns the live 9016 rows, as far as released.
func (d *Docket) Rejections() []Rejection {
	return read(d, "9016", func(e *Entry) Rejection {
		return Rejection{Entry: e, Lots: e.Lots(), Bidder: e.body("BIDDER_NAME", "BIDDER_ORG_CODE"), Expert: e.text("EXPERT_NAME"), Reason: e.text("REASON")}
	})
}

// EvaluationResult is 9017 评标结果: one bidder's place.
type EvaluationResult struct {
	*Entry
	Lots   []string
	Bidder Body
	Points Points
	Vetoed bool
	Reason string
	Rank   int // 0 when not given
}

// EvaluationResults returns the live 9017 rows, as far as released.
func (d *Docket) EvaluationResults() []EvaluationResult {
	return read(d, "9017", func(e *Entry) EvaluationResult {
		r := EvaluationResult{Entry: e, Lots: e.Lots(), Bidder: e.body("BIDDER_NAME", "BIDDER_ORG_CODE"), Points: e.points(), Vetoed: e.yes("IS_VETO"), Reason: e.text("VETO_REASON_DETAIL")}
		r.Rank, _ = e.number("RANK")
		return r
	})
}

// Venue is 9021 评标场地.
type Venue struct {
	*Entry
	Lots               []string
	Place, Room, Seats string
	Remote, Branch     bool
}

// Venues returns the live 9021 rows, as far as released.
func (d *Docket) Venues() []Venue {
	return read(d, "9021", func(e *Entry) Venue {
		return Venue{Entry: e, Lots: e.Lots(), Place: e.text("PLACE"), Room: e.text("OFFICE"), Seats: e.text("SEATS"), Remote: e.yes("IS_REMOTE"), Branch: e.yes("IS_BRANCH")}
	})
}
