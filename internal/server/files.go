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
	ID     string `path:"id" maxLength:"64" doc:"Id of the attachment, or its SHA-256 as the record names it; then docket is needed"`
	Docket string `query:"docket" maxLength:"200" doc:"Docket in which the record stands; with a SHA-256 only"`
}

func (s *Server) routesFiles() {
	op := huma.Operation{
		OperationID: "get-file", Method: http.MethodGet, Path: "/api/v1/files/{id}", Summary: "An attachment 附件", Tags: []string{"dockets"},
		Description: "For whoever sees the record field that names it, once all its lots are opened. Always a download, never shown inline. 410 when its key was destroyed by law.",
		Errors:      []int{401, 404, 410, 422, 500, 503}, Security: []map[string][]string{{}, {"token": {}}},
		Responses: map[string]*huma.Response{"200": {
			Description: "The file", Content: map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
		}},
	}
	huma.Register(s.api, op, s.getFile)
}

var sha256Hex = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)

// getFile serves one attachment. Until it is known that the reader may know of
// it every answer is the same: not found.
func (s *Server) getFile(ctx context.Context, in *fileInput) (*huma.StreamResponse, error) {
	if s.cfg.Files == nil {
		return nil, notFound(ctx)
	}
	f, open, err := s.file(ctx, readerOf(ctx), in)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if f == nil {
		return nil, notFound(ctx)
	}
	body, err := f.Open(ctx, open)
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

// file finds an attachment that the reader may know of, nil when there is none.
func (s *Server) file(ctx context.Context, r disclose.Reader, in *fileInput) (*files.Kept, func(standard.Vault, standard.Seal) bool, error) {
	at := s.cfg.Clock()
	if !sha256Hex.MatchString(in.ID) {
		f, err := s.cfg.Files.ByID(ctx, in.ID)
		if err != nil || f == nil {
			return nil, nil, err
		}
		d, err := s.docket(ctx, f.Tender)
		if err != nil || d == nil || !shows(d, disclose.View(d, r, at), f, at) {
			return nil, nil, err
		}
		return f, releasedIn(d, at), nil
	}
	d, err := s.docket(ctx, in.Docket)
	if err != nil || d == nil {
		return nil, nil, err
	}
	v := disclose.View(d, r, at)
	if v == nil {
		return nil, nil, nil
	}
	for _, origin := range v.Origins {
		list, err := s.cfg.Files.ByDigest(ctx, origin, strings.ToLower(in.ID))
		if err != nil {
			return nil, nil, err
		}
		for _, f := range list {
			if shows(d, v, f, at) {
				return f, releasedIn(d, at), nil
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
