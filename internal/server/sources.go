package server

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/exchange"
	"mingjing/internal/exchange/signature"
	"mingjing/internal/identity"
	"mingjing/internal/standard"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

// Vendors is the register of trading systems; the program's own stands in cmd.
type Vendors interface {
	List(ctx context.Context) ([]*exchange.Source, error)
	// Change reads a source, lets change work on it and registers it again; the
	// act is appended to the log in the person's name. Errors of change come back
	// as they are, those of the register wrap ErrRegister.
	Change(ctx context.Context, name string, who identity.Identity, change func(*exchange.Source) error) (*exchange.Source, error)
}

// ErrRegister means that the register did not take a source; the text says why.
var ErrRegister = errors.New("not registered")

// When a system is live, quiet or silent: by the time since its last request.
// Nights are quiet, weekends too; three days are not.
const (
	liveFor  = time.Hour
	quietFor = detect.SilentAfter
	// sourceDays is how far back volume and quality are counted.
	sourceDays = 30
)

// SourceHead is one trading system in a list. Nothing in it counts records of
// sealed data sets.
type SourceHead struct {
	Name       string     `json:"name"`
	Kind       string     `json:"kind"`
	Region     string     `json:"region" doc:"GB/T 2260"`
	RegionName string     `json:"region_name,omitempty"`
	Platforms  []string   `json:"platforms" doc:"Platform codes whose records it owns"`
	State      string     `json:"state" enum:"live,quiet,silent,refusing,never" doc:"live: a request within the hour; quiet: within three days; silent: not; refusing: paused by the office, or its last request was not taken; never: none yet"`
	Paused     bool       `json:"paused,omitempty" doc:"By the office"`
	Seen       *time.Time `json:"seen,omitempty" doc:"Last request that tells of more than sealed records"`
	Status     int        `json:"status,omitempty" doc:"What that was answered"`
	Rule       string     `json:"rule,omitempty" doc:"Rule of the door, when it was not taken"`
	Today      int64      `json:"today" doc:"Records of open data sets received today"`
	Records    int64      `json:"records" doc:"… in 30 days"`
	Defective  int64      `json:"defective" doc:"Of these, with defects"`
	Refused    int64      `json:"refused" doc:"Broken rules of records that were not taken and lie in quarantine, in 30 days"`
}

// SourceList are the trading systems that this reader may look at.
type SourceList struct {
	Items []SourceHead `json:"items"`
	Days  int          `json:"days" doc:"How many days are counted"`
}

// SourceDay is what came on a day.
type SourceDay struct {
	Day       string `json:"day" doc:"yyyy-mm-dd, +08:00"`
	Records   int64  `json:"records"`
	Defective int64  `json:"defective"`
}

// SourceRule is how often a rule was broken.
type SourceRule struct {
	Rule    string `json:"rule"`
	Refused bool   `json:"refused" doc:"The records were not taken: they lie in quarantine"`
	Records int64  `json:"records"`
	ZH      string `json:"zh" doc:"What must hold"`
	EN      string `json:"en"`
	MendZH  string `json:"mend_zh"`
	MendEN  string `json:"mend_en"`
}

// SourceDataset is how good the records of a data set are.
type SourceDataset struct {
	Dataset   string `json:"dataset"`
	ZH        string `json:"zh"`
	EN        string `json:"en"`
	Records   int64  `json:"records"`
	Defective int64  `json:"defective"`
}

// SourceStandard is a version of the data standard by which a source sends.
type SourceStandard struct {
	Version string     `json:"version"`
	From    time.Time  `json:"from"`
	To      *time.Time `json:"to,omitempty" doc:"Absent: until further notice"`
	Now     bool       `json:"now" doc:"In force"`
}

// SourceKey is a public key of a source.
type SourceKey struct {
	ID          string     `json:"id"`
	Algorithm   string     `json:"algorithm" enum:"ed25519,ecdsa-p256-sha256,sm2-sm3"`
	Fingerprint string     `json:"fingerprint" doc:"SHA-256 of the public key (SubjectPublicKeyInfo), hex"`
	From        time.Time  `json:"from"`
	To          *time.Time `json:"to,omitempty" doc:"Absent: without end"`
	State       string     `json:"state" enum:"valid,future,ended"`
	Seen        *time.Time `json:"seen,omitempty" doc:"Last request that named it, of those that are listed"`
}

// SourceDetail is one trading system.
type SourceDetail struct {
	SourceHead
	Volume    []SourceDay      `json:"volume" doc:"30 days, today last"`
	Rules     []SourceRule     `json:"rules" doc:"The most frequent first; records of open data sets only, and never a value"`
	Datasets  []SourceDataset  `json:"datasets" doc:"The most defective first"`
	Standards []SourceStandard `json:"standards"`
	Keys      []SourceKey      `json:"keys,omitempty" doc:"For its own staff, the office and administrators"`
	Own       bool             `json:"own" doc:"This reader is of its own staff"`
	MayChange bool             `json:"may_change" doc:"This reader may add and end keys"`
}

type sourceInput struct {
	Name string `path:"name" maxLength:"64"`
}

type newKeyInput struct {
	Name string `path:"name" maxLength:"64"`
	Body struct {
		ID        string    `json:"id" minLength:"1" maxLength:"64" pattern:"^[A-Za-z0-9._-]+$" patternDescription:"letters, digits, '.', '_' and '-'" doc:"Of no other key of any source"`
		Algorithm string    `json:"algorithm" enum:"ed25519,ecdsa-p256-sha256,sm2-sm3"`
		PublicPEM string    `json:"public_pem" minLength:"1" maxLength:"4000" doc:"-----BEGIN PUBLIC KEY-----…"`
		Until     time.Time `json:"until,omitzero" doc:"When it ends; default: in a year, at most three"`
	}
}

type endKeyInput struct {
	Name string `path:"name" maxLength:"64"`
	Key  string `path:"key" maxLength:"64"`
}

func (s *Server) routesSources() {
	op := func(method, path, id, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/sources" + path, Summary: summary, Description: description, Tags: []string{"sources"},
			Errors: []int{401, 403, 404, 422, 500, 503}, Security: []map[string][]string{{"token": {}}},
		}
	}
	huma.Register(s.api, op(http.MethodGet, "", "list-sources", "Trading systems 交易系统",
		"The office, administrators and auditors see all, supervisors those of their regions, a system's staff its own. Records of sealed data sets are counted nowhere."), s.listSources)
	huma.Register(s.api, op(http.MethodGet, "/{name}", "get-source", "A trading system 交易系统详情", "Volume by day, broken rules, quality by data set, versions of the standard."), s.getSource)
	huma.Register(s.api, op(http.MethodGet, "/{name}/requests", "list-requests", "Its requests 请求日志",
		"Those of 30 days, the newest first, for its own staff, the office and administrators. A request that told of sealed records only stands in no list, for their number would tell how many bid: its own staff finds it by its id."), s.listRequests)
	huma.Register(s.api, op(http.MethodGet, "/{name}/requests/{id}", "get-request", "A request 一次请求", "By the request id that the answer carried. For its own staff; others find listed ones only."), s.getRequest)
	huma.Register(s.api, op(http.MethodGet, "/{name}/connection", "test-connection", "Connection test 连接检测", "Step by step, from what reached this side; each step with its cause in words."), s.getConnection)
	account(s, http.MethodPost, "/sources/{name}/keys", "add-key", "Add a key 新增密钥", "Two may be valid at once, so that a key can be changed without a gap. For its own staff and the office; the act is recorded in the log.", s.addKey, 404, 409)
	account(s, http.MethodDelete, "/sources/{name}/keys/{key}", "end-key", "End a key 停用密钥", "From now on nothing that it signs is taken; what it signed can still be verified. For its own staff and the office; the act is recorded in the log.", s.endKey, 404, 409)
}

// mayLook says which sources a reader may look at.
func mayLook(r disclose.Reader, src *exchange.Source, at time.Time) bool {
	switch r.Audience {
	case disclose.Administrator, disclose.Auditor:
		return true
	case disclose.Supervisor:
		r.Sectors = nil // a system serves all of them
		return r.InJurisdiction(src.Region, "", at)
	case disclose.Source:
		return ownSource(r, src)
	}
	return false
}

// ownSource reports whether the reader is of the source's staff: all of its
// platforms are theirs.
func ownSource(r disclose.Reader, src *exchange.Source) bool {
	return r.Audience == disclose.Source && len(src.Platforms) > 0 &&
		!slices.ContainsFunc(src.Platforms, func(p string) bool { return !slices.Contains(r.Origins, p) })
}

// mayLookInside says whose keys and requests a reader may see.
func mayLookInside(r disclose.Reader, src *exchange.Source) bool {
	return r.Audience == disclose.Administrator || ownSource(r, src)
}

// mayLookAtAny says whether the reader's audience may look at any.
func mayLookAtAny(r disclose.Reader) bool {
	return slices.Contains([]disclose.Audience{disclose.Administrator, disclose.Auditor, disclose.Supervisor, disclose.Source}, r.Audience)
}

// sources are those that this reader may look at.
func (s *Server) sources(ctx context.Context) ([]*exchange.Source, error) {
	r := readerOf(ctx)
	if !mayLookAtAny(r) || s.cfg.Vendors == nil {
		return nil, nil
	}
	list, err := s.cfg.Vendors.List(ctx)
	if err != nil {
		return nil, err
	}
	at := s.cfg.Clock()
	return slices.DeleteFunc(slices.Clone(list), func(src *exchange.Source) bool { return !mayLook(r, src, at) }), nil
}

// source finds one by its name; nil when this reader may not look at it.
func (s *Server) source(ctx context.Context, name string) (*exchange.Source, error) {
	list, err := s.sources(ctx)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(list, func(src *exchange.Source) bool { return src.Name == name }); i >= 0 {
		return list[i], nil
	}
	return nil, nil
}

// A survey is what all sources did lately.
type survey struct {
	last   map[string]store.RequestRow
	counts []store.Count
	rules  []store.RuleCount
}

func (s *Server) survey(ctx context.Context) (*survey, error) {
	return s.surveys.get("", func() (*survey, error) {
		whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		from := trade.DayOf(s.cfg.Clock()).Start().AddDate(0, 0, 1-sourceDays).Format(time.DateOnly)
		var v survey
		var err error
		if v.last, err = s.cfg.Store.LastRequests(whole); err == nil {
			v.counts, err = s.cfg.Store.Counts(whole, from)
		}
		if err == nil {
			v.rules, err = s.cfg.Store.RuleCounts(whole, "", from)
		}
		return &v, err
	})
}

func (v *survey) head(src *exchange.Source, at time.Time) SourceHead {
	h := SourceHead{Name: src.Name, Kind: src.Kind, Region: src.Region, RegionName: trade.Regions().Name(src.Region), Platforms: src.Platforms, Paused: src.State == exchange.Paused}
	today, lastDay := trade.DayOf(at).String(), ""
	for i := range v.counts {
		c := &v.counts[i]
		if c.Source != src.Name {
			continue
		}
		h.Records, h.Defective, lastDay = h.Records+c.Records, h.Defective+c.Defective, max(lastDay, c.Day)
		if c.Day == today {
			h.Today += c.Records
		}
	}
	for i := range v.rules {
		if c := &v.rules[i]; c.Source == src.Name && c.Refused {
			h.Refused += c.Records
		}
	}
	last, seen := v.last[src.Name]
	switch {
	case seen:
		h.Seen, h.Status, h.Rule = &last.At, last.Status, last.Rule
	case lastDay != "": // what is older than the requests that are kept
		if t, err := day(lastDay); err == nil {
			h.Seen = &t
		}
	}
	switch {
	case h.Paused, seen && last.Status >= 400 && last.Status != http.StatusTooManyRequests:
		h.State = "refusing"
	case h.Seen == nil:
		h.State = "never"
	case at.Sub(*h.Seen) <= liveFor:
		h.State = "live"
	case at.Sub(*h.Seen) <= quietFor:
		h.State = "quiet"
	default:
		h.State = "silent"
	}
	return h
}

// systems counts the trading systems by state; nil for who may look at none.
func (s *Server) systems(ctx context.Context) ([]OverviewSystems, error) {
	list, err := s.sources(ctx)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	v, err := s.survey(ctx)
	if err != nil {
		return nil, err
	}
	var out []OverviewSystems
	for _, state := range []string{"live", "quiet", "silent", "refusing", "never"} {
		out = append(out, OverviewSystems{State: state})
	}
	at := s.cfg.Clock()
	for _, src := range list {
		head := v.head(src, at)
		out[slices.IndexFunc(out, func(o OverviewSystems) bool { return o.State == head.State })].Systems++
	}
	return out, nil
}

func (s *Server) listSources(ctx context.Context, _ *struct{}) (*out[SourceList], error) {
	if !mayLookAtAny(readerOf(ctx)) {
		return nil, problemNotYours.problem(requestID(ctx), "")
	}
	list, err := s.sources(ctx)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	v, err := s.survey(ctx)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	body := SourceList{Items: []SourceHead{}, Days: sourceDays}
	for _, src := range list {
		body.Items = append(body.Items, v.head(src, s.cfg.Clock()))
	}
	return &out[SourceList]{body}, nil
}

func (s *Server) getSource(ctx context.Context, in *sourceInput) (*out[SourceDetail], error) {
	src, err := s.source(ctx, in.Name)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if src == nil {
		return nil, notFound(ctx)
	}
	body, err := s.detail(ctx, src)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[SourceDetail]{*body}, nil
}

func (s *Server) detail(ctx context.Context, src *exchange.Source) (*SourceDetail, error) {
	v, err := s.survey(ctx)
	if err != nil {
		return nil, err
	}
	r, at := readerOf(ctx), s.cfg.Clock()
	d := &SourceDetail{SourceHead: v.head(src, at), Own: ownSource(r, src), MayChange: mayChangeKeys(ctx, src)}
	d.Volume = v.volume(src.Name, at)
	d.Datasets = v.datasets(src.Name)
	d.Rules = v.broken(src.Name)
	d.Standards = []SourceStandard{}
	for _, v := range src.Standards {
		one := SourceStandard{Version: v.Version, From: v.From, Now: !at.Before(v.From) && (v.To.IsZero() || at.Before(v.To))}
		if !v.To.IsZero() {
			one.To = &v.To
		}
		d.Standards = append(d.Standards, one)
	}
	if !mayLookInside(r, src) {
		return d, nil
	}
	d.Keys = []SourceKey{}
	for i := range src.Keys {
		k, err := s.key(ctx, src, &src.Keys[i])
		if err != nil {
			return nil, err
		}
		d.Keys = append(d.Keys, k)
	}
	return d, nil
}

// key says of a key what its source's staff need to know. Keys hold by the
// real time, as at the door.
func (s *Server) key(ctx context.Context, src *exchange.Source, k *exchange.Key) (SourceKey, error) {
	now := time.Now()
	one := SourceKey{ID: k.ID, Algorithm: string(k.Algorithm), From: k.From, State: "valid"}
	if block, _ := pem.Decode([]byte(k.PublicPEM)); block != nil {
		sum := sha256.Sum256(block.Bytes)
		one.Fingerprint = hex.EncodeToString(sum[:])
	}
	if !k.To.IsZero() {
		one.To = &k.To
	}
	switch {
	case now.Before(k.From):
		one.State = "future"
	case !k.To.IsZero() && !now.Before(k.To):
		one.State = "ended"
	}
	last, err := s.cfg.Store.Requests(ctx, store.RequestFilter{Source: src.Name, Key: k.ID, Limit: 1})
	if err == nil && len(last) > 0 {
		one.Seen = &last[0].At
	}
	return one, err
}

func (v *survey) volume(source string, at time.Time) []SourceDay {
	var out []SourceDay
	first := trade.DayOf(at).Start().AddDate(0, 0, 1-sourceDays)
	for n := range sourceDays {
		out = append(out, SourceDay{Day: first.AddDate(0, 0, n).Format(time.DateOnly)})
	}
	for i := range v.counts {
		c := &v.counts[i]
		if n := slices.IndexFunc(out, func(d SourceDay) bool { return d.Day == c.Day }); n >= 0 && c.Source == source {
			out[n].Records, out[n].Defective = out[n].Records+c.Records, out[n].Defective+c.Defective
		}
	}
	return out
}

func (v *survey) datasets(source string) []SourceDataset {
	out := []SourceDataset{}
	for i := range v.counts {
		c := &v.counts[i]
		if c.Source != source {
			continue
		}
		n := slices.IndexFunc(out, func(d SourceDataset) bool { return d.Dataset == c.Dataset })
		if n < 0 {
			one := SourceDataset{Dataset: c.Dataset, ZH: c.Dataset, EN: c.Dataset}
			if ds := standard.Default().Dataset(c.Dataset); ds != nil {
				one.ZH, one.EN = ds.NameZH, ds.NameEN
			}
			n, out = len(out), append(out, one)
		}
		out[n].Records, out[n].Defective = out[n].Records+c.Records, out[n].Defective+c.Defective
	}
	slices.SortFunc(out, func(a, b SourceDataset) int {
		return cmp.Or(cmp.Compare(b.Defective, a.Defective), cmp.Compare(a.Dataset, b.Dataset))
	})
	return out
}

func (v *survey) broken(source string) []SourceRule {
	out := []SourceRule{}
	for i := range v.rules {
		c := &v.rules[i]
		if c.Source != source {
			continue
		}
		n := slices.IndexFunc(out, func(r SourceRule) bool { return r.Rule == c.Rule && r.Refused == c.Refused })
		if n < 0 {
			one := SourceRule{Rule: c.Rule, Refused: c.Refused}
			if r, ok := standard.RuleByID(c.Rule); ok {
				one.ZH, one.EN, one.MendZH, one.MendEN = r.ZH, r.EN, r.MendZH, r.MendEN
			}
			n, out = len(out), append(out, one)
		}
		out[n].Records += c.Records
	}
	slices.SortFunc(out, func(a, b SourceRule) int {
		return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Rule, b.Rule))
	})
	return out
}

// mayChangeKeys says who changes keys: the source's own staff and the office,
// signed in.
func mayChangeKeys(ctx context.Context, src *exchange.Source) bool {
	who := identity.Who(ctx)
	return who.In(identity.Office) || who.In(identity.SourceStaff) && ownSource(who.Reader, src)
}

// longestKey is how long a key may hold that its source's staff add.
const longestKey = 3 * 366 * 24 * time.Hour

var errNoKey = errors.New("no such key")

func (s *Server) addKey(ctx context.Context, in *newKeyInput) (*out[SourceDetail], error) {
	now := time.Now()
	b := &in.Body
	until := b.Until
	if until.IsZero() {
		until = now.AddDate(1, 0, 0)
	}
	if !until.After(now) || until.Sub(now) > longestKey {
		return nil, badField(ctx, "until", errors.New("a key ends in the future, within three years / 有效期须晚于现在，且不超过三年"))
	}
	return s.changeKeys(ctx, in.Name, func(src *exchange.Source) error {
		if slices.ContainsFunc(src.Keys, func(k exchange.Key) bool { return k.ID == b.ID }) {
			return errors.Join(ErrRegister, errors.New("the key id is taken / 密钥编号已被使用"))
		}
		src.Keys = append(src.Keys, exchange.Key{ID: b.ID, Algorithm: signature.Algorithm(b.Algorithm), PublicPEM: strings.TrimSpace(b.PublicPEM) + "\n", From: now, To: until})
		return nil
	})
}

func (s *Server) endKey(ctx context.Context, in *endKeyInput) (*out[SourceDetail], error) {
	return s.changeKeys(ctx, in.Name, func(src *exchange.Source) error {
		i := slices.IndexFunc(src.Keys, func(k exchange.Key) bool { return k.ID == in.Key })
		if i < 0 {
			return errNoKey
		}
		now := time.Now()
		k := &src.Keys[i]
		switch {
		case now.Before(k.From): // it never held
			src.Keys = slices.Delete(src.Keys, i, i+1)
		case k.To.IsZero() || now.Before(k.To):
			k.To = now // kept, so that what it signed can still be verified
		}
		return nil
	})
}

func (s *Server) changeKeys(ctx context.Context, name string, change func(*exchange.Source) error) (*out[SourceDetail], error) {
	src, err := s.source(ctx, name)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if src == nil {
		return nil, notFound(ctx)
	}
	if !mayChangeKeys(ctx, src) {
		return nil, problemNotYours.problem(requestID(ctx), "")
	}
	if err := s.needProof(ctx); err != nil {
		return nil, err
	}
	src, err = s.cfg.Vendors.Change(ctx, name, identity.Who(ctx), func(src *exchange.Source) error {
		if !mayChangeKeys(ctx, src) { // it is another since it was looked at
			return errNoKey
		}
		return change(src)
	})
	switch {
	case errors.Is(err, errNoKey):
		return nil, notFound(ctx)
	case errors.Is(err, ErrRegister):
		return nil, badField(ctx, "public_pem", err)
	case err != nil:
		return nil, s.fault(ctx, err)
	}
	body, err := s.detail(ctx, src)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[SourceDetail]{*body}, nil
}

type requestsInput struct {
	PageInput
	Name   string `path:"name" maxLength:"64"`
	Failed bool   `query:"failed" doc:"Only those that were not taken"`
	Key    string `query:"key" maxLength:"64" doc:"Only those that named this key"`
}

type requestInput struct {
	Name string `path:"name" maxLength:"64"`
	ID   string `path:"id" maxLength:"64" doc:"Of the header X-Request-Id"`
}

// RequestItem is one request at the door. It holds no value of a field.
type RequestItem struct {
	ID        string        `json:"id" doc:"Request id"`
	At        time.Time     `json:"at"`
	Key       string        `json:"key,omitempty" doc:"Id of the key that it named"`
	Route     string        `json:"route"`
	Status    int           `json:"status"`
	Rule      string        `json:"rule,omitempty" doc:"Rule of the door, when it was not taken"`
	DryRun    bool          `json:"dry_run,omitempty"`
	Accepted  int           `json:"accepted" doc:"In a list records of open data sets only; so the next four"`
	Defective int           `json:"defective"`
	Duplicate int           `json:"duplicate"`
	Refused   int           `json:"refused"`
	Rules     []RequestRule `json:"rules" doc:"Rules that its records broke"`
	Bytes     int           `json:"bytes,omitempty" doc:"Of the body as sent; in a list only when no record was sealed"`
	Millis    float64       `json:"ms,omitempty" doc:"Time that the answer took; likewise"`
	Sealed    bool          `json:"sealed,omitempty" doc:"Some records are of sealed data sets, or could not be read: what is counted here leaves them out"`
}

// RequestRule is how many records of a request broke a rule.
type RequestRule struct {
	Rule    string `json:"rule"`
	Records int    `json:"records"`
}

// RequestList is a page of requests, the newest first.
type RequestList struct {
	Items []RequestItem `json:"items"`
	Next  string        `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
}

// RequestDetail is one request with what its signer needs to mend it.
type RequestDetail struct {
	RequestItem
	Skew      *int64 `json:"skew,omitempty" doc:"Seconds by which the signer's clock was ahead of ours"`
	Algorithm string `json:"algorithm,omitempty" doc:"As it named it"`
	Field     string `json:"field,omitempty" doc:"Component or header that was wrong"`
	ZH        string `json:"zh,omitempty" doc:"What was wrong"`
	EN        string `json:"en,omitempty"`
	Base      string `json:"base,omitempty" doc:"Signature base as computed here, of a refused signature: compare it with your own, line by line"`
	Sent      string `json:"sent,omitempty" doc:"Signature-Input as it came, of the same"`
}

func noted(row *store.RequestRow) (*exchange.Noted, error) {
	n := new(exchange.Noted)
	if err := json.Unmarshal(row.Body, n); err != nil {
		return nil, errors.New("the noted request " + row.ID + " cannot be read")
	}
	return n, nil
}

// requestItem shows a request; whole with what its sealed records add.
func requestItem(row *store.RequestRow, n *exchange.Noted, whole bool) RequestItem {
	sealed := n.Open.Accepted != n.Whole.Accepted || n.Open.Duplicate != n.Whole.Duplicate || n.Open.Refused != n.Whole.Refused
	item := RequestItem{ID: row.ID, At: row.At, Key: row.Key, Route: row.Route, Status: row.Status, Rule: row.Rule, DryRun: n.Dry, Rules: []RequestRule{}, Sealed: sealed && !whole}
	t := &n.Open
	if whole {
		t = &n.Whole
	}
	if whole || !sealed {
		item.Bytes, item.Millis = n.Bytes, n.Millis
	}
	item.Accepted, item.Defective, item.Duplicate, item.Refused = t.Accepted, t.Defective, t.Duplicate, t.Refused
	for r, count := range t.Rules {
		item.Rules = append(item.Rules, RequestRule{r, count})
	}
	slices.SortFunc(item.Rules, func(a, b RequestRule) int { return strings.Compare(a.Rule, b.Rule) })
	return item
}

// inside finds a source whose keys and requests this reader may see.
func (s *Server) inside(ctx context.Context, name string) (*exchange.Source, error) {
	src, err := s.source(ctx, name)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if src == nil || !mayLookInside(readerOf(ctx), src) {
		return nil, notFound(ctx)
	}
	return src, nil
}

func (s *Server) listRequests(ctx context.Context, in *requestsInput) (*out[RequestList], error) {
	src, err := s.inside(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	cursor := "requests " + src.Name
	after, err := s.cursors.open(cursor, in.Cursor)
	if err != nil {
		return nil, badParameter(ctx, "cursor", err.Error())
	}
	q := store.RequestFilter{Source: src.Name, Key: in.Key, Failed: in.Failed, Limit: in.Limit + 1}
	if at, id, ok := strings.Cut(after, " "); ok {
		n, _ := strconv.ParseInt(at, 10, 64) // ours
		q.Before = store.RequestPlace{At: time.UnixMilli(n), ID: id}
	}
	rows, err := s.cfg.Store.Requests(ctx, q)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	body := RequestList{Items: []RequestItem{}}
	for i := range rows {
		if i == in.Limit {
			last := rows[i-1]
			body.Next = s.cursors.seal(cursor, strconv.FormatInt(last.At.UnixMilli(), 10)+" "+last.ID)
			break
		}
		n, err := noted(&rows[i])
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		body.Items = append(body.Items, requestItem(&rows[i], n, false))
	}
	return &out[RequestList]{body}, nil
}

func (s *Server) getRequest(ctx context.Context, in *requestInput) (*out[RequestDetail], error) {
	src, err := s.inside(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	row, err := s.cfg.Store.Request(ctx, src.Name, in.ID)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	own := ownSource(readerOf(ctx), src)
	if row == nil || !row.Listed && !own {
		return nil, notFound(ctx)
	}
	n, err := noted(row)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[RequestDetail]{RequestDetail{
		RequestItem: requestItem(row, n, own), Skew: n.Skew, Algorithm: n.Algorithm, Field: n.Field, ZH: n.ZH, EN: n.EN, Base: n.Base, Sent: n.Sent,
	}}, nil
}
