package server

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

// ScoreTable is a score of what a reader sees, with each finding that counts in
// it or does not, and why.
type ScoreTable struct {
	Points int64       `json:"points" doc:"The sum of what counts"`
	Grade  string      `json:"grade,omitempty" doc:"fact (事实级) when a finding of that grade counts, else clue (线索级); absent: nothing counts"`
	Stake  int64       `json:"stake" doc:"Of a docket: the money at stake in fen, as it counts in the order of the queue"`
	Shown  bool        `json:"shown" doc:"The docket shows an amount; false: it counts as the least that the settings give"`
	Doubt  bool        `json:"doubt,omitzero" doc:"An amount is probably in the wrong unit (K07): the docket counts as the least"`
	Rank   int64       `json:"rank" doc:"Of a docket: points times stake, by which the queue is ordered"`
	Parts  []ScorePart `json:"parts" doc:"The heaviest first"`
	Weigh  string      `json:"settings" doc:"Lines of settings that give the weights, as id@date"`
}

// ScorePart is what one finding adds.
type ScorePart struct {
	detect.Part
	Docket      string `json:"docket"`
	Title       string `json:"title,omitempty"`
	IndicatorZH string `json:"indicator_zh"`
	IndicatorEN string `json:"indicator_en"`
}

// scoreDocket makes the score of a docket of the findings that the reader sees.
func (s *Server) scoreDocket(ctx context.Context, r disclose.Reader, d *docket.Docket, v *disclose.Docket, to *ScoreTable) error {
	rows, err := s.cfg.Store.Findings(ctx, store.FindingFilter{Docket: d.ID, Limit: 1000})
	if err != nil {
		return err
	}
	at := s.cfg.Clock()
	fs, dismissed, err := decoded(rows)
	if err != nil {
		return err
	}
	weights := s.settings().Weights(d, trade.DayOf(at))
	to.Parts = []ScorePart{}
	score := detect.Weigh(disclose.Findings(fs, d, r, at), weights, dismissed)
	to.add(score, d.ID, v.Title)
	var stake *int64
	if a := v.Card().Amount; a != nil {
		stake, to.Shown, to.Doubt = &a.Fen, true, score.Doubtful()
	}
	to.Rank, to.Stake = weights.Rank(&score, stake)
	return nil
}

// scoreSubject makes the score of a body of findings that the reader sees,
// docket by docket.
func (s *Server) scoreSubject(rows []store.FindingRow, at time.Time) (*ScoreTable, error) {
	t := &ScoreTable{Parts: []ScorePart{}}
	var order []string // dockets, as the rows first name them
	by := map[string][]store.FindingRow{}
	for _, row := range rows {
		if by[row.Docket] == nil {
			order = append(order, row.Docket)
		}
		by[row.Docket] = append(by[row.Docket], row)
	}
	for _, id := range order {
		of := by[id]
		fs, dismissed, err := decoded(of)
		if err != nil {
			return nil, err
		}
		weights := s.settings().Weights(&docket.Docket{ID: id, Class: of[0].Class, Region: of[0].Region}, trade.DayOf(at))
		t.add(detect.Weigh(fs, weights, dismissed), id, of[0].Title)
	}
	return t, nil
}

func (t *ScoreTable) add(score detect.Score, docket, title string) {
	t.Points, t.Weigh = t.Points+score.Points, score.Settings
	if t.Grade == "" || score.Grade == detect.Fact {
		t.Grade = score.Grade
	}
	for _, p := range score.Parts {
		zh, en := indicatorName(p.Indicator)
		t.Parts = append(t.Parts, ScorePart{p, docket, title, zh, en})
	}
}

// decoded reads findings, and says which of them are dismissed.
func decoded(rows []store.FindingRow) (fs []detect.Finding, dismissed func(*detect.Finding) bool, err error) {
	gone := map[string]bool{}
	for i := range rows {
		var f detect.Finding
		if err := json.Unmarshal(rows[i].Body, &f); err != nil {
			return nil, nil, fmt.Errorf("stored finding of docket %q cannot be read", rows[i].Docket)
		}
		fs = append(fs, f)
		gone[f.Key] = rows[i].Dismissed
	}
	return fs, func(f *detect.Finding) bool { return gone[f.Key] }, nil
}

// keyRoom is how much of a finding's key its place needs: no two of one docket
// have more in common.
const keyRoom = 16

// writePlace writes a place of the ranked queue for a cursor, which has little room.
func writePlace(p store.WarningPlace) string {
	return fmt.Sprintf("%d %d %s %s", p.Rank, p.Weight, p.Key[:min(keyRoom, len(p.Key))], p.Docket)
}

func readPlace(s string) *store.WarningPlace {
	parts := strings.SplitN(s, " ", 4)
	if len(parts) != 4 {
		return nil // "" is the beginning; ours otherwise
	}
	p := &store.WarningPlace{Key: parts[2], Docket: parts[3]}
	p.Rank, _ = strconv.ParseInt(parts[0], 10, 64)
	p.Weight, _ = strconv.ParseInt(parts[1], 10, 64)
	return p
}
