package identity

import (
	"cmp"
	"context"
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

// A UnitKind is what an organisation is for.
type UnitKind string

// The kinds of organisations.
const (
	Division    UnitKind = "division"   // 行政区划: the province, a city, a county: what its organisations stand under
	Department  UnitKind = "department" // 行政监督部门
	Audit       UnitKind = "audit"      // 审计机关
	Discipline  UnitKind = "discipline" // 纪检监察机关
	TradeOffice UnitKind = "office"     // 公共资源交易管理机构
	Centre      UnitKind = "centre"     // 公共资源交易中心, and whoever else runs a trading system
	Buyer       UnitKind = "tenderer"   // 招标人、采购人
	Party       UnitKind = "party"      // 交易主体: bidders, agencies
)

// UnitKinds lists all kinds in the order in which people read them.
func UnitKinds() []UnitKind {
	return []UnitKind{Division, TradeOffice, Department, Audit, Discipline, Centre, Buyer, Party}
}

// An Organisation is one of the tree, as it is from a day on. A change is a new
// version under the same id; none is rewritten.
type Organisation struct {
	ID        string    `json:"id"`
	Parent    string    `json:"parent,omitempty" doc:"Id of the organisation above; absent at the top"`
	Kind      UnitKind  `json:"kind" enum:"division,office,department,audit,discipline,centre,tenderer,party"`
	Name      string    `json:"name"`
	Region    string    `json:"region,omitempty" doc:"GB/T 2260 code"`
	Sectors   []string  `json:"sectors,omitempty" doc:"Of a department: trade classes that it supervises; absent means all"`
	Code      string    `json:"code,omitempty" doc:"Unified social credit code"`
	From      time.Time `json:"from" doc:"When it became so"`
	Dissolved bool      `json:"dissolved,omitempty" doc:"From then on it is no more"`
}

// ErrUnit wraps why an organisation cannot be so.
var ErrUnit = errors.New("organisation / 机构")

type unitBody struct {
	Parent    string   `json:"parent,omitempty"`
	Kind      UnitKind `json:"kind"`
	Name      string   `json:"name"`
	Region    string   `json:"region,omitempty"`
	Sectors   []string `json:"sectors,omitempty"`
	Code      string   `json:"code,omitempty"`
	Dissolved bool     `json:"dissolved,omitempty"`
}

func (o *Organisation) row() (store.OrganisationRow, error) {
	body, err := json.Marshal(unitBody{o.Parent, o.Kind, o.Name, o.Region, o.Sectors, o.Code, o.Dissolved}, json.Deterministic(true))
	if err != nil {
		return store.OrganisationRow{}, fmt.Errorf("identity: organisation: %w", err)
	}
	return store.OrganisationRow{ID: o.ID, Begins: o.From, Body: body}, nil
}

// ReadOrganisation reads a stored version of an organisation.
func ReadOrganisation(row *store.OrganisationRow) (Organisation, error) {
	var b unitBody
	if err := json.Unmarshal(row.Body, &b); err != nil || !slices.Contains(UnitKinds(), b.Kind) {
		return Organisation{}, fmt.Errorf("identity: the stored organisation %s cannot be read", row.ID)
	}
	return Organisation{ID: row.ID, Parent: b.Parent, Kind: b.Kind, Name: b.Name, Region: b.Region, Sectors: b.Sectors, Code: b.Code, From: row.Begins, Dissolved: b.Dissolved}, nil
}

// A Tree is all versions of all organisations.
type Tree struct {
	regions  *trade.RegionTable
	versions map[string][]Organisation // by id, the oldest first
}

// NewTree makes a tree of versions in any order. regions nil: the program's own.
func NewTree(regions *trade.RegionTable, versions []Organisation) *Tree {
	if regions == nil {
		regions = trade.Regions()
	}
	t := &Tree{regions: regions, versions: map[string][]Organisation{}}
	for i := range versions {
		t.versions[versions[i].ID] = append(t.versions[versions[i].ID], versions[i])
	}
	for _, list := range t.versions {
		slices.SortFunc(list, func(a, b Organisation) int { return a.From.Compare(b.From) })
	}
	return t
}

// Find returns an organisation as it is at a time; false when it is not, not
// yet or no more.
func (t *Tree) Find(id string, at time.Time) (Organisation, bool) {
	for _, o := range slices.Backward(t.versions[id]) {
		if !at.Before(o.From) {
			return o, !o.Dissolved
		}
	}
	return Organisation{}, false
}

// At returns the organisations as they are at a time: the kinds in their order,
// then by region and name.
func (t *Tree) At(at time.Time) []Organisation {
	out := []Organisation{}
	for id := range t.versions {
		if o, ok := t.Find(id, at); ok {
			out = append(out, o)
		}
	}
	kinds := UnitKinds()
	slices.SortFunc(out, func(a, b Organisation) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// Versions returns all versions of an organisation, the oldest first.
func (t *Tree) Versions(id string) []Organisation { return slices.Clone(t.versions[id]) }

// last is the newest version, whether or not its day has come.
func (t *Tree) last(id string) *Organisation {
	list := t.versions[id]
	if len(list) == 0 {
		return nil
	}
	return &list[len(list)-1]
}

// Above returns an organisation and those above it at a time, nearest first.
func (t *Tree) Above(id string, at time.Time) []Organisation {
	var out []Organisation
	for o, ok := t.Find(id, at); ok; o, ok = t.Find(o.Parent, at) {
		if slices.ContainsFunc(out, func(a Organisation) bool { return a.ID == o.ID }) {
			break
		}
		out = append(out, o)
	}
	return out
}

// Check says why a version cannot be put at the end of its organisation's, nil
// when it can.
func (t *Tree) Check(o *Organisation) error {
	fail := func(zh, en string) error { return fmt.Errorf("%w: %s / %s", ErrUnit, en, zh) }
	before := t.last(o.ID)
	switch {
	case !slices.Contains(UnitKinds(), o.Kind):
		return fail("未知的机构类型", fmt.Sprintf("unknown kind, use one of %q", UnitKinds()))
	case before != nil && before.Kind != o.Kind:
		return fail("机构类型不能改变，请撤销后另建", "the kind never changes: dissolve it and make another")
	case before != nil && !o.From.After(before.From):
		return fail("变更须晚于上一次变更", "a change begins after the one before it")
	case before != nil && before.Dissolved:
		return fail("该机构已撤销", "it is dissolved")
	case o.Dissolved && before == nil:
		return fail("没有该机构", "there is no such organisation")
	case strings.TrimSpace(o.Name) == "" || len([]rune(o.Name)) > 100:
		return fail("请填写机构名称（1—100 字）", "give a name of 1 to 100 characters")
	case o.Region != "" && trade.RegionCode(o.Region) == "":
		return fail("行政区域须为两位、四位或六位代码", "the region is a GB/T 2260 code of two, four or six digits")
	case o.Region == "" && (o.Kind == Division || o.Kind == Department || o.Kind == TradeOffice):
		return fail("该类机构必须指定行政区域", "this kind needs its region")
	case len(o.Sectors) > 0 && o.Kind != Department:
		return fail("仅行政监督部门可以指定行业", "only a department has sectors")
	case slices.ContainsFunc(o.Sectors, func(c string) bool { return !slices.Contains(trade.Classes(), trade.Class(c)) }):
		return fail("未知行业", fmt.Sprintf("each sector is a trade class, one of %q", trade.Classes()))
	case o.Code != "" && trade.CheckOrgCode(o.Code) != nil:
		return fail("统一社会信用代码不正确", "the code of 18 characters is wrong")
	case (o.Kind == Buyer || o.Kind == Party) && o.Code == "":
		return fail("招标人、交易主体必须填写统一社会信用代码", "a tenderer or party needs its code")
	}
	return t.checkPlace(o, fail)
}

// checkPlace says why a version cannot stand where it says.
func (t *Tree) checkPlace(o *Organisation, fail func(zh, en string) error) error {
	if o.Dissolved {
		for id := range t.versions {
			if below := t.last(id); below.Parent == o.ID && !below.Dissolved {
				return fail("下级机构尚未撤销或改隶："+below.Name, "an organisation still stands under it: "+below.Name)
			}
		}
		return nil
	}
	if o.Parent == "" {
		return nil
	}
	above := t.Above(o.Parent, o.From)
	switch {
	case len(above) == 0:
		return fail("上级机构在该日不存在", "there is no such organisation above on that day")
	case slices.ContainsFunc(above, func(a Organisation) bool { return a.ID == o.ID }):
		return fail("机构不能隶属于自己或自己的下级", "it would stand under itself")
	case o.Kind == Division && above[0].Kind != Division:
		return fail("行政区划只能隶属于行政区划", "a division stands under a division")
	case o.Region != "" && above[0].Region != "" && !t.within(o.Region, above[0].Region, o.From):
		return fail("行政区域不在上级机构的区域内", "its region does not lie in the region of the one above")
	}
	return nil
}

// wholeProvince is what disclose.Everywhere stands for.
const wholeProvince = "410000"

func (t *Tree) within(inner, outer string, at time.Time) bool {
	if inner == disclose.Everywhere {
		inner = wholeProvince
	}
	return t.regions.Within(trade.RegionCode(inner), trade.RegionCode(outer), trade.DayOf(at))
}

// fits says why a post cannot be held in an organisation.
func (t *Tree) fits(p *Post) error {
	o, ok := t.Find(p.Unit, p.From)
	fail := func(zh, en string) error { return fmt.Errorf("post %q: %s / %s", p.Role, en, zh) }
	kinds := map[Role][]UnitKind{Office: {TradeOffice}, Supervisor: {Department, TradeOffice}, Auditor: {Audit}, Tenderer: {Buyer}, Bidder: {Party}, SourceStaff: {Centre}, Administrator: {TradeOffice, Centre}}
	switch {
	case !ok:
		return fail("机构在该日不存在", "there is no such organisation on that day")
	case !slices.Contains(kinds[p.Role], o.Kind):
		return fail("该类机构不设此角色的岗位", fmt.Sprintf("an organisation of kind %q has no such post", o.Kind))
	case (p.Role == Tenderer || p.Role == Bidder) && p.Org != o.Code:
		return fail("统一社会信用代码与机构不一致", "its code is not the organisation's")
	case o.Region != "" && slices.ContainsFunc(p.Regions, func(r string) bool { return !t.within(r, o.Region, p.From) }):
		return fail("区域超出机构所辖", "its regions reach beyond the organisation's")
	case len(o.Sectors) > 0 && (len(p.Sectors) == 0 || slices.ContainsFunc(p.Sectors, func(s string) bool { return !slices.Contains(o.Sectors, s) })):
		return fail("行业超出机构所辖", "its sectors reach beyond the organisation's")
	}
	return nil
}

// MayOrder reports whether somebody in a post may change the tree of organisations.
func MayOrder(actor Role) bool { return actor == Office }

// Tree reads the organisations.
func (a *Accounts) Tree(ctx context.Context) (*Tree, error) {
	rows, err := a.cfg.Store.Organisations(ctx)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	list := make([]Organisation, 0, len(rows))
	for i := range rows {
		o, err := ReadOrganisation(&rows[i])
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return NewTree(nil, list), nil
}

// Order makes organisations, those whose id is empty, or new versions of them,
// in their order, all or none; From empty is now. It is in the log before it is
// so. One that is dissolved must have no posts left that hold then. Errors:
// ErrNotYours, ErrProof, ErrUnit, store.ErrNotFound.
func (a *Accounts) Order(ctx context.Context, by By, list ...Organisation) ([]Organisation, error) {
	if by.Desk == "" && (by.Who.Stage != Open || !MayOrder(by.Who.Post.Role)) {
		return nil, ErrNotYours
	}
	if err := a.proved(by); err != nil {
		return nil, err
	}
	tree, err := a.Tree(ctx)
	if err != nil {
		return nil, err
	}
	now := a.cfg.Clock().UTC().Truncate(time.Millisecond)
	list = slices.Clone(list)
	rows := make([]store.OrganisationRow, len(list))
	for i := range list {
		o := &list[i]
		if o.ID != "" && tree.last(o.ID) == nil && by.Desk == "" {
			return nil, fmt.Errorf("identity: %w", store.ErrNotFound)
		}
		if o.ID == "" {
			o.ID = newID()
		}
		if o.From.IsZero() {
			o.From = now
		}
		o.From, o.Name = o.From.UTC().Truncate(time.Millisecond), strings.TrimSpace(o.Name)
		if err := tree.Check(o); err != nil {
			return nil, err
		}
		if o.Dissolved {
			if err := a.empty(ctx, o); err != nil {
				return nil, err
			}
		}
		tree.versions[o.ID] = append(tree.versions[o.ID], *o)
		if rows[i], err = o.row(); err != nil {
			return nil, err
		}
	}
	if err := a.cfg.RecordUnits(ctx, by, list); err != nil {
		return nil, fmt.Errorf("identity: the log did not take the organisations: %w", err)
	}
	if err := a.cfg.Store.AddOrganisations(ctx, rows...); err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	return list, nil
}

// empty says whether nobody holds a post in an organisation when it is dissolved.
func (a *Accounts) empty(ctx context.Context, o *Organisation) error {
	posts, err := a.cfg.Store.PostsOfUnit(ctx, o.ID)
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	held := 0
	for _, p := range posts {
		if p.Withdrawn.IsZero() && (p.Ends.IsZero() || p.Ends.After(o.From)) {
			held++
		}
	}
	if held > 0 {
		return fmt.Errorf("%w: %d posts are held in it: withdraw them first / 该机构仍有 %d 个岗位，请先撤销", ErrUnit, held, held)
	}
	return nil
}

// Beginnings are the organisations with which a province begins, from the table
// of jurisdictions as it is at a time: the province and its cities, each with its
// trading office, its departments by the sectors that supervise a class of
// trade, audit, discipline and trading centre. Their names are the table's
// patterns, to be corrected by the office.
func Beginnings(table *jurisdiction.Table, regions *trade.RegionTable, at time.Time) ([]Organisation, error) {
	if regions == nil {
		regions = trade.Regions()
	}
	day := trade.DayOf(at)
	var out []Organisation
	top := ""
	for _, code := range regions.Below(wholeProvince, day) {
		r, valid, found := regions.At(code, day)
		city := strings.HasSuffix(code, "00") && code != "419000" || code == "419001" // a city under the province; the one before is a heading of the list
		if !city || !valid || !found {
			continue
		}
		name := r.Name
		here := Organisation{ID: newID(), Parent: top, Kind: Division, Name: name, Region: code, From: at}
		if top == "" {
			top = here.ID
		}
		out = append(out, here)
		add := func(kind UnitKind, name string, sectors ...string) {
			out = append(out, Organisation{ID: newID(), Parent: here.ID, Kind: kind, Name: name, Region: code, Sectors: sectors, From: at})
		}
		for _, s := range table.Sectors() {
			o, _, err := table.Office(code, s, day)
			var sectors []string
			for _, c := range table.Classes(s, day) {
				sectors = append(sectors, string(c))
			}
			switch {
			case err != nil:
				return nil, fmt.Errorf("identity: %w", err)
			case o.Name.ZH == "" || o.Region != code:
			case s == "trading":
				add(TradeOffice, o.Name.ZH)
			case len(sectors) > 0:
				add(Department, o.Name.ZH, sectors...)
			}
		}
		level := "局"
		if code == wholeProvince {
			level = "厅"
		}
		add(Audit, name+"审计"+level)
		add(Discipline, map[bool]string{true: "中共河南省纪律检查委员会、河南省监察委员会", false: name + "纪委监委"}[code == wholeProvince])
		add(Centre, name+"公共资源交易中心")
	}
	return out, nil
}
