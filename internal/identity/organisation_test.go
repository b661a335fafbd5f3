package identity

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/jurisdiction"
	"mingjing/internal/store"
)

// orderly is a small tree: the province, Luoyang under it, a department there.
func (h *house) orderly() (province, city, department Organisation) {
	h.t.Helper()
	made, err := h.a.Order(h.t.Context(), desk, Organisation{Kind: Division, Name: "河南省", Region: "410000"})
	h.must(err)
	province = made[0]
	made, err = h.a.Order(h.t.Context(), desk, Organisation{Parent: province.ID, Kind: Division, Name: "洛阳市", Region: "410300"})
	h.must(err)
	city = made[0]
	made, err = h.a.Order(h.t.Context(), desk, Organisation{Parent: city.ID, Kind: Department, Name: "洛阳市水利局", Region: "410300", Sectors: []string{"construction"}})
	h.must(err)
	return province, city, made[0]
}

// A change is from a day on: what was until then is still told.
func TestTreeIsDated(t *testing.T) {
	h := newHouse(t)
	_, city, department := h.orderly()
	later := h.now.Add(48 * time.Hour)
	renamed := department
	renamed.Name, renamed.From = "洛阳市水务局", later
	if _, err := h.a.Order(t.Context(), desk, renamed); err != nil {
		t.Fatal(err)
	}
	gone := renamed
	gone.Dissolved, gone.From = true, later.Add(time.Hour)
	if _, err := h.a.Order(t.Context(), desk, gone); err != nil {
		t.Fatal(err)
	}
	tree, err := h.a.Tree(t.Context())
	h.must(err)
	for _, c := range []struct {
		at   time.Time
		name string
	}{
		{h.now.Add(-time.Hour), ""},
		{h.now, "洛阳市水利局"},
		{later.Add(-time.Millisecond), "洛阳市水利局"},
		{later, "洛阳市水务局"},
		{later.Add(time.Hour), ""},
	} {
		o, ok := tree.Find(department.ID, c.at)
		if ok != (c.name != "") || ok && o.Name != c.name {
			t.Errorf("at %s it is %q, not %q", c.at, o.Name, c.name)
		}
	}
	var names []string
	for _, o := range tree.At(h.now) {
		names = append(names, o.Name)
	}
	if want := []string{"河南省", "洛阳市", "洛阳市水利局"}; !slices.Equal(names, want) {
		t.Errorf("the tree now is %q", names)
	}
	if above := tree.Above(department.ID, h.now); len(above) != 3 || above[1].ID != city.ID {
		t.Errorf("above it stand %+v", above)
	}
	if v := tree.Versions(department.ID); len(v) != 3 || !v[2].Dissolved {
		t.Errorf("its versions are %+v", v)
	}
}

func TestTreeIsChecked(t *testing.T) {
	h := newHouse(t)
	province, city, department := h.orderly()
	later := h.now.Add(time.Hour)
	for name, o := range map[string]Organisation{
		"no such kind":           {Kind: "club", Name: "x"},
		"no name":                {Kind: Centre, Name: " "},
		"a region of letters":    {Kind: Centre, Name: "x", Region: "abc"},
		"a division of nowhere":  {Kind: Division, Name: "x"},
		"sectors of an audit":    {Kind: Audit, Name: "x", Sectors: []string{"construction"}},
		"a sector of nothing":    {Kind: Department, Name: "x", Region: "410300", Sectors: []string{"cooking"}},
		"a wrong code":           {Kind: Buyer, Name: "x", Code: "124103004170000016"},
		"a tenderer with none":   {Kind: Buyer, Name: "x"},
		"under nobody":           {Kind: Centre, Name: "x", Parent: "nobody"},
		"outside what is above":  {Kind: Department, Name: "x", Region: "410200", Parent: city.ID},
		"a division in an audit": {Kind: Division, Name: "x", Region: "410300", Parent: department.ID},
		"another kind":           {ID: department.ID, Kind: Audit, Name: "x", From: later},
		"no later":               {ID: department.ID, Kind: Department, Name: "x", Region: "410300"},
		"under itself":           {ID: province.ID, Kind: Division, Name: "河南省", Region: "410000", Parent: city.ID, From: later},
		"with others under it":   {ID: city.ID, Parent: province.ID, Kind: Division, Name: "洛阳市", Region: "410300", From: later, Dissolved: true},
		"before it was made":     {ID: "", Kind: Centre, Name: "x", Dissolved: true},
	} {
		if _, err := h.a.Order(t.Context(), desk, o); !errors.Is(err, ErrUnit) || !strings.Contains(err.Error(), " / ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, actor := h.signIn(h.person("boss", office).Username)
	if _, err := h.a.Order(t.Context(), By{Who: actor}, Organisation{ID: "nobody", Kind: Centre, Name: "x"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("changing none: %v", err)
	}
	for _, post := range []Post{machine, luoyang, auditor, vendor, tenderer} {
		if _, err := h.a.Order(t.Context(), By{Who: Identity{Stage: Open, Person: "x", Post: post}}, Organisation{Kind: Centre, Name: "x"}); !errors.Is(err, ErrNotYours) {
			t.Errorf("%s: %v", post.Role, err)
		}
	}
	h.fail = errors.New("the log is full")
	before, err := h.db.Organisations(t.Context())
	h.must(err)
	if _, err := h.a.Order(t.Context(), desk, Organisation{Kind: Centre, Name: "x"}); err == nil {
		t.Error("an organisation is made unrecorded")
	}
	if after, err := h.db.Organisations(t.Context()); err != nil || len(after) != len(before) {
		t.Errorf("what was not recorded is so: %d, %d, %v", len(before), len(after), err)
	}
}

// A post in an organisation reaches no further than that, and keeps it from
// being dissolved.
func TestPostInAnOrganisation(t *testing.T) {
	h := newHouse(t)
	_, _, department := h.orderly()
	p := h.person("zhang")
	post := func(change func(*Post)) error {
		one := Post{Role: Supervisor, Title: "洛阳市水利局", Regions: []string{"410300"}, Sectors: []string{"construction"}, Unit: department.ID}
		change(&one)
		_, err := h.a.Grant(t.Context(), desk, p.ID, one)
		return err
	}
	for name, change := range map[string]func(*Post){
		"another city":      func(p *Post) { p.Regions = []string{"410300", "410200"} },
		"the province":      func(p *Post) { p.Regions = []string{"*"} },
		"all sectors":       func(p *Post) { p.Sectors = nil },
		"another sector":    func(p *Post) { p.Sectors = []string{"land"} },
		"an auditor's":      func(p *Post) { p.Role, p.Regions, p.Sectors = Auditor, nil, nil },
		"before there was":  func(p *Post) { p.From = h.now.Add(-time.Hour) },
		"in none":           func(p *Post) { p.Unit = "nobody" },
		"somebody's, lent":  func(p *Post) { p.Unit, p.Lent = "", &Lent{"x", "y", "z"} },
		"in the name of it": func(p *Post) { p.Lent = &Lent{"x", "y", "z"} },
	} {
		if err := post(change); !errors.Is(err, ErrPost) {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.must(post(func(p *Post) { p.Regions = []string{"410323"} })) // a county of it
	h.must(post(func(*Post) {}))
	posts, err := h.a.Posts(t.Context(), p.ID)
	h.must(err)
	if len(posts) != 2 || posts[1].Unit != department.ID {
		t.Fatalf("held are %+v", posts)
	}
	gone := department
	gone.Dissolved, gone.From = true, h.now.Add(time.Hour)
	if _, err := h.a.Order(t.Context(), desk, gone); !errors.Is(err, ErrUnit) || !strings.Contains(err.Error(), "2 posts") {
		t.Errorf("dissolving one with posts: %v", err)
	}
	for _, one := range posts {
		h.must(h.a.Withdraw(t.Context(), desk, p.ID, one.ID))
	}
	_, err = h.a.Order(t.Context(), desk, gone)
	h.must(err)
}

// What a province begins with passes its own check, and every city has who
// supervises each class of trade.
func TestBeginnings(t *testing.T) {
	h := newHouse(t)
	list, err := Beginnings(jurisdiction.Default(), nil, h.now)
	h.must(err)
	made, err := h.a.Order(t.Context(), desk, list...)
	h.must(err)
	tree := NewTree(nil, made)
	names := map[string]bool{}
	divisions := 0
	covered := map[string]map[string]bool{}
	for _, o := range tree.At(h.now) {
		names[o.Name] = true
		if o.Kind == Division {
			divisions++
		}
		if o.Kind == Department {
			if len(o.Sectors) == 0 {
				t.Errorf("%s supervises everything", o.Name)
			}
			for _, s := range o.Sectors {
				if covered[o.Region] == nil {
					covered[o.Region] = map[string]bool{}
				}
				covered[o.Region][s] = true
			}
		}
	}
	if divisions != 19 { // the province, 17 cities, Jiyuan
		t.Errorf("%d divisions", divisions)
	}
	for _, name := range []string{"河南省发展和改革委员会", "洛阳市水利局", "济源市审计局", "郑州市公共资源交易中心", "河南省公共资源交易管理委员会办公室"} {
		if !names[name] {
			t.Errorf("%s is missing", name)
		}
	}
	for region, classes := range covered {
		if len(classes) != 8 {
			t.Errorf("in %s somebody supervises only %v", region, classes)
		}
	}
}
