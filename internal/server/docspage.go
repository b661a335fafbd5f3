package server

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// docsPage is the readable form of the OpenAPI document.
type docsPage struct {
	Operations []docOperation
	Schemas    []docSchema
	Problems   []docProblem
	DocNames   []string
}

type docOperation struct {
	ID, Method, Path, Summary, Description, Security string
	Parameters                                       []docField
	Bodies                                           []docBody
	Responses                                        []docResponse
}

type docField struct {
	Name, In, Type, Ref, Doc string
	Required                 bool
}

type docBody struct{ Media, Schema, Doc string }

type docResponse struct {
	Status, Doc string
	Bodies      []docBody
}

type docSchema struct {
	Name, Doc string
	Fields    []docField
}

type docProblem struct {
	ID                     string
	Status                 int
	ZH, EN, MendZH, MendEN string
}

func (s *Server) pageDocs(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, http.StatusOK, "docs", "接口说明", "The interface", s.describe())
}

func (s *Server) describe() docsPage {
	o := s.api.OpenAPI()
	p := docsPage{DocNames: s.docNames()}
	for _, path := range slices.Sorted(maps.Keys(o.Paths)) {
		item := o.Paths[path]
		for _, m := range []struct {
			method string
			op     *huma.Operation
		}{{"GET", item.Get}, {"POST", item.Post}, {"PUT", item.Put}, {"DELETE", item.Delete}, {"PATCH", item.Patch}} {
			if m.op != nil {
				p.Operations = append(p.Operations, describeOperation(m.method, path, m.op))
			}
		}
	}
	schemas := o.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		p.Schemas = append(p.Schemas, describeSchema(name, schemas[name]))
	}
	for _, k := range kinds {
		p.Problems = append(p.Problems, docProblem{k.id, k.status, k.zh, k.en, k.mendZH, k.mendEN})
	}
	return p
}

func describeOperation(method, path string, op *huma.Operation) docOperation {
	d := docOperation{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Description: op.Description}
	var who []string
	for _, alternative := range op.Security {
		names := slices.Sorted(maps.Keys(alternative))
		if len(names) == 0 {
			names = []string{"—"}
		}
		who = append(who, strings.Join(names, " + "))
	}
	d.Security = strings.Join(who, " / ")
	for _, prm := range op.Parameters {
		d.Parameters = append(d.Parameters, docField{Name: prm.Name, In: prm.In, Type: typeOf(prm.Schema), Doc: cmp.Or(prm.Description, docOf(prm.Schema)), Required: prm.Required})
	}
	if op.RequestBody != nil {
		d.Bodies = bodies(op.RequestBody.Content)
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		r := op.Responses[status]
		d.Responses = append(d.Responses, docResponse{Status: status, Doc: r.Description, Bodies: bodies(r.Content)})
	}
	return d
}

func bodies(content map[string]*huma.MediaType) []docBody {
	var out []docBody
	for _, media := range slices.Sorted(maps.Keys(content)) {
		b := docBody{Media: media}
		if sch := content[media].Schema; sch != nil {
			b.Schema, b.Doc = refOf(sch), sch.Description
		}
		out = append(out, b)
	}
	return out
}

func describeSchema(name string, sch *huma.Schema) docSchema {
	d := docSchema{Name: name, Doc: sch.Description}
	for _, field := range slices.Sorted(maps.Keys(sch.Properties)) {
		f := sch.Properties[field]
		d.Fields = append(d.Fields, docField{Name: field, Type: typeOf(f), Ref: innerRef(f), Doc: f.Description, Required: slices.Contains(sch.Required, field)})
	}
	return d
}

func refOf(sch *huma.Schema) string {
	return strings.TrimPrefix(sch.Ref, "#/components/schemas/")
}

func innerRef(sch *huma.Schema) string {
	if sch.Items != nil {
		return refOf(sch.Items)
	}
	return refOf(sch)
}

func docOf(sch *huma.Schema) string {
	if sch == nil {
		return ""
	}
	return sch.Description
}

// typeOf says a schema's type in a few words, with its bounds.
func typeOf(sch *huma.Schema) string {
	if sch == nil {
		return ""
	}
	words := []string{sch.Type}
	if sch.Items != nil && sch.Items.Ref == "" {
		words = append(words, "of", sch.Items.Type)
	}
	if sch.Format != "" {
		words = append(words, "("+sch.Format+")")
	}
	if len(sch.Enum) > 0 {
		var vs []string
		for _, v := range sch.Enum {
			vs = append(vs, fmt.Sprint(v))
		}
		words = append(words, strings.Join(vs, " | "))
	}
	if sch.Minimum != nil || sch.Maximum != nil {
		words = append(words, bounds(sch.Minimum, sch.Maximum))
	}
	if sch.Pattern != "" {
		words = append(words, sch.Pattern)
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

func bounds(low, high *float64) string {
	text := func(f *float64) string {
		if f == nil {
			return ""
		}
		return fmt.Sprint(*f)
	}
	return text(low) + "…" + text(high)
}
