package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	tus "github.com/tus/tusd/v2/pkg/handler"
	tuslog "golang.org/x/exp/slog"

	"mingjing/internal/files"
	"mingjing/internal/ledger"
	"mingjing/internal/trade"
)

// filesPath is where attachments come in.
const filesPath = "/exchange/v1/files"

// tusType is the content type of bytes by the tus protocol.
const tusType = "application/offset+octet-stream"

// attachments speaks tus (https://tus.io/protocols/resumable-upload, 1.0.0) for
// the door: tusd reads the protocol, the door signs in, files keeps.
type attachments struct {
	d      *door
	limits files.Limits
	tus    http.Handler
}

// mountFiles puts the addresses of attachments on mux.
func (d *door) mountFiles(mux *http.ServeMux) error {
	a := &attachments{d: d, limits: d.Files.Limits()}
	composer := tus.NewStoreComposer()
	composer.UseCore(tusStore{d.Files})
	composer.UseTerminater(tusStore{d.Files})
	h, err := tus.NewUnroutedHandler(tus.Config{
		StoreComposer: composer, BasePath: filesPath + "/", MaxSize: a.limits.Size, DisableDownload: true,
		Cors:   &tus.CorsConfig{Disable: true},
		Logger: tuslog.New(tuslog.NewTextHandler(io.Discard, nil)), // the door logs, and never a value
	})
	if err != nil {
		return fmt.Errorf("exchange: %w", err)
	}
	a.tus = h.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPost:
			h.PostFile(w, r)
		case http.MethodHead:
			h.HeadFile(w, r)
		case http.MethodPatch:
			h.PatchFile(w, r)
		case http.MethodDelete:
			h.DelFile(w, r)
		}
	}))
	for path, methods := range map[string][]string{filesPath: {"POST"}, filesPath + "/{id}": {"HEAD", "PATCH", "DELETE"}} {
		for _, m := range methods {
			mux.HandleFunc(m+" "+path, d.serve(path, a.take))
		}
		mux.HandleFunc("OPTIONS "+path, d.serve("", a.options))
		mux.HandleFunc(path, d.serve("", func(c *call) *fault {
			c.w.Header().Set("Allow", strings.Join(append(methods, "OPTIONS"), ", "))
			return &fault{rule: ruleMethod}
		}))
	}
	return nil
}

// options tells, unsigned, what of the protocol is spoken here.
func (a *attachments) options(c *call) *fault {
	out := &tusAnswer{ResponseWriter: c.w, header: http.Header{}}
	a.tus.ServeHTTP(out, c.Request)
	out.header.Set("Tus-Extension", out.header.Get("Tus-Extension")+",expiration")
	out.send(http.StatusOK)
	return nil
}

// An upload call is what the request says beside the protocol. It travels in
// the context, which tusd keeps for some seconds: body is taken out at the end.
type uploadCall struct {
	source   *Source
	evidence *ledger.Evidence
	body     []byte
	fault    *fault
	upload   *files.Upload
}

type uploadKey struct{}

func uploadOf(ctx context.Context) *uploadCall {
	u, _ := ctx.Value(uploadKey{}).(*uploadCall)
	return u
}

// take authenticates one request and hands it to the protocol. Bytes count when
// the whole part has come and fits its signed digest; what a broken connection
// leaves of it is nothing.
func (a *attachments) take(c *call) *fault {
	d := a.d
	limit := int64(1)
	if c.Method == http.MethodPost || c.Method == http.MethodPatch {
		limit = a.limits.Chunk
	}
	in, f := d.receive(c, limit)
	if f != nil {
		return f
	}
	defer in.done()
	u := &uploadCall{source: in.source, evidence: in.evidence, body: in.body}
	defer func() { u.body = nil }()
	r := c.Clone(context.WithValue(in.ctx, uploadKey{}, u))
	// The method is what was signed, and only tus 1.0.0 is spoken.
	for _, name := range []string{"X-Http-Method-Override", "Upload-Concat", "Upload-Draft-Interop-Version"} {
		r.Header.Del(name)
	}
	r.URL.Path = "/" + c.PathValue("id")
	r.Body, r.ContentLength = http.NoBody, int64(len(in.body))
	out := &tusAnswer{ResponseWriter: c.w, header: http.Header{}}
	a.tus.ServeHTTP(out, r)
	if out.status >= 400 {
		c.w.Header().Set("Tus-Resumable", "1.0.0")
		if u.upload != nil && c.Method == http.MethodPost && u.fault != nil && u.fault.rule != ruleFileDigest {
			c.w.Header().Set("Location", filesPath+"/"+u.upload.ID()) // made, though its first bytes were not taken
		}
		if u.fault != nil {
			return u.fault
		}
		return a.translate(out)
	}
	if out.header.Get("Location") != "" {
		out.header.Set("Location", filesPath+"/"+u.upload.ID()) // as it is seen from everywhere
	}
	if u.upload != nil && c.Method != http.MethodDelete {
		if position, ok := u.upload.Kept(); ok {
			out.header.Set("Mingjing-Log-Position", strconv.FormatInt(position, 10))
		} else {
			out.header.Set("Upload-Expires", u.upload.Expires().UTC().Format(http.TimeFormat))
		}
	}
	out.header.Set("Cache-Control", "no-store")
	d.Log.DebugContext(in.ctx, "exchange: attachment", "request_id", c.id, "source", in.source.Name, "method", c.Method, "bytes", len(in.body), "status", out.status)
	out.send(out.status)
	return nil
}

// translate turns an error of the protocol into a rule of the door.
func (a *attachments) translate(out *tusAnswer) *fault {
	code, _, _ := strings.Cut(out.body.String(), ":")
	switch code {
	case "ERR_UPLOAD_NOT_FOUND":
		return &fault{rule: ruleNoUpload}
	case "ERR_MAX_SIZE_EXCEEDED":
		return a.tooLarge()
	case "ERR_UPLOAD_SIZE_EXCEEDED":
		return &fault{rule: ruleFileBeyond, field: "upload-offset"}
	case "ERR_MISMATCHED_OFFSET":
		return &fault{rule: ruleFileOffset, field: "upload-offset"}
	case "ERR_UNSUPPORTED_VERSION":
		return &fault{rule: ruleTus, field: "tus-resumable"}
	case "ERR_INVALID_UPLOAD_LENGTH", "ERR_AMBIGUOUS_UPLOAD_LENGTH", "ERR_INVALID_UPLOAD_LENGTH_DEFER", "ERR_NOT_IMPLEMENTED":
		return &fault{rule: ruleTus, field: "upload-length"}
	case "ERR_INVALID_OFFSET":
		return &fault{rule: ruleTus, field: "upload-offset"}
	case "ERR_INVALID_CONTENT_TYPE":
		return &fault{rule: ruleTus, field: "content-type"}
	}
	if out.status == http.StatusNotFound { // to a HEAD the protocol tells no more
		return &fault{rule: ruleNoUpload}
	}
	return &fault{rule: ruleInternal, internal: fmt.Errorf("tus: status %d, %q", out.status, code)}
}

func (a *attachments) tooLarge() *fault {
	return &fault{
		rule: ruleFileTooLarge, field: "upload-length",
		zh: fmt.Sprintf("一个附件至多 %d 字节", a.limits.Size), en: fmt.Sprintf("an attachment has at most %d bytes", a.limits.Size),
	}
}

// tusAnswer holds an answer back until it is known whether it is an error.
type tusAnswer struct {
	http.ResponseWriter
	header http.Header
	status int
	body   strings.Builder
}

// Header implements http.ResponseWriter.
func (t *tusAnswer) Header() http.Header { return t.header }

// WriteHeader implements http.ResponseWriter.
func (t *tusAnswer) WriteHeader(status int) { t.status = status }

// Write implements http.ResponseWriter.
func (t *tusAnswer) Write(b []byte) (int, error) { return t.body.Write(b) }

// Unwrap lets the protocol set deadlines.
func (t *tusAnswer) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (t *tusAnswer) send(status int) {
	for name, values := range t.header {
		t.ResponseWriter.Header()[name] = values
	}
	t.ResponseWriter.WriteHeader(status)
}

// declared reads what a source says of a new attachment in Upload-Metadata.
func declared(u *uploadCall, meta map[string]string, size int64) (files.Declared, *fault) {
	out := files.Declared{
		Origin: strings.TrimSpace(meta["platform"]), Dataset: strings.TrimSpace(meta["dataset"]), Tender: meta["tender"], Lots: trade.SplitCodes(meta["lot"]),
		SHA256: meta["sha256"], Size: size, Name: meta["filename"], Type: meta["filetype"],
		KeyID: u.evidence.KeyID, Algorithm: u.evidence.Algorithm, Signed: u.evidence.Base, Signature: u.evidence.Signature,
	}
	if out.Origin == "" && len(u.source.Platforms) == 1 {
		out.Origin = u.source.Platforms[0]
	}
	if !u.source.Owns(out.Origin) {
		return out, &fault{rule: ruleDeclared, field: "platform", zh: "须写明本来源登记的平台代码", en: "name a platform code that is registered for this source"}
	}
	return out, nil
}

// tusStore lets the protocol work on files.
type tusStore struct{ files *files.Service }

// tusUpload is one upload in one request.
type tusUpload struct {
	call   *uploadCall
	files  *files.Service
	upload *files.Upload
}

// NewUpload implements tus.DataStore.
func (s tusStore) NewUpload(ctx context.Context, info tus.FileInfo) (tus.Upload, error) {
	call := uploadOf(ctx)
	d, f := declared(call, info.MetaData, info.Size)
	if f != nil {
		return nil, call.refuse(f)
	}
	u, err := s.files.Begin(ctx, call.source.Name, d)
	if err != nil {
		return nil, call.failed(s.files, err)
	}
	call.upload = u
	return &tusUpload{call, s.files, u}, nil
}

// GetUpload implements tus.DataStore.
func (s tusStore) GetUpload(ctx context.Context, id string) (tus.Upload, error) {
	call := uploadOf(ctx)
	u, err := s.files.Find(ctx, call.source.Name, id)
	if err != nil {
		return nil, call.failed(s.files, err)
	}
	call.upload = u
	return &tusUpload{call, s.files, u}, nil
}

// AsTerminatableUpload implements tus.TerminaterDataStore.
func (s tusStore) AsTerminatableUpload(u tus.Upload) tus.TerminatableUpload {
	return u.(*tusUpload)
}

// GetInfo implements tus.Upload. What was declared is not told again, not even
// to its source.
func (t *tusUpload) GetInfo(context.Context) (tus.FileInfo, error) {
	return tus.FileInfo{ID: t.upload.ID(), Size: t.upload.Size(), Offset: t.upload.Offset()}, nil
}

// WriteChunk implements tus.Upload: the part is the request's verified body.
func (t *tusUpload) WriteChunk(ctx context.Context, offset int64, _ io.Reader) (int64, error) {
	part := t.call.body
	if err := t.upload.Append(ctx, offset, part); err != nil {
		return 0, t.call.failed(t.files, err)
	}
	return int64(len(part)), nil
}

// FinishUpload implements tus.Upload. The last part has finished the file; only
// an empty one has none.
func (t *tusUpload) FinishUpload(ctx context.Context) error {
	if _, ok := t.upload.Kept(); ok || t.upload.Size() > 0 || t.call.fault != nil {
		return nil
	}
	if err := t.upload.Append(ctx, 0, nil); err != nil {
		return t.call.failed(t.files, err)
	}
	return nil
}

// GetReader implements tus.Upload: nobody reads through this door.
func (t *tusUpload) GetReader(context.Context) (io.ReadCloser, error) {
	return nil, tus.ErrNotImplemented
}

// Terminate implements tus.TerminatableUpload.
func (t *tusUpload) Terminate(ctx context.Context) error {
	if err := t.files.Abandon(ctx, t.call.source.Name, t.upload.ID()); err != nil {
		return t.call.failed(t.files, err)
	}
	return nil
}

// refuse notes the fault for the door; to the protocol it is only a status.
func (u *uploadCall) refuse(f *fault) error {
	u.fault = f
	return tus.NewError(f.rule.id, f.rule.en, f.rule.status)
}

// failed turns an error of files into the fault that it is.
func (u *uploadCall) failed(s *files.Service, err error) error {
	limits := s.Limits()
	var bad *files.DeclareError
	switch {
	case errors.As(err, &bad):
		return u.refuse(&fault{rule: ruleDeclared, field: bad.Field, zh: bad.ZH, en: bad.EN})
	case errors.Is(err, files.ErrNone):
		return u.refuse(&fault{rule: ruleNoUpload})
	case errors.Is(err, files.ErrTooLarge):
		return u.refuse((&attachments{limits: limits}).tooLarge())
	case errors.Is(err, files.ErrQuota):
		return u.refuse(&fault{
			rule: ruleFileQuota, after: 60,
			zh: fmt.Sprintf("一个来源至多 %d 个未完成的上传，合计至多 %d 字节；未完成者 %s 后作废", limits.Unfinished, limits.Bytes, limits.Age),
			en: fmt.Sprintf("a source has at most %d unfinished uploads of together %d bytes; an unfinished one ends after %s", limits.Unfinished, limits.Bytes, limits.Age),
		})
	case errors.Is(err, files.ErrOffset):
		return u.refuse(&fault{rule: ruleFileOffset, field: "upload-offset"})
	case errors.Is(err, files.ErrBeyond):
		return u.refuse(&fault{rule: ruleFileBeyond, field: "upload-offset"})
	case errors.Is(err, files.ErrSmall):
		return u.refuse(&fault{
			rule: ruleFileSmall,
			zh:   fmt.Sprintf("除最后一段外，每段至少 %d 字节", limits.MinChunk), en: fmt.Sprintf("every part but the last has at least %d bytes", limits.MinChunk),
		})
	case errors.Is(err, files.ErrDigest):
		return u.refuse(&fault{rule: ruleFileDigest, field: "sha256", internal: err})
	case errors.Is(err, files.ErrKept):
		return u.refuse(&fault{rule: ruleFileKept})
	}
	return u.refuse(&fault{rule: ruleStoreDown, internal: err})
}
