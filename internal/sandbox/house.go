package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/exchange"
	"mingjing/internal/exchange/signature"
	"mingjing/internal/standard"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

// Store is what the sandbox keeps and reads; *store.DB is one.
type Store interface {
	PutMeta(ctx context.Context, name string, value []byte) error
	// Meta returns a named value, nil when there is none.
	Meta(ctx context.Context, name string) ([]byte, error)
	Docket(ctx context.Context, id string) (*store.DocketRow, error)
	Findings(ctx context.Context, f store.FindingFilter) ([]store.FindingRow, error)
}

// Config is what a House stands on. All but Log is required.
type Config struct {
	Anchor  Anchor
	Wall    func() time.Time // the real clock
	Store   Store
	LogName string
	Unkind  Profile // of a vendor who does not say otherwise
	// Register keeps a new source and issues a token by which the vendor reads.
	Register func(ctx context.Context, src exchange.Source) (token string, err error)
	// Reader tells who an Authorization header stands for.
	Reader func(ctx context.Context, authorization string) (disclose.Reader, error)
	Log    *slog.Logger
}

// A House is the sandbox's own part: what a real house has not.
type House struct {
	Config
	profiles profiles
	limit    *rate.Limiter
}

// New returns the sandbox's part of a house.
func New(cfg Config) (*House, error) {
	if err := cfg.Anchor.Check(); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(cfg.LogName, LogPrefix) {
		return nil, fmt.Errorf("sandbox: 沙箱日志名须以 %s 开头 the log is called %q: a sandbox's begins with %q", LogPrefix, cfg.LogName, LogPrefix)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &House{Config: cfg, limit: rate.NewLimiter(rate.Every(2*time.Second), 30)}, nil
}

// Now is what the sandbox's clock shows.
func (h *House) Now() time.Time { return h.Anchor.At(h.Wall()) }

const profileMeta = "sandbox/profile/"

// profile is how a vendor is treated.
func (h *House) profile(ctx context.Context, source string) Profile {
	body, err := h.Store.Meta(ctx, profileMeta+source)
	var p Profile
	if err != nil || body == nil || json.Unmarshal(body, &p) != nil {
		return h.Unkind
	}
	return p
}

// Admit is the door's: it turns away, or lets wait, one request in so many of a
// vendor who is treated unkindly. See exchange.Deps.
func (h *House) Admit(w http.ResponseWriter, source string) (status, after int) {
	p := h.profile(context.Background(), source)
	if !p.Unkind {
		return 0, 0
	}
	d, n := h.profiles.draw(source, p.Seed)
	setDraw(w.Header(), p.Seed, n)
	if d.Status == 0 && d.Wait > 0 {
		time.Sleep(d.Wait)
	}
	return d.Status, d.After
}

// Wrap stands before the whole server: it says on every answer that this is a
// sandbox, and is unkind to the readers of lists too.
func (h *House) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(HeaderTime, h.Now().In(trade.Zone).Format(time.RFC3339))
		out := &unkindWriter{ResponseWriter: w}
		defer out.finish()
		if strings.HasPrefix(r.URL.Path, "/api/") {
			var turned bool
			if r, turned = h.read(out, r); turned {
				return
			}
		}
		next.ServeHTTP(out, r)
	})
}

// read is the draw for one request of the API, by its token. Pages of lists
// come small; whoever follows "next" gets all the same.
func (h *House) read(w http.ResponseWriter, r *http.Request) (*http.Request, bool) {
	reader, err := h.Reader(r.Context(), r.Header.Get("Authorization"))
	if err != nil || reader.Audience != disclose.Source {
		return r, false // the server says what is wrong; the public is treated kindly
	}
	p := h.profile(r.Context(), reader.ID)
	if !p.Unkind {
		return r, false
	}
	d, n := h.profiles.draw(reader.ID+" reading", p.Seed)
	setDraw(w.Header(), p.Seed, n)
	if d.Status != 0 {
		w.Header().Set("Retry-After", fmt.Sprint(d.After))
		problem(w, d.Status, "沙箱按设定拒绝了本次请求", "the sandbox turned this request away, as it was asked to", "按 Retry-After 等待后重发", "wait for Retry-After, then send again")
		return r, true
	}
	time.Sleep(d.Wait)
	q := r.URL.Query()
	if asked, err := strconv.Atoi(q.Get("limit")); err != nil || asked > d.Page {
		q.Set("limit", strconv.Itoa(d.Page))
	}
	small := r.Clone(r.Context())
	small.URL.RawQuery = q.Encode()
	return small, false
}

// unkindWriter writes JSON documents again in another order, where a draw was
// made for the request.
type unkindWriter struct {
	http.ResponseWriter
	status int
	body   []byte
	draw   *Draw
}

func (w *unkindWriter) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	h := w.Header()
	if seed, n := h.Get(HeaderSeed), h.Get(HeaderDraw); n != "" && oneDocument(h.Get("Content-Type")) {
		var s int64
		var i uint64
		if _, err := fmt.Sscan(seed+" "+n, &s, &i); err == nil {
			d := DrawAt(s, i)
			w.draw = &d
			return // the head follows with the body
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

// oneDocument says whether a body is one JSON document; a stream of them, or a
// file, is passed on as it is.
func oneDocument(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return kind == "application/json" || kind == "application/problem+json"
}

func (w *unkindWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.draw != nil {
		w.body = append(w.body, b...)
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

func (w *unkindWriter) finish() {
	if w.draw == nil {
		return
	}
	body := w.draw.shuffle(w.body)
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.ResponseWriter.WriteHeader(w.status)
	_, _ = w.ResponseWriter.Write(body) // the client went away: nothing to tell
}

// Unwrap lets http.ResponseController reach the connection.
func (w *unkindWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Mount puts the sandbox's own addresses on a mux.
func (h *House) Mount(mux *http.ServeMux) {
	mux.HandleFunc("POST /sandbox/v1/keys", h.keys)
	mux.HandleFunc("GET /sandbox/v1/sample", h.sample)
	mux.HandleFunc("GET /sandbox/v1/findings", h.findings)
	mux.HandleFunc("GET /sandbox", h.page)
}

// KeyRequest asks for a key. Every member may be left out.
type KeyRequest struct {
	Name      string              `json:"name"`       // of the vendor or system: a-z, 0-9, '-'
	Algorithm signature.Algorithm `json:"algorithm"`  // default ed25519
	PublicPEM string              `json:"public_pem"` // none: a key pair is made, for this sandbox only
	Region    string              `json:"region"`     // default 410000
	Unkind    *bool               `json:"unkind"`     // default: the sandbox's
	Seed      *int64              `json:"seed"`       // default: the sandbox's
}

// KeyAnswer is all that a vendor needs to send.
type KeyAnswer struct {
	Source     string              `json:"source"`
	KeyID      string              `json:"key_id"`
	Algorithm  signature.Algorithm `json:"algorithm"`
	Platform   string              `json:"platform"`              // platform code of its records
	PrivatePEM string              `json:"private_pem,omitempty"` // where a pair was made; good in this sandbox only
	Token      string              `json:"token"`                 // to read its own dockets and findings
	Log        string              `json:"log"`
	Profile    Profile             `json:"profile"`
	Factor     float64             `json:"factor"`
	Time       time.Time           `json:"time"` // what the sandbox's clock shows
	Next       map[string]string   `json:"next"`
}

const mostKeyRequest = 16 << 10

func (h *House) keys(w http.ResponseWriter, r *http.Request) {
	if !h.limit.AllowN(h.Wall(), 1) {
		w.Header().Set("Retry-After", "2")
		problem(w, http.StatusTooManyRequests, "申请密钥过于频繁", "too many keys are asked for", "稍后再试", "try again later")
		return
	}
	var in KeyRequest
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostKeyRequest))
	if err == nil && len(strings.TrimSpace(string(body))) > 0 {
		err = json.Unmarshal(body, &in)
	}
	if err != nil {
		problem(w, http.StatusBadRequest, "正文不是所需的 JSON", "the body is not the JSON that is asked for", `例如 {"name":"acme"}`, `send such as {"name":"acme"}`)
		return
	}
	answer, err := h.register(r.Context(), in)
	var bad *refusal
	switch {
	case errors.As(err, &bad):
		problem(w, http.StatusUnprocessableEntity, bad.zh, bad.en, "改正后重发", "mend it and send again")
	case err != nil:
		h.Log.ErrorContext(r.Context(), "sandbox: no key was given", "error", err)
		problem(w, http.StatusServiceUnavailable, "暂时无法登记", "nothing can be registered just now", "稍后再试", "try again later")
	default:
		write(w, http.StatusCreated, answer)
	}
}

type refusal struct{ zh, en string }

func (r *refusal) Error() string { return r.en }

func (h *House) register(ctx context.Context, in KeyRequest) (*KeyAnswer, error) {
	if in.Name == "" {
		in.Name = "vendor"
	}
	if len(in.Name) > 32 || strings.ContainsFunc(in.Name, func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' }) || in.Name[0] == '-' {
		return nil, &refusal{"name 只能是 1 至 32 位小写字母、数字和 -", "name is 1 to 32 of a-z, 0-9 and '-'"}
	}
	if in.Region == "" {
		in.Region = "410000"
	}
	if trade.RegionCode(in.Region) != in.Region {
		return nil, &refusal{"region 应为六位行政区划代码", "region is a GB/T 2260 code of six digits"}
	}
	if in.Algorithm == "" {
		in.Algorithm = signature.Ed25519
	}
	var id [5]byte
	if _, err := io.ReadFull(rand.Reader, id[:]); err != nil {
		return nil, err
	}
	mark := hex.EncodeToString(id[:])
	a := &KeyAnswer{
		Source: in.Name + "-" + mark, KeyID: exchange.SandboxKeyPrefix + in.Name + "-" + mark, Algorithm: in.Algorithm,
		Platform: platform(id), Log: h.LogName, Profile: h.Unkind, Factor: h.Anchor.Factor, Time: h.Now(),
	}
	if in.PublicPEM == "" {
		key, err := signature.GenerateKey(in.Algorithm, rand.Reader)
		if err != nil {
			return nil, &refusal{"algorithm 应为 ed25519、ecdsa-p256-sha256 或 sm2-sm3", "algorithm is ed25519, ecdsa-p256-sha256 or sm2-sm3"}
		}
		if a.PrivatePEM, err = key.PrivatePEM(); err != nil {
			return nil, err
		}
		if in.PublicPEM, err = key.PublicPEM(); err != nil {
			return nil, err
		}
	} else if _, err := signature.ParsePublicKey(in.Algorithm, in.PublicPEM); err != nil {
		return nil, &refusal{"public_pem 不是该算法的公钥（PEM SubjectPublicKeyInfo）", "public_pem is no public key of the algorithm (PEM SubjectPublicKeyInfo)"}
	}
	if in.Unkind != nil {
		a.Profile.Unkind = *in.Unkind
	}
	if in.Seed != nil {
		a.Profile.Seed = *in.Seed
	}
	profile, err := json.Marshal(a.Profile)
	if err != nil {
		return nil, err
	}
	if err := h.Store.PutMeta(ctx, profileMeta+a.Source, profile); err != nil {
		return nil, err
	}
	long := h.Wall().AddDate(-20, 0, 0) // standards have been in force since long; the key is in force at once
	a.Token, err = h.Register(ctx, exchange.Source{
		Name: a.Source, Kind: "sandbox", Region: in.Region, Platforms: []string{a.Platform}, State: exchange.Active,
		Standards: []exchange.Standard{{Version: "2.0", From: long}, {Version: "FJ", From: long}},
		Keys:      []exchange.Key{{ID: a.KeyID, Algorithm: in.Algorithm, PublicPEM: in.PublicPEM, From: h.Wall().Add(-signature.Window)}},
	})
	if err != nil {
		return nil, err
	}
	a.Next = map[string]string{
		"sample": "GET /sandbox/v1/sample?platform=" + a.Platform, "send": "POST /exchange/v1/batches", "check": "POST /exchange/v1/validate",
		"receipt": "GET /exchange/v1/receipts/{position}", "dockets": "GET /api/v1/dockets", "findings": "GET /sandbox/v1/findings", "guide": "/docs/sandbox",
	}
	return a, nil
}

// platform makes a platform code that no real body can have: its region is none.
func platform(id [5]byte) string {
	body := "12" + exchange.SandboxRegion + fmt.Sprintf("%09d", int64(id[0])<<24|int64(id[1])<<16|int64(id[2])<<8|int64(id[3])&0xff)[:9]
	body = body[:17]
	return body + string(trade.OrgCheck(body))
}

// mostSample bounds how many records a sample has.
const mostSample = 100

// sample gives a first batch of a platform: an invented tender of its own, whose
// notice is of today by the sandbox's clock, of its first data sets or of those
// that are asked for.
func (h *House) sample(w http.ResponseWriter, r *http.Request) {
	code := r.URL.Query().Get("platform")
	if !exchange.SandboxPlatform(code) || len(code) != 18 {
		problem(w, http.StatusUnprocessableEntity, "platform 应为本沙箱给出的平台编码", "platform is the code that this sandbox gave you", "先申请密钥", "ask for a key first")
		return
	}
	now := h.Now().In(trade.Zone)
	doc := exchange.BatchDocument{Platform: code}
	sets := trade.SplitCodes(r.URL.Query().Get("datasets"))
	if len(sets) == 0 {
		sets = []string{"500", "501", "502", "503"}
	}
	for _, no := range sets[:min(len(sets), mostSample)] {
		rec := standard.Example(no)
		if rec.Dataset == "" {
			problem(w, http.StatusUnprocessableEntity, "目录中没有该数据集", "the catalogue has no such data set", "见 /exchange/v1/datasets", "see /exchange/v1/datasets")
			return
		}
		t := retell{platform: code, days: int(trade.DayOf(now) - exampleDay), project: "E410105" + code[8:17] + "0"}
		fields := map[string]string{}
		for name, v := range rec.Fields {
			fields[name] = t.value(v)
		}
		revision := now.Format("20060102150405")
		if _, ok := fields["DATA_TIMESTAMP"]; ok {
			fields["DATA_TIMESTAMP"] = revision
		}
		doc.Records = append(doc.Records, exchange.RecordDocument{Dataset: no, Op: string(rec.Op), Key: no + "-" + code[8:17], Revision: revision, Fields: fields})
	}
	write(w, http.StatusOK, doc)
}

// exampleDay is the day on which the catalogue's invented tender is announced.
var exampleDay = trade.Date(2018, time.March, 1)

// retell turns the catalogue's invented tender into one of another platform and day.
type retell struct {
	platform, project string
	days              int
}

func (t retell) value(v string) string {
	for _, layout := range []string{"20060102150405", "20060102"} {
		if len(v) == len(layout) {
			if at, err := time.ParseInLocation(layout, v, trade.Zone); err == nil && at.Year() == exampleDay.Year() {
				return at.AddDate(0, 0, t.days).Format(layout)
			}
		}
	}
	old := standard.Example("501").Fields["TENDER_PROJECT_CODE"]
	v = strings.ReplaceAll(v, old[:17], t.project)
	return strings.ReplaceAll(v, standard.ExampleOrigin, t.platform)
}

// mostFindings bounds how many findings one request looks at.
const mostFindings = 1000

// findings shows a vendor what supervisors would be told of its dockets: of
// those only in which nobody else has a record, for a source must not learn of
// another's.
func (h *House) findings(w http.ResponseWriter, r *http.Request) {
	reader, err := h.Reader(r.Context(), r.Header.Get("Authorization"))
	if err != nil || reader.Audience != disclose.Source {
		w.Header().Set("WWW-Authenticate", "Bearer")
		problem(w, http.StatusUnauthorized, "需要申请密钥时给出的令牌", "the token that came with the key is needed", "Authorization: Bearer …", "Authorization: Bearer …")
		return
	}
	rows, err := h.Store.Findings(r.Context(), store.FindingFilter{Limit: mostFindings})
	out := struct {
		Items []detect.Finding `json:"items"`
	}{[]detect.Finding{}}
	dockets := map[string]*docket.Docket{}
	for i := 0; err == nil && i < len(rows); i++ {
		var f []detect.Finding
		f, err = h.finding(r.Context(), &rows[i], reader, dockets)
		out.Items = append(out.Items, f...)
	}
	if err != nil {
		h.Log.ErrorContext(r.Context(), "sandbox: findings", "error", err)
		problem(w, http.StatusServiceUnavailable, "暂时无法读取", "nothing can be read just now", "稍后再试", "try again later")
		return
	}
	write(w, http.StatusOK, out)
}

func (h *House) finding(ctx context.Context, row *store.FindingRow, reader disclose.Reader, known map[string]*docket.Docket) ([]detect.Finding, error) {
	d, ok := known[row.Docket]
	if !ok {
		stored, err := h.Store.Docket(ctx, row.Docket)
		if err != nil {
			return nil, err
		}
		if stored != nil {
			if d, err = docket.Decode(stored.Body); err != nil {
				return nil, err
			}
		}
		known[row.Docket] = d
	}
	if d == nil || len(d.Origins) == 0 || slices.ContainsFunc(d.Origins, func(o string) bool { return !slices.Contains(reader.Origins, o) }) {
		return nil, nil
	}
	var f detect.Finding
	if err := json.Unmarshal(row.Body, &f); err != nil {
		return nil, fmt.Errorf("stored finding of docket %q cannot be read", row.Docket)
	}
	return disclose.Findings([]detect.Finding{f}, d, disclose.Reader{Audience: disclose.Auditor}, h.Now()), nil
}

// problem answers with an RFC 9457 document in both languages.
func problem(w http.ResponseWriter, status int, zh, en, mendZH, mendEN string) {
	w.Header().Set("Content-Type", "application/problem+json")
	writeJSON(w, status, map[string]any{
		"type": "/docs/sandbox", "status": status, "title": en, "detail": zh, "mend": mendEN,
		"texts": []map[string]string{{"lang": "zh", "title": zh, "mend": mendZH}, {"lang": "en", "title": en, "mend": mendEN}},
	})
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	writeJSON(w, status, v)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // the client went away: nothing to tell
}

// round is a duration as people read it.
func round(d time.Duration) string {
	if d > time.Minute {
		return d.Round(time.Second).String()
	}
	return time.Duration(math.Round(float64(d)/1e6) * 1e6).String()
}
