package detect

import (
	"regexp"
	"slices"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/likeness"
	"mingjing/internal/timeline"
)

// A Likeness is what the files of the opened bids of a lot have in common, as
// measured: what deserves a look is for the settings to say.
type Likeness struct {
	Bidders []LikenessBidder `json:"bidders"`
	Tender  []LikenessFile   `json:"tender" doc:"The tender's own documents: what they say was taken out of the bids"`
	Pairs   []LikenessPair   `json:"pairs" doc:"Bidders that have something in common"`
	Problem string           `json:"problem,omitempty" doc:"Why not everything was compared"`
}

// A LikenessBidder is one bidder with its files.
type LikenessBidder struct {
	Who   string         `json:"who" doc:"Code, else name; empty where the reader may not know"`
	Name  string         `json:"name"`
	Own   int            `json:"own" doc:"Characters that are neither the tender's nor a standard text's"`
	Items int            `json:"items" doc:"Priced items read of its bills of quantities"`
	Files []LikenessFile `json:"files"`
	Names []LikenessName `json:"names,omitempty" doc:"Other bidders that it names"`
}

// A LikenessFile is a file that a record names.
type LikenessFile struct {
	docket.Ref
	SHA256  string `json:"sha256"`
	Kind    string `json:"kind,omitempty" doc:"txt, docx, xlsx, pdf, xml"`
	Problem string `json:"problem,omitempty" doc:"Why nothing may be concluded from it"`
}

// A LikenessName is another bidder's name in a bid.
type LikenessName struct {
	Who   string        `json:"who" doc:"The other bidder"`
	Form  string        `json:"form" enum:"full,short"`
	Times int           `json:"times"`
	Place LikenessQuote `json:"place" doc:"The first"`
}

// A LikenessQuote is a stretch of a bidder's file as its text was read.
type LikenessQuote struct {
	File int    `json:"file" doc:"Index in the bidder's files"`
	From int    `json:"from" doc:"Byte offset in the text that was read of it"`
	To   int    `json:"to"`
	Text string `json:"text" doc:"What stands there, the beginning of a long one"`
}

// A LikenessPair is what two bidders have in common.
type LikenessPair struct {
	A        int               `json:"a" doc:"Index of the bidder"`
	B        int               `json:"b"`
	SharedA  int               `json:"shared_a" doc:"Characters of A that B has too"`
	SharedB  int               `json:"shared_b"`
	Longest  int               `json:"longest"`
	Passages []LikenessPassage `json:"passages,omitempty" doc:"The longest first"`
	Rare     []LikenessRare    `json:"rare,omitempty"`
	Same     []string          `json:"same_files,omitempty" doc:"SHA-256 of files that both named"`
	Traits   []likeness.Trait  `json:"traits,omitempty" doc:"File properties that are equal"`
	Bill     *LikenessBill     `json:"bill,omitempty"`
}

// A LikenessPassage is a passage that both have.
type LikenessPassage struct {
	Kind    string        `json:"kind" enum:"verbatim,altered,reordered"`
	Equal   int           `json:"equal" doc:"Characters that are equal"`
	Numbers int           `json:"numbers_changed,omitempty"`
	A       LikenessQuote `json:"a"`
	B       LikenessQuote `json:"b"`
}

// A LikenessRare is a slip or a number that these two have and nobody else.
type LikenessRare struct {
	Kind    string        `json:"kind" enum:"slip,token"`
	Instead string        `json:"instead,omitempty" doc:"Of a slip: what stands elsewhere"`
	A       LikenessQuote `json:"a"`
	B       LikenessQuote `json:"b"`
}

// A LikenessBill is what two priced bills have in common.
type LikenessBill struct {
	Compared   int            `json:"compared" doc:"Items that can be compared"`
	Identical  int            `json:"identical" doc:"Of these, with the same unit price"`
	Ratio      float64        `json:"ratio,omitempty" doc:"The ratio, not 1, that most items share: B's price by A's"`
	RatioItems int            `json:"ratio_items"`
	Errors     int            `json:"errors" doc:"Amounts that miss quantity by price by the same in both"`
	Examples   []LikenessItem `json:"examples,omitempty"`
}

// A LikenessItem is one item of two bills.
type LikenessItem struct {
	What string            `json:"what" enum:"error,identical"`
	A    likeness.BillItem `json:"a"`
	B    likeness.BillItem `json:"b"`
}

// A NamedFile is a file that a row of a docket names by its SHA-256.
type NamedFile struct {
	Ref    docket.Ref
	SHA256 string // 64 hex digits, lower case
	Who    string // the bidder, by code, else by name; "" for the tender's own
	Name   string
}

var (
	hexDigits = regexp.MustCompile(`[0-9A-Fa-f]{64,}`)
	// bidFiles are the data sets whose rows carry a bidder's files: the bid itself.
	bidFiles = []string{"519", "507", "9010"}
	// tenderFiles are those by which the tenderer puts out documents.
	tenderFiles = []string{"503", "504", "505", "550", "551", "9103", "502"}
)

// BidFiles lists the files that the opened bids of a lot name, a file of a
// bidder once, in the docket's order.
func BidFiles(d *docket.Docket, lot string) []NamedFile {
	p, bodies := partiesOf(d, lot), tendererBodies(d, lot)
	names := map[string]string{}
	var out []NamedFile
	for _, dataset := range bidFiles {
		for _, e := range timeline.Rows(d, dataset, lot) {
			who := p.identity(e)
			if who == "" || bodies[who] || e.Fields["BID_STATUS"] == "withdrawn" {
				continue
			}
			if names[who] == "" {
				names[who] = strings.TrimSpace(nameIn(e))
			}
			out = append(out, filesOf(e, who)...)
		}
	}
	out = onceEach(out)
	for i := range out {
		if out[i].Name = names[out[i].Who]; out[i].Name == "" {
			out[i].Name = out[i].Who
		}
	}
	return out
}

// TenderFiles lists the files that the tenderer's rows about a lot name.
func TenderFiles(d *docket.Docket, lot string) []NamedFile {
	var out []NamedFile
	for _, dataset := range tenderFiles {
		for _, e := range timeline.Rows(d, dataset, lot) {
			out = append(out, filesOf(e, "")...)
		}
	}
	return onceEach(out)
}

func filesOf(e *docket.Entry, who string) []NamedFile {
	var out []NamedFile
	for _, field := range sortedKeys(e.Fields) {
		for _, word := range hexDigits.FindAllString(e.Fields[field], -1) {
			if len(word) == 64 {
				out = append(out, NamedFile{Ref: timeline.RefOf(e, field), SHA256: strings.ToLower(word), Who: who})
			}
		}
	}
	return out
}

func onceEach(fs []NamedFile) []NamedFile {
	var out []NamedFile
	for _, f := range fs {
		if !slices.ContainsFunc(out, func(o NamedFile) bool { return o.Who == f.Who && o.SHA256 == f.SHA256 && o.Ref.Origin == f.Ref.Origin }) {
			out = append(out, f)
		}
	}
	return out
}

// ComparesFiles reports whether the opened bids of some lot name files.
func ComparesFiles(d *docket.Docket) bool {
	return slices.ContainsFunc(timeline.Lots(d), func(lot string) bool { return opened(d, lot) && len(BidFiles(d, lot)) > 0 })
}
