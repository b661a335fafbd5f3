package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The outlines of Henan's cities, from Apache ECharts 4.9 (Apache-2.0), with
// GB/T 2260 codes. They carry no review number: whoever shows a map in public
// in China puts one that has it into the data folder.
//
//go:embed map/henan.geo.json
var henanMap []byte

// A Map is the outlines that the overview is drawn on.
type Map struct {
	Review string         `json:"review,omitempty" doc:"Review number (审图号) of the map, to be shown beside it"`
	Geo    jsontext.Value `json:"geo" doc:"GeoJSON: a feature a region, with the properties code (GB/T 2260), name and, optionally, center"`
}

type mapInput struct {
	IfNoneMatch string `header:"If-None-Match"`
	Accept      string `header:"Accept-Encoding"`
}

type mapOutput struct {
	Status   int
	ETag     string `header:"ETag"`
	Cache    string `header:"Cache-Control"`
	Encoding string `header:"Content-Encoding"`
	Type     string `header:"Content-Type"`
	Body     []byte
}

var (
	errMap  = errors.New("server: the map must be a GeoJSON FeatureCollection with a feature a region")
	mapType = reflect.TypeFor[Map]()
)

// servedMap is the map as it is answered.
type servedMap struct {
	plain, zipped []byte
	tag           string
}

// readMap takes a GeoJSON file. Its review number is its own member "review".
func readMap(file []byte) (*servedMap, error) {
	var top struct {
		Type     string           `json:"type"`
		Review   string           `json:"review"`
		Features []jsontext.Value `json:"features"`
	}
	if err := json.Unmarshal(file, &top); err != nil || top.Type != "FeatureCollection" || len(top.Features) == 0 {
		return nil, errMap
	}
	geo, err := json.Marshal(map[string]any{"type": top.Type, "features": top.Features}, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	m := new(servedMap)
	if m.plain, err = json.Marshal(Map{top.Review, geo}, json.Deterministic(true)); err != nil {
		return nil, err
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write(m.plain) // into memory: it cannot fail
	_ = z.Close()
	m.zipped = zipped.Bytes()
	sum := sha256.Sum256(m.plain)
	m.tag = `"` + hex.EncodeToString(sum[:12]) + `"`
	return m, nil
}

var ownMap = sync.OnceValues(func() (*servedMap, error) { return readMap(henanMap) })

func (s *Server) routesMap() {
	op := huma.Operation{
		OperationID: "get-map", Method: http.MethodGet, Path: "/api/v1/map", Summary: "Outlines of the cities 地图",
		Description: "The operator's own from the data folder, else that of the program.", Tags: []string{"overview"},
		Errors: []int{500}, Security: []map[string][]string{{}, {"token": {}}},
	}
	op.Responses = map[string]*huma.Response{"200": {Description: "The map", Content: map[string]*huma.MediaType{"application/json": {Schema: s.api.OpenAPI().Components.Schemas.Schema(mapType, true, "Map")}}}}
	huma.Register(s.api, op, s.getMap)
}

func (s *Server) getMap(ctx context.Context, in *mapInput) (*mapOutput, error) {
	m := s.ownMap
	if m == nil {
		var err error
		if m, err = ownMap(); err != nil {
			return nil, s.fault(ctx, err)
		}
	}
	answer := &mapOutput{Status: http.StatusOK, ETag: m.tag, Cache: "no-cache", Type: "application/json"}
	switch {
	case in.IfNoneMatch == m.tag:
		answer.Status = http.StatusNotModified
	case strings.Contains(in.Accept, "gzip"):
		answer.Encoding, answer.Body = "gzip", m.zipped
	default:
		answer.Body = m.plain
	}
	return answer, nil
}
