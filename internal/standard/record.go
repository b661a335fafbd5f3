package standard

// Op is what a record asks for. Insert and update both carry the whole record
// and both mean "put"; delete is a tombstone that supervisors still see
// (design section 4, point 1).
type Op string

// The three operations of the standard's DATA_TYPE (1 insert, 2 update, 3 delete).
const (
	Insert Op = "insert"
	Update Op = "update"
	Delete Op = "delete"
)

// A Record is one version of one row of a data set, as its sender gave it.
// Its identity is (Origin, Dataset, Key); versions of one identity are ordered
// by (Revision, content), never by arrival. All values are the sender's literal
// text: numbers are never re-formatted.
type Record struct {
	Origin   string            // platform code (PLATFORM_CODE, 18 characters) of the trading system that owns the row
	Dataset  string            // number in the catalogue, such as "507"
	Op       Op                // insert, update or delete
	Key      string            // the sender's key of the row
	Revision string            // the sender's DATA_TIMESTAMP (yyyyMMddHHmmss) or a counter
	Occurred string            // RFC 3339 time at which the event happened; "" when not given
	Fields   map[string]string // field name of the standard to literal value
}

// Identity names a row through all its versions.
type Identity struct{ Origin, Dataset, Key string }

// Identity returns the row that r is a version of.
func (r *Record) Identity() Identity { return Identity{r.Origin, r.Dataset, r.Key} }

// Seal is the secrecy class of a field or of a whole data set while it is
// stored: who must release it before anything may read it (design section 4,
// points 4 and 5).
type Seal string

// The seals. Bid opens with its lot; Committee when the result is determined
// (招标投标法 37); Personal never opens to the public and dies with its person's key.
const (
	Open      Seal = ""
	Bid       Seal = "bid"
	Committee Seal = "committee"
	Personal  Seal = "personal"
)

// Disclosure is who may read a field once its seal, if any, is off.
type Disclosure string

// The disclosure classes of the standard (公开范围). A field without a mark is Closed.
const (
	Public     Disclosure = "public"     // 社会公开
	Government Disclosure = "government" // 政务公开: supervisors and auditors
	Closed     Disclosure = "closed"     // not marked: supervisors of the jurisdiction and auditors
)

// A Vault names the lock that a sealed part hangs on: the lot of one trading
// system. Only an opening record of the same origin opens it, so that another
// system that claims the same lot code cannot.
type Vault struct{ Origin, Tender, Lot string }

// Sealing tells how a record is to be stored. Whole is not Open when even the
// existence of the record is secret: then data set, key, revision and all
// fields are sealed. Fields gives the seal of each sealed field (in a wholly
// sealed record only the Personal ones). Vaults are the lots that must all be
// open before Bid and Committee parts can be read; empty when the record names
// none, which keeps it closed until a version that names one.
type Sealing struct {
	Whole  Seal
	Fields map[string]Seal
	Vaults []Vault
	Person string // plain identity of the person whose key wraps the Personal part; "" when unknown
}

// Severity says what a broken rule does to the record.
type Severity string

// By design section 4 point 14 almost every rule is a Defect: the record is
// accepted and the defect counted against its source. Refuse is kept for what
// cannot be parsed, named, owned or versioned. Note is a quality statistic.
const (
	Refuse Severity = "refuse"
	Defect Severity = "defect"
	Note   Severity = "note"
)

// A Problem is one broken rule at one field. It never carries the value of a
// sealed field.
type Problem struct {
	Rule     string   `json:"rule"`            // stable id, such as "S012"; documented under /docs/rules#S012
	Field    string   `json:"field,omitempty"` // field name; "" for the record as a whole
	Severity Severity `json:"severity"`
	Value    string   `json:"value,omitempty"` // the offending value, cut to 64 characters; empty for sealed fields
	TextZH   string   `json:"zh"`              // what is wrong
	TextEN   string   `json:"en"`
	MendZH   string   `json:"mend_zh"` // what to do
	MendEN   string   `json:"mend_en"`
}
