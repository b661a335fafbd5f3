package server

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/docs"
	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/feed"
	"mingjing/internal/identity"
	"mingjing/internal/jurisdiction"
	"mingjing/internal/learn/score"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
	"mingjing/internal/timeline"
)

// Store is what the server reads; *store.DB is one. Nothing found is an empty
// answer, not an error.
type Store interface {
	// Ping fails when the store does not answer.
	Ping(ctx context.Context) error
	// Docket returns a stored docket, nil when there is none.
	Docket(ctx context.Context, id string) (*store.DocketRow, error)
	// Dockets returns a page in the order of ids.
	Dockets(ctx context.Context, f store.DocketFilter) ([]*store.DocketRow, error)
	// Vectors calls each with the answers of every stored docket.
	Vectors(ctx context.Context, each func(vector string) error) error
	// Cards returns a page of what lists show, CountCards counts those of all
	// pages, no further than one more than most.
	Cards(ctx context.Context, q store.CardQuery) (store.CardPage, error)
	CountCards(ctx context.Context, q store.CardQuery, most int) (int, error)
	// TallyCards counts those of all pages by region, class and stage, TallyHours
	// by class and the hour of the last happening.
	TallyCards(ctx context.Context, q store.CardQuery) ([]store.CardTally, error)
	TallyHours(ctx context.Context, q store.CardQuery) ([]store.HourTally, error)
	// What trading systems sent to the door.
	Requests(ctx context.Context, f store.RequestFilter) ([]store.RequestRow, error)
	Request(ctx context.Context, source, id string) (*store.RequestRow, error)
	LastRequests(ctx context.Context) (map[string]store.RequestRow, error)
	RuleCounts(ctx context.Context, source, fromDay string) ([]store.RuleCount, error)
	// DocketsOfDay lists the dockets that may stand on a day's board.
	DocketsOfDay(ctx context.Context, day, from string, most int) ([]string, error)
	// CardIDs returns the dockets of a whole list, no further than one more than
	// most, and how many it has by a count of its own, both as of one moment.
	CardIDs(ctx context.Context, q store.CardQuery, most int) (ids []string, count int, err error)
	// Head is the newest state of the log.
	Head(ctx context.Context) (ledger.Head, error)
	// What people keep: lists and exports.
	SavedViews(ctx context.Context, owners []string, page string) ([]store.SavedViewRow, error)
	SavedView(ctx context.Context, id string) (*store.SavedViewRow, error)
	PutSavedView(ctx context.Context, v store.SavedViewRow, most int) error
	DropSavedView(ctx context.Context, id string) error
	Exports(ctx context.Context, owner string) ([]store.ExportRow, error)
	Export(ctx context.Context, id string) (*store.ExportRow, error)
	PutExport(ctx context.Context, e store.ExportRow) error
	DropExport(ctx context.Context, id string) error
	// Instructions returns a page of what trading systems were told, the newest first.
	Instructions(ctx context.Context, f store.InstructionFilter) ([]store.InstructionRow, error)
	Instruction(ctx context.Context, id string) (*store.InstructionRow, error)
	// Findings returns a page, newest change first.
	Findings(ctx context.Context, f store.FindingFilter) ([]store.FindingRow, error)
	// FindingHead is the greatest seq of a finding.
	FindingHead(ctx context.Context) (int64, error)
	// Finding returns one finding, nil when there is none.
	Finding(ctx context.Context, docket, key string) (*store.FindingRow, error)
	// Warnings returns a page of findings with what people made of them, the
	// newest change first; CountWarnings and WarningCounts count them.
	Warnings(ctx context.Context, f store.WarningFilter) ([]store.FindingRow, error)
	CountWarnings(ctx context.Context, f store.WarningFilter, most int) (int, error)
	WarningCounts(ctx context.Context, f store.WarningFilter) ([]store.WarningCount, error)
	// FindingRegions lists the regions that findings carry.
	FindingRegions(ctx context.Context) ([]string, error)
	// Cases returns what people made of the findings of dockets, Case of one.
	Cases(ctx context.Context, dockets []string) ([]store.CaseRow, error)
	Case(ctx context.Context, docket, key string) (*store.CaseRow, error)
	// CasesAfter returns cases in the order of their changes, among those of findings.
	CasesAfter(ctx context.Context, seq int64, limit int) ([]store.CaseRow, error)
	// Search returns a page of hits, the best first.
	Search(ctx context.Context, q store.SearchQuery) (store.SearchPage, error)
	// SearchCount counts the hits of all pages, no further than one more than most.
	SearchCount(ctx context.Context, q store.SearchQuery, most int) (int, error)
	// SearchParties returns a page of bodies, CountParties counts them likewise.
	SearchParties(ctx context.Context, q store.SearchQuery) (store.PartyPage, error)
	CountParties(ctx context.Context, q store.SearchQuery, most int) (int, error)
	// Namings returns where a body is named, NamingsIn what bodies dockets name.
	Namings(ctx context.Context, q store.SearchQuery, code string, names []string, most int) ([]store.Naming, error)
	NamingsIn(ctx context.Context, q store.SearchQuery, dockets []string, most int) ([]store.Naming, error)
	// RowsAt returns the records at these positions, missing ones left out.
	RowsAt(ctx context.Context, positions []int64) ([]*ledger.Row, error)
	// PositionsByCode returns where the records with each code stand.
	PositionsByCode(ctx context.Context, codes []string) (map[string][]int64, error)
	// PositionsByIdentity returns where all versions of rows stand.
	PositionsByIdentity(ctx context.Context, identities [][]byte) ([]int64, error)
	// Counts returns how many open records came by day, source and data set.
	Counts(ctx context.Context, fromDay string) ([]store.Count, error)
	// What the feed reads; see feed.Store.
	FeedItems(ctx context.Context, f store.FeedFilter) ([]store.FeedItem, error)
	FeedHead(ctx context.Context) (int64, error)
	FeedStep(ctx context.Context, docket string, at time.Time) (step *store.FeedItem, later bool, err error)
	// Backlog is how much work waits.
	Backlog(ctx context.Context) (store.Backlog, error)
}

// Ledger reads and discloses records; *ledger.Ledger is one.
type Ledger interface {
	Reveal(row *ledger.Row, open func(standard.Vault, standard.Seal) bool) (*ledger.Revealed, error)
	Disclose(ctx context.Context, row *ledger.Row, names []string, open func(standard.Vault, standard.Seal) bool) (*ledger.Disclosed, error)
}

// Readers tells who asks; *identity.Keeper is one.
type Readers interface {
	// Reader returns who an Authorization header stands for; the public when it
	// is empty. Errors wrap identity.ErrMalformed or identity.ErrUnknown, or are
	// faults of the store.
	Reader(ctx context.Context, authorization string) (disclose.Reader, error)
}

// Subjects reads projects and bodies; refold.Subjects is one. What no record
// names is empty, not an error.
type Subjects interface {
	Project(ctx context.Context, code string) (*docket.ProjectFile, error)
	Body(ctx context.Context, code string) (*docket.BodyFile, error)
}

// LogState is what the pages and checks say about the published log.
type LogState struct {
	Size      int64     // leaves under the published checkpoint
	At        time.Time // when the published checkpoint was shown first; zero before the first
	Witnesses []Witness
	Idle      bool  // the published checkpoint covers every record: then its age says nothing
	Halted    error // why nothing may be appended any more; nil
}

// Witness is one witness's last cosignature.
type Witness struct {
	Name string
	Size int64 // -1: none yet
	At   time.Time
	OK   bool
}

// A Check is one condition of readiness besides the server's own.
type Check struct {
	Name string
	Do   func(ctx context.Context) error // nil: met; the error's text is shown, so it holds no secret
}

// Config is what the server stands on. Store, Ledger, Readers and Subjects are required.
type Config struct {
	Version      string
	StoreName    string // "SQLite", "PostgreSQL"
	LogName      string
	Jurisdiction *jurisdiction.Table // who supervises what; default: the program's own
	Sandbox      bool                // of vendors' tests: a banner says so
	Demo         bool                // everything shown is invented: the front page shows findings, under a banner
	// Progress says how many dockets of a demonstration's history are in, of how many; nil: it is not told.
	Progress func() (in, of int)

	Store   Store
	Ledger  Ledger
	Readers Readers
	Files   Files // attachments; nil: there are none
	// Likeness gives what the files of a lot's opened bids have in common, nil while
	// that is not known; who may see it is decided here. nil itself: it is never told.
	Likeness func(docket, lot string) (*detect.Likeness, error)

	Map       []byte             // GeoJSON of the overview's map, of the operator; nil: the program's own
	Vendors   Vendors            // trading systems; nil: nothing is told of them
	Accounts  *identity.Accounts // people who sign in; nil: there are none
	PublicURL string             // address that browsers see when a proxy stands before us; https: makes cookies Secure
	Proxies   []netip.Prefix     // whose X-Forwarded-For is believed

	Audit *AuditPort // this is the auditors' port, whose Store cannot write; nil: it is not, and serves nothing of it

	ExportDir string // where exported lists lie for a day; "": nothing is exported

	Subjects Subjects        // projects and bodies
	Periods  *timeline.Table // legal periods as the office has set them; nil: as the law has them

	Readings     Readings               // who read what is protected; nil: nothing protected is shown
	Objections   Objections             // as tenderers report them; nil: there are none
	Complaints   Complaints             // complaints and what is done about them; nil: there are none
	Instructions Instructions           // what trading systems are told; nil: nothing
	Supervision  Supervision            // acts of people on findings; nil: nobody acts
	Settings     *detect.Settings       // of the indicators; nil: their defaults
	Rules        Rules                  // settings that the office changes; nil: it changes none
	Edition      func() *detect.Edition // the newest statistics of peers, nil when there is none; nil: none
	Learned      func() *score.Edition  // the newest edition of the score learnt from decisions; likewise

	Feed *feed.Feed // nil: one of its own over Store, without what changed since the moment of asof

	Log       *slog.Logger     // default: discard
	Clock     func() time.Time // default: time.Now
	NewID     func() string    // request ids; default: random
	CursorKey []byte           // 16, 24 or 32 bytes; several servers behind one address share it; default: random

	Around     func(http.Handler) http.Handler              // stands before the whole handler; nil: nothing does
	LogHandler http.Handler                                 // serves /log/…; nil: not served
	Exchange   func(api huma.API, mux *http.ServeMux) error // mounts the door; nil: no door
	LogState   func() LogState                              // nil: no log is published
	Console    fs.FS                                        // the built console, index.html at its root; nil: none
	Docs       map[string]string                            // name to Markdown, shown under /docs/{name}; nil: the repository's own

	MaxCheckpointAge time.Duration // older is not ready; default 30 minutes, 0 with LogState nil
	Checks           []Check
	Metrics          *Metrics // default: new
}

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.NewID == nil {
		c.NewID = randomID
	}
	if c.MaxCheckpointAge == 0 {
		c.MaxCheckpointAge = 30 * time.Minute
	}
	if c.Metrics == nil {
		c.Metrics = NewMetrics()
	}
	if c.Docs == nil {
		c.Docs = docs.Pages()
	}
	if c.Settings == nil {
		c.Settings = detect.DefaultSettings()
	}
	if c.Jurisdiction == nil {
		c.Jurisdiction = jurisdiction.Default()
	}
	if c.Version == "" {
		c.Version = "dev"
	}
	return c
}
