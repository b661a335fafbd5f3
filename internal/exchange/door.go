package exchange

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"golang.org/x/time/rate"

	"mingjing/internal/exchange/signature"
	"mingjing/internal/files"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// Deps is what the door stands on.
type Deps struct {
	Sources    Sources
	Catalogue  *standard.Catalogue
	Ledger     Ledger
	Receipts   Receipts
	Quarantine Quarantine       // nil: bytes of refused records are not kept
	Feed       Feed             // nil: no feed is served
	Journal    *Journal         // nil: requests are not noted
	Clock      func() time.Time // by which records are received
	// Wall is the time by which signatures and keys hold and requests are
	// counted; nil: Clock. They differ in a sandbox only, where legal days pass
	// faster than the clocks of those who sign.
	Wall func() time.Time
	// Admit may turn away a request whose signature was accepted, before it is
	// read, as a busy door does: it returns 429 or 503 and the seconds to wait,
	// or 0. It may wait, and set headers. nil: none is turned away.
	Admit func(w http.ResponseWriter, source string) (status, after int)
	NewID func() string // a fresh request id
	Log   *slog.Logger
	// PublicURL is the address that clients see, such as
	// "https://exchange.example.gov.cn", when a proxy stands before the door:
	// signatures cover its scheme and host. Empty: as the request says.
	PublicURL    string
	Limits       Limits
	Files        *files.Service // attachments; nil: not taken
	Instructions Instructions   // what supervisors tell sources; nil: nothing
	Timeout      time.Duration  // for one batch to become durable; default 30 s
}

// receiptsPath is where receipts are asked for.
const receiptsPath = "/exchange/v1/receipts/{position}"

// door serves the addresses.
type door struct {
	Deps
	intake   Intake
	limits   Limits
	limiters limiters
	slots    chan struct{} // one a batch being worked on
	waiting  waiters
	public   *url.URL
}

// Mount puts the door's addresses on mux and describes them in api's OpenAPI
// document. The handlers read raw bodies, since a signature covers bytes.
func Mount(api huma.API, mux *http.ServeMux, deps Deps) error {
	d := &door{Deps: deps, limits: deps.Limits.withDefaults()}
	if d.Timeout == 0 {
		d.Timeout = 30 * time.Second
	}
	if d.Wall == nil {
		d.Wall = d.Clock
	}
	if d.PublicURL != "" {
		u, err := url.Parse(d.PublicURL)
		if err != nil || u.Host == "" {
			return errors.New("exchange: the public URL must have a scheme and a host")
		}
		d.public = u
	}
	d.intake = Intake{Catalogue: d.Catalogue, Ledger: d.Ledger, Quarantine: d.Quarantine, Clock: d.Clock}
	d.limiters = limiters{fallback: d.limits.Rate, of: map[string]*rate.Limiter{}}
	d.slots = make(chan struct{}, d.limits.InFlight)
	type address struct {
		method, path string
		handle       func(*call) *fault
	}
	for _, at := range []address{
		{http.MethodPost, "/exchange/v1/batches", d.batch([]*form{formJSON, formNDJSON}, false)},
		{http.MethodPost, "/exchange/v1/xml", d.batch([]*form{formXML}, false)},
		{http.MethodPost, "/exchange/v1/validate", d.batch([]*form{formJSON, formNDJSON, formXML}, true)},
		{http.MethodGet, receiptsPath, d.receipt},
		{http.MethodGet, "/exchange/v1/feed", d.feed},
		{http.MethodGet, "/exchange/v1/standards", d.standards},
		{http.MethodGet, "/exchange/v1/datasets", d.datasets},
	} {
		mux.HandleFunc(at.method+" "+at.path, d.serve(at.path, at.handle))
		mux.HandleFunc(at.path, d.serve("", func(c *call) *fault {
			c.w.Header().Set("Allow", at.method)
			return &fault{rule: ruleMethod}
		}))
	}
	for _, at := range []address{{http.MethodGet, instructionsPath, d.askInstructions}, {http.MethodPost, instructionsPath, d.answerInstruction}} {
		mux.HandleFunc(at.method+" "+at.path, d.serve(at.path, at.handle))
	}
	mux.HandleFunc(instructionsPath, d.serve("", func(c *call) *fault {
		c.w.Header().Set("Allow", "GET, HEAD, POST")
		return &fault{rule: ruleMethod}
	}))
	if d.Files != nil {
		if err := d.mountFiles(mux); err != nil {
			return err
		}
	}
	mux.HandleFunc("/exchange/", d.serve("", func(*call) *fault { return &fault{rule: ruleNoAddress} }))
	var attachments *files.Limits
	if d.Files != nil {
		l := d.Files.Limits()
		attachments = &l
	}
	describe(api, d.limits, attachments)
	return nil
}

// call is one request on its way.
type call struct {
	*http.Request
	w      http.ResponseWriter
	id     string
	source string // registered name once the signature was accepted
	route  string // as it is mounted, without its method
	status int
	idle   bool // nothing happened that is worth a line
	note   noting
}

// serve gives each request its id, turns faults into problem documents and
// notes what was done at a route; "" is none.
func (d *door) serve(route string, h func(*call) *fault) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{Request: r, w: w, id: d.NewID(), route: route, status: http.StatusOK}
		began := time.Now()
		w.Header().Set("X-Request-Id", c.id)
		defer func() {
			if p := recover(); p != nil {
				// The value of a panic may hold record content: it is not logged.
				d.Log.ErrorContext(r.Context(), "exchange: panic", "request_id", c.id, "path", r.URL.Path)
				d.refuse(c, &fault{rule: ruleInternal})
			}
		}()
		f := h(c)
		if f != nil {
			c.status = f.rule.status
			d.refuse(c, f)
		}
		if route != "" && !c.idle {
			d.journal(c, f, began)
		}
	}
}

func (d *door) refuse(c *call, f *fault) {
	level := slog.LevelInfo
	attrs := []any{"request_id", c.id, "rule", f.rule.id, "status", f.rule.status, "source", c.source, "path", c.URL.Path}
	if f.rule.status >= 500 {
		level = slog.LevelError
		attrs = append(attrs, "error", f.internal)
		if f.after == 0 {
			f.after = 5
		}
	}
	d.Log.Log(c.Context(), level, "exchange: refused", attrs...)
	if f.after > 0 {
		c.w.Header().Set("Retry-After", strconv.Itoa(f.after))
	}
	if f.rule.status == http.StatusUnauthorized {
		c.w.Header().Set("Accept-Signature", `sig1=("@method" "@path" "@query" "@authority" "content-digest" "content-type");created;keyid;alg`)
	}
	c.answer(f.rule.status, "application/problem+json", f.document(c.id, c.Header.Get("Accept-Language")))
}

// answer writes one JSON document.
func (c *call) answer(status int, contentType string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		// Only a defect of ours: all documents are plain structs.
		http.Error(c.w, "{}", http.StatusInternalServerError)
		return
	}
	h := c.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)+1))
	h.Set("Cache-Control", "no-store")
	c.w.WriteHeader(status)
	_, _ = c.w.Write(append(body, '\n')) // the client went away: nothing to tell
}

// batch takes one batch, or judges it without a trace.
func (d *door) batch(forms []*form, dry bool) func(*call) *fault {
	return func(c *call) *fault {
		form, f := formOf(c.Header, forms)
		if f != nil {
			return f
		}
		gzipped, f := encodingOf(c.Header)
		if f != nil {
			return f
		}
		in, f := d.receive(c, d.limits.Body)
		if f != nil {
			return f
		}
		defer in.done()
		ctx, src, ev, body := in.ctx, in.source, in.evidence, in.body
		if gzipped {
			if body, f = gunzip(in.body, d.limits.Decompressed); f != nil {
				return f
			}
		}
		batch, err := form.decode(body)
		if err != nil {
			return d.undecodable(ctx, src, ev, body, dry, err)
		}
		if batch.Origin == "" {
			batch.Origin = c.Header.Get("Mingjing-Platform")
		}
		if n := len(batch.Items); n > d.limits.Records {
			return tooMany(d.limits.Records)
		} else if n == 0 {
			return &fault{rule: ruleEmpty}
		}
		c.note.Dry, c.note.Bytes = dry, len(in.body)
		all, err := d.intake.take(ctx, src, batch, ev, dry)
		if err != nil {
			return &fault{rule: ruleStoreDown, internal: err}
		}
		if d.Journal != nil {
			c.note.took(all, src.Name, trade.DayOf(d.Clock()))
		}
		out := BatchAnswer{RequestID: c.id, DryRun: dry, Source: src.Name, Answers: answers(all)}
		out.count()
		d.Log.DebugContext(ctx, "exchange: batch", "request_id", c.id, "source", src.Name, "dry", dry,
			"accepted", out.Accepted, "duplicate", out.Duplicate, "refused", out.Refused)
		c.answer(http.StatusOK, "application/json", &out)
		return nil
	}
}

// received is a signed request whose body has arrived and that has a place
// among those worked on, until done is called.
type received struct {
	ctx      context.Context // ends when the request has taken its time
	source   *Source
	evidence *ledger.Evidence
	body     []byte
	done     func()
}

// receive takes in a request with a body: who sent it, what they signed, and a
// place. Unsigned requests are turned away before their body is read.
func (d *door) receive(c *call, limit int64) (*received, *fault) {
	if _, _, err := signature.Parse(c.Header); err != nil {
		return nil, signatureFault(err)
	}
	d.readWithin(c)
	body, f := readBody(c.w, c.Request, limit)
	if f != nil {
		return nil, f
	}
	ctx, cancel := context.WithTimeout(c.Context(), d.Timeout)
	src, ev, f := d.authenticate(ctx, c, body)
	if f != nil {
		cancel()
		return nil, f
	}
	select {
	case d.slots <- struct{}{}:
	case <-ctx.Done():
		cancel()
		return nil, &fault{rule: ruleBusy, after: 2}
	}
	return &received{ctx, src, ev, body, func() { <-d.slots; cancel() }}, nil
}

// asker finds who asks by a signed request without a body.
func (d *door) asker(c *call) (*Source, *fault) {
	if _, _, err := signature.Parse(c.Header); err != nil {
		return nil, signatureFault(err)
	}
	body, f := readBody(c.w, c.Request, 1)
	if f != nil {
		return nil, f
	}
	src, _, f := d.authenticate(c.Context(), c, body)
	return src, f
}

// readWithin bounds how long a body may take to come: a slow sender holds its
// own connection, never a place of those whose body has arrived.
func (d *door) readWithin(c *call) {
	_ = http.NewResponseController(c.w).SetReadDeadline(time.Now().Add(d.Timeout)) // not all writers can; then the server's own limit holds
}

// undecodable keeps a signed body that is no batch, and says so. The decoder's
// words name a place in the body, never its content.
func (d *door) undecodable(ctx context.Context, src *Source, ev *ledger.Evidence, body []byte, dry bool, err error) *fault {
	var limit *standard.LimitError
	if errors.As(err, &limit) {
		if limit.What == "records" {
			return tooMany(int(limit.Limit))
		}
		return &fault{rule: ruleTooLarge, en: fmt.Sprintf("the batch has more than %d %s", limit.Limit, limit.What)}
	}
	if !dry {
		q := quarantined(src, ev, d.Clock(), body, nil)
		q.Rule = ruleUndecodable.id
		if kept := d.intake.keep(ctx, []Quarantined{q}); kept != nil {
			return &fault{rule: ruleStoreDown, internal: kept}
		}
	}
	f := &fault{rule: ruleUndecodable}
	var bad *standard.BatchError
	if errors.As(err, &bad) {
		f.zh = fmt.Sprintf("第 %d 字节处:%s", bad.Offset, bad.ZH)
		f.en = fmt.Sprintf("at byte %d: %s", bad.Offset, bad.EN)
	}
	return f
}

// authenticate verifies the signature over the body as sent, then asks whether
// the source may send now.
func (d *door) authenticate(ctx context.Context, c *call, sent []byte) (*Source, *ledger.Evidence, *fault) {
	now := d.Wall()
	m := d.message(c.Request)
	var src *Source
	var down error
	v, err := signature.Verify(&m, sent, now, func(keyID string) (signature.PublicKey, bool) {
		s, key, public, err := d.Sources.ByKey(ctx, keyID)
		if err != nil {
			down = err
			return signature.PublicKey{}, false
		}
		if s == nil || !key.inForce(now) {
			return signature.PublicKey{}, false
		}
		src = s
		return public, true
	})
	if down != nil {
		return nil, nil, &fault{rule: ruleStoreDown, internal: down}
	}
	if err != nil {
		return nil, nil, signatureFault(err)
	}
	c.source = src.Name
	if !src.shows(c.Request) {
		return nil, nil, &fault{rule: ruleCertificate}
	}
	if src.State != Active {
		return nil, nil, &fault{rule: rulePaused, after: 3600}
	}
	if seconds, limited := d.limiters.wait(src, now); limited {
		return nil, nil, &fault{rule: ruleRate, after: seconds}
	}
	if d.Admit != nil {
		switch status, after := d.Admit(c.w, src.Name); status {
		case http.StatusTooManyRequests:
			return nil, nil, &fault{rule: ruleRate, after: after}
		case http.StatusServiceUnavailable:
			return nil, nil, &fault{rule: ruleBusy, after: after}
		}
	}
	return src, &ledger.Evidence{
		ContentType: c.Header.Get("Content-Type"), Body: sent, Base: v.Base, Signature: v.Signature,
		Algorithm: string(v.Input.Algorithm), KeyID: v.Input.KeyID,
	}, nil
}

// message is the request as its client signed it.
func (d *door) message(r *http.Request) signature.Message {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	if d.public == nil {
		return signature.Request(r, scheme)
	}
	seen := *r
	seen.Host = d.public.Host
	return signature.Request(&seen, d.public.Scheme)
}

func signatureFault(err error) *fault {
	var e *signature.Error
	if !errors.As(err, &e) {
		return &fault{rule: ruleInternal, internal: err}
	}
	of := map[signature.Code]*rule{
		signature.Unsigned: ruleUnsigned, signature.Malformed: ruleMalformed, signature.Uncovered: ruleUncovered,
		signature.Untimely: ruleUntimely, signature.Digest: ruleDigest, signature.Rejected: ruleRejected,
	}
	f := &fault{rule: of[e.Code], field: e.Component, en: e.Text, base: string(e.Base)}
	switch e.Code {
	case signature.Uncovered:
		f.zh = fmt.Sprintf("签名缺少 %q", e.Component)
	case signature.Malformed:
		f.zh = fmt.Sprintf("%q 无法解析,或使用了不支持的写法", e.Component)
	case signature.Untimely:
		f.zh = fmt.Sprintf("签名参数 %q 超出允许的 %s", e.Component, signature.Window)
	case signature.Digest:
		f.zh = "Content-Digest 缺失、不含 sha-256 或 sha-512,或与收到的正文不符"
	case signature.Rejected:
		f.zh = "密钥编号不在有效之列,或签名与请求不符"
	}
	return f
}
