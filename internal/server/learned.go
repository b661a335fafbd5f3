package server

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/detect"
	"mingjing/internal/learn/score"
	"mingjing/internal/trade"
)

// LearnedScore is the newest edition of the score learnt from what supervisors
// decided here: whether it speaks, what it rests on, and how its test went.
type LearnedScore struct {
	Edition    string            `json:"edition,omitempty" doc:"Absent while none was made"`
	At         *time.Time        `json:"at,omitempty" doc:"When it was made"`
	Speaks     bool              `json:"speaks" doc:"false: no lot is scored"`
	Why        string            `json:"why,omitempty" enum:"confirmed,innocent,apart,auc" doc:"Why it is silent: too few confirmed, too few found innocent, too few that can be tested on firms it has not seen, or its test shows that it tells nothing"`
	ZH         string            `json:"zh,omitempty" doc:"The same in a sentence"`
	EN         string            `json:"en,omitempty"`
	Demands    score.Demands     `json:"demands" doc:"What must be there before it speaks: an AUC, a probability, and dockets"`
	Validation *score.Validation `json:"validation,omitempty" doc:"Of dockets and firms that it had not seen; the test's figures are nought where it was not made"`
	Tested     bool              `json:"tested" doc:"The test was made"`
	Weights    []LearnedWeight   `json:"weights" doc:"The features that move it most: change of the log odds from the middle to one deviation above it"`
	Families   string            `json:"families" doc:"Letters of the indicators whose decisions it learns from"`
}

// LearnedWeight is how much one feature of the prices moves the score.
type LearnedWeight struct {
	Name   string  `json:"name"`
	ZH     string  `json:"zh"`
	Weight float64 `json:"weight" doc:"Change of the log odds from the middle to one deviation above it"`
}

func (s *Server) routesLearned() {
	huma.Register(s.api, huma.Operation{
		OperationID: "get-learned", Method: http.MethodGet, Path: "/api/v1/rules/learned", Summary: "Learnt score 学得评分",
		Description: "The score learnt from the supervisors' own decisions, with its test. Until there are enough of them it is silent and says how many there are. A clue only.",
		Tags:        []string{"rules"}, Errors: []int{401, 403, 422, 500, 503}, Security: []map[string][]string{{"token": {}}},
	}, s.getLearned)
}

func (s *Server) getLearned(ctx context.Context, _ *struct{}) (*out[LearnedScore], error) {
	if !mayReadRules(readerOf(ctx)) {
		return nil, problemNotRules.problem(requestID(ctx), "")
	}
	var e *score.Edition
	if s.cfg.Learned != nil {
		e = s.cfg.Learned()
	}
	body := LearnedScore{Families: detect.LearnedFrom, Weights: []LearnedWeight{}}
	if e == nil {
		body.Demands = detect.LearnedDemands(s.settings(), trade.DayOf(s.cfg.Clock()))
		return &out[LearnedScore]{body}, nil
	}
	body.Edition, body.At, body.Speaks, body.Why, body.Demands, body.Validation = e.ID, &e.At, e.Speaks(), e.Silent, e.Demands, &e.Validation
	body.Tested = e.Validation.AUC > 0
	for _, w := range e.Weights {
		body.Weights = append(body.Weights, LearnedWeight{w.Name, detect.LearnedNameZH(w.Name), w.Weight})
	}
	body.ZH, body.EN = detect.Silence(e)
	return &out[LearnedScore]{body}, nil
}
