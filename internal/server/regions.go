package server

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/store"
	"mingjing/internal/trade"
)

// RegionItem is one administrative division of today.
type RegionItem struct {
	Code  string `json:"code" doc:"GB/T 2260"`
	Name  string `json:"name"`
	Above string `json:"above,omitempty" doc:"Code of the division that holds it; absent: none of the table"`
	Sound string `json:"sound" doc:"Its name by sound, in small letters, with blanks between"`
}

// RegionList is the table of divisions.
type RegionList struct {
	Items []RegionItem `json:"items"`
}

func (s *Server) routesRegions() {
	huma.Register(s.api, huma.Operation{
		OperationID: "list-regions", Method: http.MethodGet, Path: "/api/v1/regions", Summary: "Administrative divisions 行政区划", Tags: []string{"lists"},
		Description: "Those of today, by code. Dockets under the codes of former ones are found under the present.", Errors: []int{401, 500, 503}, Security: []map[string][]string{{}, {"token": {}}},
	}, s.listRegions)
}

func (s *Server) listRegions(context.Context, *struct{}) (*out[RegionList], error) {
	today := trade.DayOf(s.cfg.Clock())
	body := RegionList{Items: []RegionItem{}}
	for _, code := range trade.Regions().Codes() {
		if r, valid, _ := trade.Regions().At(code, today); valid {
			body.Items = append(body.Items, RegionItem{Code: code, Name: r.Name, Above: trade.Regions().Above(code, today), Sound: store.SortKey(r.Name)})
		}
	}
	return &out[RegionList]{body}, nil
}
