package standard

import (
	"bufio"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"mingjing/internal/trade"
)

func TestDefaultLoads(t *testing.T) {
	c, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.Datasets()); n != 159 {
		t.Errorf("data sets: %d, want 126 of the standard, 22 extensions and 11 of the system", n)
	}
	for _, d := range c.Datasets() {
		if c.Dataset(d.No) != d {
			t.Errorf("%s cannot be found by its number", d.No)
		}
		for _, name := range []string{"PLATFORM_CODE", "PUB_SERVICE_PLAT_CODE", "DATA_TIMESTAMP", "TRADE_PLAT", "PUB_SERVICE_PLAT"} {
			if (d.Class != trade.Construction || d.In("MJ")) && strings.HasSuffix(name, "_PLAT") {
				continue // 工程建设 only
			}
			if f := d.Field(name); d.Class != ClassSystem && (f == nil || !f.Required || f.Format.String() == "T") {
				t.Errorf("%s: %s has to be there, required, with its format", d.No, name)
			}
		}
	}
}

// Design section 4 point 4, and the law in 招标投标法 22, 36, 37: what is sealed.
func TestSealsOfDatasets(t *testing.T) {
	want := map[string]Seal{}
	for _, no := range strings.Fields("file 9105 9106 9107 505 507 557 515 519 520 523 510 9004 9006 9007 9008 9009 9010 9011 9012 9013 9014 9017") {
		want[no] = Bid
	}
	for _, no := range strings.Fields("9108 9112 508 9005 9015 9016 9021") {
		want[no] = Committee
	}
	fields := map[string]Seal{
		"506.BID_OPENING_ACTOR": Bid, "506.BID_OPENING_CONTENT": Bid, "516.PASSED_APPLICANT_LIST": Bid, "509.EVALUATION_CONTENT": Committee,
		"556.BID_OPENING_ACTOR": Bid, "556.BID_OPENING_CONTENT": Bid,
	}
	for _, d := range Default().Datasets() {
		if d.Seal != want[d.No] {
			t.Errorf("%s: sealed %q, want %q", d.No, d.Seal, want[d.No])
		}
		for _, f := range d.Fields {
			if f.Seal == Personal || f.Seal == d.Seal {
				continue
			}
			if fields[d.No+"."+f.Name] != f.Seal {
				t.Errorf("%s.%s: sealed %q, want %q", d.No, f.Name, f.Seal, fields[d.No+"."+f.Name])
			}
			delete(fields, d.No+"."+f.Name)
		}
	}
	if len(fields) > 0 {
		t.Errorf("not sealed: %v", fields)
	}
}

// A file hangs on the lots of the record that names it, and is shut until they
// are opened, whatever the data set; a committee's until the result.
func TestAttachmentSealing(t *testing.T) {
	lot := func(code string) Vault { return Vault{Origin: "o", Tender: "T", Lot: code} }
	for _, c := range []struct {
		dataset, tender string
		lots            []string
		seal            Seal
		vaults          []Vault
		ok              bool
	}{
		{"503", "T", []string{"B", "A", "A"}, Bid, []Vault{lot("A"), lot("B")}, true},
		{"507", "T", []string{"A"}, Bid, []Vault{lot("A")}, true},
		{"508", "T", []string{"A"}, Committee, []Vault{lot("A")}, true},
		{"509", "T", []string{"A"}, Committee, []Vault{lot("A")}, true}, // has a field of the committee's
		{"557", "T", []string{"A"}, Bid, []Vault{lot("A")}, true},       // names its transaction in another field
		{"9113", "T", nil, Bid, []Vault{lot("")}, true},
		{"503", " ", []string{"A"}, "", nil, false},
		{"release", "T", nil, "", nil, false},
		{"599", "T", nil, "", nil, false},
	} {
		seal, vaults, ok := Default().Attachment("o", c.dataset, c.tender, c.lots)
		if seal != c.seal || !slices.Equal(vaults, c.vaults) || ok != c.ok {
			t.Errorf("%s %q %v: %q %v %v", c.dataset, c.tender, c.lots, seal, vaults, ok)
		}
	}
}

var (
	personalWords = regexp.MustCompile(`身份证|证件号|电话|联系方式|手机|邮箱|账号|帐号`)
	personalNames = regexp.MustCompile(`PHONE|MOBILE|EMAIL|ID_CARD|_ID$|ACCOUNT|CONTACT_INFORMATION|_CONTACT$|PM_CODE|COMPLAINT_NAME|IDCARD`)
	notPersonal   = map[string]bool{"ID_CARD_TYPE": true, "CPU_ID": true, "NET_ID": true, "ID_CARD_END_DATE": true, "BIDDER_ID": true, "MARGIN_ACCOUNT": true} // a type; devices, sealed with their bid; a date; a company's number in its system; a company's account, sealed with its bid
)

func TestPersonalFields(t *testing.T) {
	n := 0
	for _, d := range Default().Datasets() {
		for _, f := range d.Fields {
			like := personalWords.MatchString(f.ZH) || personalNames.MatchString(f.Name) || f.Name == "LEGAL_CODE" && slices.Contains(d.Parents, "114") // 114's ID number under another name
			switch {
			case d.Class == ClassSystem: // ours: what it seals is not told by names made elsewhere
				like = f.Seal == Personal
			case notPersonal[f.Name]:
				like = false
			}
			if like != (f.Seal == Personal) {
				t.Errorf("%s.%s (%s): sealed %q", d.No, f.Name, f.ZH, f.Seal)
			}
			if f.Seal == Personal {
				n++
				if f.Disclosure == Public {
					t.Errorf("%s.%s is personal and public", d.No, f.Name)
				}
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d personal fields", n)
	}
}

const table = "../../../shared/data/datasets.tsv"

// TestAgainstTable compares the catalogue with the table that it was made from:
// nothing may be lost, what differs has to be noted as a slip.
func TestAgainstTable(t *testing.T) {
	file, err := os.Open(table)
	if err != nil {
		t.Skipf("SKIPPED, 1 comparison: the table of the standard is not here (%s)", table)
	}
	defer file.Close()
	seen, fields := map[string]map[string]bool{}, 0
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		p := strings.Split(lines.Text(), "\t")
		for len(p) < 8 {
			p = append(p, "")
		}
		no := strings.TrimPrefix(p[0], "FJ")
		if no == "dataset_no" {
			continue
		}
		fields++
		d := Default().Dataset(no)
		if d == nil {
			t.Errorf("%s is not in the catalogue", no)
			continue
		}
		if seen[no] == nil {
			seen[no] = map[string]bool{}
			if d.Table != p[1] || d.NameZH != p[2] {
				t.Errorf("%s: %s %s, the table has %s %s", no, d.Table, d.NameZH, p[1], p[2])
			}
		}
		if p[3] == "" {
			continue // unnamed in the table; the catalogue notes it
		}
		seen[no][p[3]] = true
		f := d.Field(p[3])
		if f == nil {
			t.Errorf("%s.%s is not in the catalogue", no, p[3])
			continue
		}
		form := "T"
		for _, word := range strings.Fields(p[6]) {
			if _, err := ParseFormat(word); err == nil {
				form = word
			}
		}
		disclosure := map[string]Disclosure{"社会公开": Public, "政务公开": Government, "": Closed}[p[7]]
		same := f.ZH == p[4] && f.Required == (p[5] == "Y") && f.Format.String() == form && f.Disclosure == disclosure &&
			f.Unchangeable == strings.Contains(p[6], "CannotModify")
		if !same && f.Slip == "" {
			t.Errorf("%s.%s differs from the table without a slip: %+v, table %q", no, p[3], f, p)
		}
		if same && f.Slip != "" && f.List == "" && f.Name != "BID_SECTION_CODE" {
			t.Errorf("%s.%s: a slip is noted, but nothing differs", no, p[3])
		}
	}
	if len(seen) != 126 || fields != 1998 {
		t.Errorf("the table has %d data sets and %d fields, want 126 and 1998", len(seen), fields)
	}
	for _, d := range Default().Datasets() {
		for _, f := range d.Fields {
			if d.Class != ClassSystem && !d.In("MJ") && !seen[d.No][f.Name] && f.Slip == "" {
				t.Errorf("%s.%s is not in the table and no slip says why", d.No, f.Name)
			}
		}
	}
}

// A catalogue that is wrong does not load, and says where.
func TestLoadIsStrict(t *testing.T) {
	list := "name: l\ncode: '1'\nzh: 表\nen: list\nclosed: true\nsource: test\nvalues: [{code: '1', zh: 一, en: one}]\n"
	set := `number: "1"
zh: 集
en: set
table: SET
class: construction
stage: tender
step: notice
key: [A]
parents: []
versions: [{name: "2.0", from: "2018-09", source: test}]
fields:
  - {name: A, zh: 甲, en: a, format: "C=1", list: l, disclosure: public}
`
	for _, test := range []struct{ name, old, new, want string }{
		{"as it is", "", "", ""},
		{"unknown key", "zh: 集", "zh: 集\ncolour: red", "colour"},
		{"unknown field key", "en: a,", "en: a, colour: red,", "colour"},
		{"no such list", "list: l", "list: m", "lists/"},
		{"format", "C=1", "C1", "format"},
		{"seal", "list: l", "seal: wax", "seal"},
		{"disclosure", "disclosure: public", "disclosure: all", "disclosure"},
		{"check", "list: l", "check: x", "kinds of code"},
		{"key field", "key: [A]", "key: [B]", `"B"`},
		{"parent", "parents: []", "parents: ['2']", "parent"},
		{"stage of the step", "stage: tender", "stage: award", "stage"},
		{"whole seal", "zh: 集", "zh: 集\nseal: personal", "seal"},
		{"personal and public", "list: l", "seal: personal", "personal and public"},
		{"person not sealed", "list: l", "person: true", "not sealed"},
		{"field twice", "  - {name: A", "  - {name: A, zh: 甲, en: a, format: T, disclosure: public}\n  - {name: A", "twice"},
		{"refusal changed", "list: l", "severity: {S004: note}", "S004"},
		{"made a refusal", "list: l", "severity: {S020: refuse}", "S020"},
		{"order", "zh: 集", "zh: 集\norder: [A before B]", "order"},
		{"order's field", "zh: 集", "zh: 集\norder: [A < B]", `"B"`},
		{"ratio", "zh: 集", "zh: 集\nratios: [A < B]", "ratio"},
		{"requirement", "zh: 集", "zh: 集\nrequire: [{field: A, when: maybe, rule: S046}]", "require"},
		{"requirement's rule", "zh: 集", "zh: 集\nrequire: [{field: A, when: A given, rule: S999}]", "S999"},
		{"number twice", "versions", "class: land\n---\nnumber: \"1\"\nversions", "1"},
		{"field of the transaction", "zh: 集", "zh: 集\ntender: B", `"B"`},
		{"field of the lots", "zh: 集", "zh: 集\nlot: B", `"B"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := set
			if test.old != "" {
				body = strings.Replace(set, test.old, test.new, 1)
				if body == set {
					t.Fatalf("%q is not in the file", test.old)
				}
			}
			_, err := Load(fstest.MapFS{"lists/l.yaml": {Data: []byte(list)}, "catalogue/1.yaml": {Data: []byte(body)}})
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "catalogue/1.yaml")):
				t.Errorf("error %v, want one that names %s and the file", err, test.want)
			}
		})
	}
}

func TestRulesTable(t *testing.T) {
	last := ""
	for _, r := range Rules() {
		if r.ID <= last {
			t.Errorf("%s stands after %s", r.ID, last)
		}
		last = r.ID
		for what, s := range map[string]string{"zh": r.ZH, "en": r.EN, "mend zh": r.MendZH, "mend en": r.MendEN, "why zh": r.WhyZH, "why en": r.WhyEN, "source": r.Source} {
			if s == "" {
				t.Errorf("%s has no %s", r.ID, what)
			}
		}
		if got, ok := RuleByID(r.ID); !ok || got != r {
			t.Errorf("%s cannot be found by its id", r.ID)
		}
	}
}
