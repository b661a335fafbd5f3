package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/files"
	"mingjing/internal/standard"
)

// Files finds attachments; *files.Service is one.
type Files interface {
	// ByID returns a kept attachment, nil when there is none.
	ByID(ctx context.Context, id string) (*files.Kept, error)
	// ByDigest returns a platform's attachments with a SHA-256.
	ByDigest(ctx context.Context, origin, sha256 string) ([]*files.Kept, error)
}

type fileInput struct {
	ID string `path:"id" maxLength:"64" doc:"Id of the attachment, as its source was told"`
}

// The digest stands in the query, which no log line holds: it is a secret as
// long as the record that names it is.
type namedFileInput struct {
	Docket string `query:"docket" required:"true" maxLength:"200" doc:"Docket in which the record stands"`
	SHA256 string `query:"sha256" required:"true" pattern:"^[0-9a-fA-F]{64}$" patternDescription:"64 hex digits" doc:"SHA-256 by which the record names the file"`
}

func (s *Server) routesFiles() {
	op := func(id, path, summary string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: "/api/v1/files" + path, Summary: summary, Tags: []string{"dockets"},
			Description: "For whoever sees the record field that names it, once all its lots are opened. Always a download, never shown inline. 410 when its key was destroyed by law.",
			Errors:      []int{401, 404, 410, 422, 500, 503}, Security: []map[string][]string{{}, {"token": {}}},
			Responses: map[string]*huma.Response{"200": {
				Description: "The file", Content: map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
			}},
		}
	}
	huma.Register(s.api, op("get-file", "/{id}", "An attachment 附件"), s.getFile)
	huma.Register(s.api, op("get-named-file", "", "An attachment by the digest that a record names 按记录所载摘要取附件"), s.getNamedFile)
}

func (s *Server) getFile(ctx context.Context, in *fileInput) (*huma.StreamResponse, error) {
	return s.serveFile(ctx, func(at time.Time) (*files.Kept, *docket.Docket, error) { return s.fileByID(ctx, in.ID, at) })
}

func (s *Server) getNamedFile(ctx context.Context, in *namedFileInput) (*huma.StreamResponse, error) {
	return s.serveFile(ctx, func(at time.Time) (*files.Kept, *docket.Docket, error) {
		return s.fileByDigest(ctx, in.Docket, strings.ToLower(in.SHA256), at)
	})
}

// serveFile serves the attachment that find finds. Until it is known that the
// reader may know of it every answer is the same: not found.
func (s *Server) serveFile(ctx context.Context, find func(at time.Time) (*files.Kept, *docket.Docket, error)) (*huma.StreamResponse, error) {
	if s.cfg.Files == nil {
		return nil, notFound(ctx)
	}
	at := s.cfg.Clock()
	f, d, err := find(at)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if f == nil {
		return nil, notFound(ctx)
	}
	if err := s.noteFile(ctx, d, f, at); err != nil {
		return nil, s.fault(ctx, err)
	}
	body, err := f.Open(ctx, releasedIn(d, at))
	switch {
	case errors.Is(err, files.ErrShut):
		return nil, notFound(ctx)
	case errors.Is(err, files.ErrDestroyed):
		return nil, problemDestroyed.problem(requestID(ctx), "")
	case err != nil:
		return nil, s.fault(ctx, err)
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) { s.sendFile(hc, f, body) }}, nil
}

// noteFile notes that a file is read, where reading the field that names it is.
func (s *Server) noteFile(ctx context.Context, d *docket.Docket, f *files.Kept, at time.Time) error {
	if class := disclose.View(d, readerOf(ctx), at).NotedFile(f.Origin, f.Dataset, f.SHA256); class != "" {
		return s.note(ctx, d.ID, class)
	}
	return nil
}

// fileByID finds an attachment that the reader may know of, nil when there is none.
func (s *Server) fileByID(ctx context.Context, id string, at time.Time) (*files.Kept, *docket.Docket, error) {
	f, err := s.cfg.Files.ByID(ctx, id)
	if err != nil || f == nil {
		return nil, nil, err
	}
	d, err := s.docket(ctx, f.Tender)
	if err != nil || d == nil || !shows(d, disclose.View(d, readerOf(ctx), at), f, at) {
		return nil, nil, err
	}
	return f, d, nil
}

// fileByDigest is fileByID for a digest that a record of a docket names.
func (s *Server) fileByDigest(ctx context.Context, id, digest string, at time.Time) (*files.Kept, *docket.Docket, error) {
	d, err := s.docket(ctx, id)
	if err != nil || d == nil {
		return nil, nil, err
	}
	v := disclose.View(d, readerOf(ctx), at)
	if v == nil {
		return nil, nil, nil
	}
	for _, origin := range v.Origins {
		list, err := s.cfg.Files.ByDigest(ctx, origin, digest)
		if err != nil {
			return nil, nil, err
		}
		for _, f := range list {
			if shows(d, v, f, at) {
				return f, d, nil
			}
		}
	}
	return nil, nil, nil
}

// shows tells whether a view names an attachment of its docket all of whose
// lots are opened.
func shows(d *docket.Docket, v *disclose.Docket, f *files.Kept, at time.Time) bool {
	if f.Tender != d.ID || !v.Names(f.Origin, f.Dataset, f.SHA256) {
		return false
	}
	seal, vaults, err := f.Sealing()
	if err != nil {
		return false
	}
	open := releasedIn(d, at)
	for _, vault := range vaults {
		if !open(vault, seal) {
			return false
		}
	}
	return true
}

func releasedIn(d *docket.Docket, at time.Time) func(standard.Vault, standard.Seal) bool {
	return func(v standard.Vault, seal standard.Seal) bool { return disclose.Released(d, v, seal, at) }
}

// writeWithin bounds how long a reader may take for one piece of a file.
const writeWithin = time.Minute

// sendFile sends the file as a download. What breaks in the middle cuts the
// connection: the length was told, so that nobody takes a part for the whole.
func (s *Server) sendFile(hc huma.Context, f *files.Kept, body io.Reader) {
	hc.SetHeader("Content-Type", plainType(f.Type))
	hc.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileName(f)}))
	hc.SetHeader("Content-Length", fmt.Sprint(f.Size))
	hc.SetHeader("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'")
	hc.SetHeader("Cross-Origin-Resource-Policy", "same-origin")
	hc.SetStatus(http.StatusOK)
	w := hc.BodyWriter()
	buf := make([]byte, 1<<20)
	for {
		n, err := body.Read(buf)
		if n > 0 {
			_ = setWriteDeadline(w, time.Now().Add(writeWithin)) // not all writers can; then the server's own limit holds
			if _, err := w.Write(buf[:n]); err != nil {
				return // the reader went away
			}
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			s.cfg.Log.ErrorContext(hc.Context(), "file", "request_id", requestID(hc.Context()), "error", err)
			return // fewer bytes than were told: the connection is cut
		}
	}
}

func setWriteDeadline(w io.Writer, at time.Time) error {
	if rw, ok := w.(http.ResponseWriter); ok {
		return http.NewResponseController(rw).SetWriteDeadline(at)
	}
	return http.ErrNotSupported
}

// harmless media types are told as they were declared; of all others, and of
// all that a browser might run, only that they are bytes.
var harmless = regexp.MustCompile(`^(application/(pdf|msword|zip|gzip|x-7z-compressed|ofd|vnd\.(ms-[a-z]+|openxmlformats-officedocument\.[a-z.]+))|image/(png|jpeg|gif|tiff|webp)|audio/[a-z0-9.-]+|video/[a-z0-9.-]+|text/(plain|csv))$`)

func plainType(declared string) string {
	media, _, err := mime.ParseMediaType(declared)
	if err != nil || !harmless.MatchString(media) {
		return "application/octet-stream"
	}
	return media
}

func fileName(f *files.Kept) string {
	if f.Name == "" {
		return f.SHA256
	}
	return f.Name
}
