package docket

import (
	"cmp"
	"slices"
	"strings"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// KindRecorded is the kind of the event of a row whose data set has no time of
// its own: the time its sender gave it.
const KindRecorded = "recorded"

// happenings lists, by data set, the fields that say when something happened
// and the kind of event that it is.
var happenings = map[string][]struct{ field, kind string }{
	"500":  {{"CREATE_TIME", "project.created"}},
	"501":  {{"CREATE_TIME", "tender.created"}},
	"502":  {{"CREATE_TIME", "lot.created"}},
	"503":  {{"NOTICE_SEND_TIME", "notice.published"}, {"DOC_GET_START_TIME", "documents.issued"}, {"DOC_GET_END_TIME", "documents.issue-ended"}, {"BID_DOC_REFER_END_TIME", "bid.deadline"}, {"BID_OPEN_TIME", "opening.announced"}},
	"504":  {{"SUBMIT_TIME", "documents.submitted"}, {"CLARIFY_TIME", "documents.clarified"}, {"BID_DOC_REFER_END_TIME", "bid.deadline"}, {"BID_OPEN_TIME", "opening.announced"}, {"POST_OPEN_TIME", "opening.postponed"}},
	"505":  {{"BID_INVITE_ISSUE_TIME", "invitation.sent"}, {"BID_INVITE_END_TIME", "invitation.answer-due"}, {"BID_DOC_REFER_END_TIME", "bid.deadline"}},
	"506":  {{"BID_OPENING_TIME", "opening"}},
	"507":  {{"CHECKIN_TIME", "bid.received"}, {"MARGIN_RECEIVE_TIME", "margin.received"}},
	"508":  {{"EXPERT_CHECK_IN_TIME", "expert.arrived"}},
	"509":  {{"END_TIME", "evaluation.ended"}, {"SUBMIT_TIME", "evaluation.reported"}},
	"511":  {{"PUBLICITY_REFER_TIME", "publicity.submitted"}, {"PUBLICITY_START_TIME", "publicity.started"}, {"PUBLICITY_END_TIME", "publicity.ended"}},
	"512":  {{"CONTRACT_SIGN_TIME", "contract.signed"}, {"SUBMIT_TIME", "contract.submitted"}},
	"513":  {{"NOTICE_SEND_TIME", "result.published"}},
	"514":  {{"SUBMIT_TIME", "prequalification.submitted"}, {"TENDER_SUBMIT_TIME", "prequalification.clarified"}, {"DOC_SUBMIT_END_TIME", "prequalification.deadline"}, {"DOC_OPEN_TIME", "prequalification.opening"}},
	"515":  {{"APPLY_SUBMIT_TIME", "prequalification.applied"}},
	"516":  {{"RESULT_CREATE_TIME", "prequalification.result"}},
	"517":  {{"APPROVAL_TIME", "abnormality.approved"}},
	"519":  {{"TENDER_DOC_SUBMITTIME", "bid.file-submitted"}},
	"521":  {{"TM", "question.asked"}},
	"522":  {{"FINISH_TIME", "performance.finished"}, {"REPORT_ISSUE_TIME", "performance.reported"}},
	"523":  {{"CREATE_TIME", "guarantee.created"}, {"LETTER_TIME", "guarantee.issued"}, {"PAYMENT_TIME", "guarantee.paid"}, {"BEGIN_TIME", "guarantee.begins"}, {"END_TIME", "guarantee.ends"}},
	"400":  {{"APPROVAL_DATE", "supervision.decided"}},
	"402":  {{"ALERT_DATE", "alert.raised"}},
	"404":  {{"COMPLAINT_DATE", "complaint.made"}, {"ACCEPT_DATE", "complaint.accepted"}, {"HANDLE_DATE", "complaint.decided"}},
	"550":  {{"CREATE_TIME", "tender.created"}},
	"551":  {{"BULLETIN_START_TIME", "notice.published"}, {"BID_CLOSING_TIME", "bid.deadline"}},
	"552":  {{"MODIFICATION_START_TIME", "documents.clarified"}, {"POST_BID_CLOSING_TIME", "bid.deadline"}},
	"553":  {{"WIN_BID_BULLETIN_START_TIME", "result.published"}},
	"554":  {{"SIGNING_TIME", "contract.signed"}},
	"556":  {{"BID_OPENING_TIME", "opening"}},
	"557":  {{"MARGIN_RECEIVE_TIME", "margin.received"}},
	"600":  {{"PUBLISHING_TIME", "notice.published"}, {"LISTING_START_TIME", "listing.started"}, {"LISTING_DEADLINE", "listing.ended"}},
	"601":  {{"PUBLISHING_TIME", "result.published"}},
	"650":  {{"PUBLISHING_TIME", "notice.published"}},
	"651":  {{"PUBLISHING_TIME", "notice.published"}},
	"652":  {{"DT_BUY_DATE", "deal.made"}, {"PUBLISHING_TIME", "result.published"}},
	"653":  {{"DT_BUY_DATE", "deal.made"}, {"PUBLISHING_TIME", "result.published"}},
	"700":  {{"PUBLISH_DATE", "notice.published"}},
	"701":  {{"TRADE_DATE", "deal.made"}},
	"750":  {{"PUBLISH_DATE", "notice.published"}},
	"753":  {{"TRADE_DATE", "deal.made"}},
	"1000": {{"NOTICE_SEND_TIME", "notice.published"}, {"TRADING_BEGINTIME", "listing.started"}, {"TRADING_ENDTIME", "listing.ended"}},
	"1001": {{"BARGAIN_TIME", "deal.made"}, {"NOTICE_SEND_TIME", "result.published"}},
	"1050": {{"NOTICE_SEND_TIME", "notice.published"}, {"TRADING_START_TIME", "listing.started"}},
	"1051": {{"BARGAIN_TIME", "deal.made"}, {"NOTICE_SEND_TIME", "result.published"}},
	"1104": {{"NOTICE_SEND_TIME", "notice.published"}},
	"1107": {{"NOTICE_SEND_TIME", "result.published"}},
	"1800": {{"PUBLISHING_TIME", "notice.published"}},
	"1801": {{"TRADE_DATE", "deal.made"}, {"PUBLISHING_TIME", "result.published"}},
	"9003": {{"TM", "question.answered"}},
	"9004": {{"INVITE_TIME", "invitation.listed"}},
	"9005": {{"EXTRACT_APPLY_TIME", "committee.applied"}, {"EXTRACT_TIME", "committee.drawn"}},
	"9006": {{"PURCHASE_TIME", "documents.bought"}},
	"9010": {{"SUBMITTIME", "bid.file-fixed"}},
	"9011": {{"MARGIN_RECEIVE_TIME", "margin.received"}},
	"9018": {{"WIN_NOTICE_SEND_TIME", "award-notice.sent"}},
	"9019": {{"SUBMIT_TIME", "objection.submitted"}},
	"9020": {{"RESPONSE_SUBMIT_TIME", "objection.answered"}},
}

// events lists everything that the live rows and the facts of release say has
// happened or will, by time, then position. A row that names some of the lots
// gives an event for each; one that names all, or none, gives one for the whole.
func (d *Docket) events() {
	for i := range d.Live {
		e := &d.Live[i]
		if e.Deleted {
			continue
		}
		timed := false
		for _, h := range happenings[e.Dataset] {
			if m, ok := trade.ParseMoment(e.Fields[h.field]); ok {
				timed = true
				d.event(e, h.field, h.kind, m)
			}
		}
		if m, ok := trade.ParseMoment(e.Occurred); ok && !timed {
			d.event(e, "", KindRecorded, m)
		}
	}
	for _, r := range d.Releases {
		kind := "release." + r.State
		if r.Seal == standard.Committee {
			kind = "release.committee"
		}
		d.Events = append(d.Events, Event{
			At: r.At, Kind: kind, Lot: r.Lot, Source: SystemOrigin,
			Ref: Ref{Dataset: DatasetRelease, Key: releaseKey(r.Origin, d.ID, r.Lot, r.Seal), Origin: SystemOrigin, Position: r.Position},
		})
	}
	slices.SortFunc(d.Events, func(a, b Event) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Ref.Position, b.Ref.Position), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Lot, b.Lot),
			strings.Compare(a.Ref.Dataset, b.Ref.Dataset), strings.Compare(a.Ref.Origin, b.Ref.Origin), strings.Compare(a.Ref.Key, b.Ref.Key), strings.Compare(a.Ref.Field, b.Ref.Field))
	})
}

func (d *Docket) event(e *Entry, field, kind string, m trade.Moment) {
	if kind == "bid.deadline" && e.Dataset == "503" && strings.TrimSpace(e.Fields["BULLETIN_TYPE"]) == "2" {
		kind = "prequalification.deadline"
	}
	lots := e.Lots()
	if len(lots) == 0 || len(lots) > 1 && len(lots) == len(d.Lots) {
		lots = []string{""}
	}
	for _, lot := range lots {
		d.Events = append(d.Events, Event{At: plain(m.Time), WholeDay: m.WholeDay, Kind: kind, Lot: lot, Source: e.Source, Ref: e.Ref(field)})
	}
}
