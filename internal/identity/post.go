package identity

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/disclose"
	"mingjing/internal/jurisdiction"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

// A Role is what a post is for.
type Role string

// The roles of posts. What each sees is the disclosure table's to say: see
// Post.Reader.
const (
	Office        Role = "office"        // 省公管办: runs the platform, connects systems, manages people
	Supervisor    Role = "supervisor"    // 行政监督部门, by region and sector
	Auditor       Role = "auditor"       // 审计
	Tenderer      Role = "tenderer"      // 招标人、采购人
	Bidder        Role = "party"         // 投标人、供应商和其他利害关系人: lodges complaints
	SourceStaff   Role = "source"        // a trading system's own people
	Administrator Role = "administrator" // keeps the machine running
)

// Roles lists all roles in the order in which people read them.
func Roles() []Role {
	return []Role{Office, Supervisor, Auditor, Tenderer, Bidder, SourceStaff, Administrator}
}

// A Post is a capacity in which a person acts: never changed, only withdrawn.
type Post struct {
	ID        string    `json:"id"`
	Role      Role      `json:"role"`
	Title     string    `json:"title"`             // as people read it, such as 洛阳市发展和改革委员会
	Regions   []string  `json:"regions,omitempty"` // of a supervisor: GB/T 2260 codes, or disclose.Everywhere
	Sectors   []string  `json:"sectors,omitempty"` // of a supervisor: trade classes; empty means all
	Origins   []string  `json:"origins,omitempty"` // of a source's staff: its platform codes
	Org       string    `json:"org,omitempty"`     // of a tenderer or a party: its organisation code
	From      time.Time `json:"from"`
	Until     time.Time `json:"until,omitzero"`     // zero: open
	Withdrawn time.Time `json:"withdrawn,omitzero"` // zero: not
	Unit      string    `json:"unit,omitempty"`     // the organisation in which it is held
	Lent      *Lent     `json:"lent,omitempty"`     // of a post that somebody else lends
}

// A Lent says whose post it is that a person acts in for a while.
type Lent struct {
	Post   string `json:"post"`   // id of the post that is lent
	Person string `json:"person"` // id of whose it is
	Name   string `json:"name"`   // as people read it, when it was lent
}

// postBody is what a PostRow keeps besides its columns.
type postBody struct {
	Title   string   `json:"title"`
	Regions []string `json:"regions,omitempty"`
	Sectors []string `json:"sectors,omitempty"`
	Origins []string `json:"origins,omitempty"`
	Org     string   `json:"org,omitempty"`
	Lent    *Lent    `json:"lent,omitempty"`
}

// Check says why a post cannot be: an unknown role, or a role without what
// bounds it, or with what bounds another.
func (p *Post) Check() error {
	fail := func(what string) error { return fmt.Errorf("post %q: %s", p.Role, what) }
	switch {
	case !slices.Contains(Roles(), p.Role):
		return fail(fmt.Sprintf("unknown role / 未知角色: use one of %q", Roles()))
	case strings.TrimSpace(p.Title) == "" || len([]rune(p.Title)) > 100:
		return fail("give a title of 1 to 100 characters, as people read it / 请填写职务或单位名称（1—100 字）")
	case p.Role == Supervisor && len(p.Regions) == 0:
		return fail(fmt.Sprintf("a supervisor needs regions, or %q for all / 监督岗位必须指定行政区域", disclose.Everywhere))
	case p.Role != Supervisor && len(p.Regions)+len(p.Sectors) > 0:
		return fail("only a supervisor has regions and sectors / 仅监督岗位可以指定区域和行业")
	case slices.ContainsFunc(p.Regions, func(c string) bool { return c != disclose.Everywhere && trade.RegionCode(c) == "" }):
		return fail("each region is a GB/T 2260 code of two, four or six digits / 行政区域须为两位、四位或六位代码")
	case slices.ContainsFunc(p.Sectors, func(c string) bool { return !slices.Contains(trade.Classes(), trade.Class(c)) }):
		return fail(fmt.Sprintf("each sector is a trade class, one of %q / 未知行业", trade.Classes()))
	case p.Role == SourceStaff && len(p.Origins) == 0:
		return fail("a source's staff needs its platform codes / 交易系统岗位必须指定平台标识码")
	case p.Role != SourceStaff && len(p.Origins) > 0:
		return fail("only a source's staff has platform codes / 仅交易系统岗位可以指定平台标识码")
	case (p.Role == Tenderer || p.Role == Bidder) && trade.CheckOrgCode(p.Org) != nil:
		return fail("a tenderer or a party needs its organisation's code of 18 characters / 招标人、当事人岗位必须填写统一社会信用代码")
	case p.Role != Tenderer && p.Role != Bidder && p.Org != "":
		return fail("only a tenderer or a party has an organisation code / 仅招标人、当事人岗位可以填写统一社会信用代码")
	case !p.Until.IsZero() && !p.Until.After(p.From):
		return fail("it ends before it begins / 到期时间早于生效时间")
	}
	return nil
}

// Holds reports whether the post is in force at a time.
func (p *Post) Holds(at time.Time) bool {
	return p.Withdrawn.IsZero() && !at.Before(p.From) && (p.Until.IsZero() || at.Before(p.Until))
}

// Reader is who reads in this post, named for the access log.
//
// The office runs the platform and coordinates; supervision is the
// departments' (豫公管办〔2017〕27号，四（一）), and the disclosure table opens
// bids to 行政监督部门 only. So its people read as administrators do: no bids,
// no committee, no personal data. Whoever supervises too holds a second post.
//
// The disclosure table has no audience for a tenderer or a party: they see what
// the public sees.
func (p *Post) Reader(name string, table *jurisdiction.Table) disclose.Reader {
	r := disclose.Reader{ID: string(p.Role) + "/" + name, Audience: disclose.Public}
	if p.Lent != nil {
		r.ID += " for " + p.Lent.Person
	}
	switch p.Role {
	case Office, Administrator:
		r.Audience = disclose.Administrator
	case Supervisor:
		r.Audience, r.Regions, r.Sectors = disclose.Supervisor, p.Regions, p.Sectors
	case Auditor:
		r.Audience = disclose.Auditor
	case SourceStaff:
		r.Audience, r.Origins = disclose.Source, p.Origins
	case Tenderer, Bidder:
	}
	return r.Under(table)
}

func (p *Post) row(person string) (store.PostRow, error) {
	body, err := json.Marshal(postBody{p.Title, p.Regions, p.Sectors, p.Origins, p.Org, p.Lent}, json.Deterministic(true))
	if err != nil {
		return store.PostRow{}, fmt.Errorf("identity: post: %w", err)
	}
	row := store.PostRow{ID: p.ID, Person: person, Role: string(p.Role), Begins: p.From, Ends: p.Until, Withdrawn: p.Withdrawn, Unit: p.Unit, Body: body}
	if p.Lent != nil {
		row.Lent = p.Lent.Post
	}
	return row, nil
}

// ReadPost reads a stored post.
func ReadPost(row *store.PostRow) (Post, error) {
	var b postBody
	if err := json.Unmarshal(row.Body, &b); err != nil || !slices.Contains(Roles(), Role(row.Role)) || (b.Lent == nil) != (row.Lent == "") || b.Lent != nil && b.Lent.Post != row.Lent {
		return Post{}, fmt.Errorf("identity: the stored post %s cannot be read", row.ID)
	}
	return Post{
		ID: row.ID, Role: Role(row.Role), Title: b.Title, Regions: b.Regions, Sectors: b.Sectors, Origins: b.Origins, Org: b.Org,
		From: row.Begins, Until: row.Ends, Withdrawn: row.Withdrawn, Unit: row.Unit, Lent: b.Lent,
	}, nil
}

// ErrNotYours means that the post in which somebody acts does not allow the act.
var ErrNotYours = errors.New("identity: this post does not allow it")

// An Act is something that is done to a person's account.
type Act string

// The acts upon people, as the log names them.
const (
	ActCreate   Act = "create"
	ActReset    Act = "reset" // password and second factor anew
	ActLock     Act = "lock"
	ActUnlock   Act = "unlock"
	ActGrant    Act = "grant"
	ActWithdraw Act = "withdraw"
	ActLend     Act = "lend"   // by whose the post is
	ActReturn   Act = "return" // by either, or the office

	ActPasskey     Act = "passkey"      // a new one, by the person
	ActDropPasskey Act = "drop-passkey" // by the person
	ActBind        Act = "bind"         // an account of a single sign-on or a client certificate, by the office
	ActUnbind      Act = "unbind"
)

// May reports whether somebody in a post may do an act to another person, who
// holds these posts now. Nobody may act upon themselves. The office may do all.
// An administrator keeps accounts, but could make one see bids by granting a
// post or by taking over the account of one who sees them: so they grant
// nothing, withdraw nothing, and reset only whose posts see no more than an
// administrator's.
func May(actor Role, act Act, self bool, holds []Post) bool {
	if self {
		return false
	}
	switch actor {
	case Office:
		return true
	case Administrator:
		switch act {
		case ActCreate, ActLock:
			return true
		case ActReset, ActUnlock:
			return !slices.ContainsFunc(holds, func(p Post) bool { return p.Role != Tenderer && p.Role != Bidder && p.Role != Administrator })
		case ActGrant, ActWithdraw, ActLend, ActReturn, ActPasskey, ActDropPasskey, ActBind, ActUnbind:
		}
	case Supervisor, Auditor, Tenderer, Bidder, SourceStaff:
	}
	return false
}

// MayList reports whether somebody in a post may see who has an account.
func MayList(actor Role) bool { return actor == Office || actor == Administrator }
