package server

import (
	"cmp"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
)

type projectInput struct {
	Code string `path:"code" maxLength:"200" doc:"Project code (项目编号) or unified code of the investment project (投资项目统一代码)"`
}

type bodyInput struct {
	Code string `path:"code" maxLength:"18" doc:"Unified social credit code (统一社会信用代码)"`
}

// routesSubjects serves projects and bodies.
func (s *Server) routesSubjects() {
	huma.Register(s.api, reading("get-project", "/projects/{code}", "A project 项目",
		"Approvals, valuations and budget lines of a project, and the transactions that name it with their contracts and payments, as far as this reader sees them.", 404), s.getProject)
	huma.Register(s.api, reading("get-body", "/bodies/{code}", "A legal person 市场主体", "What the registers of bodies and of credit say of it, as far as this reader sees it.", 404), s.getBody)
}

func (s *Server) project(ctx context.Context, code string, r disclose.Reader) (*disclose.Project, error) {
	p, err := s.cfg.Subjects.Project(ctx, code)
	if err != nil {
		return nil, err
	}
	return disclose.ViewProject(p, r, s.cfg.Clock(), func(id string) (*docket.Docket, error) { return s.docket(ctx, id) })
}

func (s *Server) getProject(ctx context.Context, in *projectInput) (*out[*disclose.Project], error) {
	v, err := s.project(ctx, in.Code, readerOf(ctx))
	switch {
	case err != nil:
		return nil, s.fault(ctx, err)
	case v == nil:
		return nil, notFound(ctx)
	}
	return &out[*disclose.Project]{v}, nil
}

func (s *Server) getBody(ctx context.Context, in *bodyInput) (*out[*disclose.Body], error) {
	b, err := s.cfg.Subjects.Body(ctx, in.Code)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if v := disclose.ViewBody(b, readerOf(ctx), s.cfg.Clock()); v != nil {
		return &out[*disclose.Body]{v}, nil
	}
	return nil, notFound(ctx)
}

// pageProject shows a project as the public sees it, whoever asks.
func (s *Server) pageProject(w http.ResponseWriter, r *http.Request) {
	v, err := s.project(r.Context(), r.PathValue("code"), disclose.Reader{Audience: disclose.Public})
	switch {
	case err != nil:
		s.pageFault(w, r, err)
	case v == nil:
		s.fail(w, r, problemNotFound)
	default:
		title := cmp.Or(v.Title, v.Code)
		s.show(w, r, http.StatusOK, "project", title, title, v)
	}
}

// pageBody shows a legal person as the public sees it, whoever asks.
func (s *Server) pageBody(w http.ResponseWriter, r *http.Request) {
	b, err := s.cfg.Subjects.Body(r.Context(), r.PathValue("code"))
	if err != nil {
		s.pageFault(w, r, err)
		return
	}
	v := disclose.ViewBody(b, disclose.Reader{Audience: disclose.Public}, s.cfg.Clock())
	if v == nil {
		s.fail(w, r, problemNotFound)
		return
	}
	title := cmp.Or(v.Name, v.Code)
	s.show(w, r, http.StatusOK, "body", title, title, v)
}
