package standard

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestSealing(t *testing.T) {
	lot := Vault{ExampleOrigin, exampleTender, exampleSection}
	other := Vault{ExampleOrigin, exampleTender, exampleTender + "002"}
	whole := Vault{ExampleOrigin, exampleTender, ""}
	id := exampleID("41010519900101001")
	for _, test := range []struct {
		name    string
		dataset string
		change  func(r *Record)
		want    Sealing
	}{
		{"open, phones personal", "503", nil, Sealing{Fields: map[string]Seal{"TENDERER_PHONE_NUMBER": Personal, "TENDERER_EMAIL": Personal, "TENDER_AGENCY_PHONE_NUMBER": Personal, "TENDER_AGENCY_EMAIL": Personal}}},
		{"wholly sealed: only the personal fields are named", "507", nil, Sealing{Whole: Bid, Fields: map[string]Seal{"PM_CODE": Personal}, Vaults: []Vault{lot}, Person: id}},
		{"committee", "508", nil, Sealing{Whole: Committee, Fields: map[string]Seal{"ID_CARD": Personal}, Vaults: []Vault{lot}, Person: id}},
		{"two fields of an open set", "506", nil, Sealing{Fields: map[string]Seal{"BID_OPENING_ACTOR": Bid, "BID_OPENING_CONTENT": Bid}, Vaults: []Vault{lot}}},
		{"report", "509", nil, Sealing{Fields: map[string]Seal{"EVALUATION_CONTENT": Committee}, Vaults: []Vault{lot}}},
		{"several sections, separated in several ways", "506", func(r *Record) {
			r.Fields["BID_SECTION_CODES"] = " " + other.Lot + "；" + exampleSection + "、" + exampleSection + ";"
		}, Sealing{Fields: map[string]Seal{"BID_OPENING_ACTOR": Bid, "BID_OPENING_CONTENT": Bid}, Vaults: []Vault{lot, other}}},
		{"no section", "506", func(r *Record) { r.Fields["BID_SECTION_CODES"] = " ; " }, Sealing{Fields: map[string]Seal{"BID_OPENING_ACTOR": Bid, "BID_OPENING_CONTENT": Bid}, Vaults: []Vault{whole}}},
		{"no tender: no vault, so it stays closed", "507", func(r *Record) { delete(r.Fields, "TENDER_PROJECT_CODE") }, Sealing{Whole: Bid, Fields: map[string]Seal{"PM_CODE": Personal}, Person: id}},
		{"another system's claim is another vault", "507", func(r *Record) { r.Origin = "B" }, Sealing{Whole: Bid, Fields: map[string]Seal{"PM_CODE": Personal}, Vaults: []Vault{{"B", exampleTender, exampleSection}}, Person: id}},
		{"tombstone without fields", "507", func(r *Record) { r.Op, r.Fields = Delete, nil }, Sealing{Whole: Bid}},
		{"a natural person won", "513", func(r *Record) { r.Fields["WIN_BIDDER_CODE"] = id }, Sealing{Fields: map[string]Seal{"WIN_BIDDER_CODE": Personal}, Person: id}},
		{"sealed elsewhere, unknown here", "513", func(r *Record) { r.Fields["MAC_ADDRESS"], r.Fields["PM_CODE"] = "02-00", id }, Sealing{Fields: map[string]Seal{"MAC_ADDRESS": Bid, "PM_CODE": Personal}, Vaults: []Vault{lot}}},
		{"a phone by its name, an ID number by its looks", "517", func(r *Record) { r.Fields["CONTACT_PHONE"], r.Fields["REMARK2"] = "1", "经办人 "+id }, Sealing{Fields: map[string]Seal{"CONTACT_PHONE": Personal, "REMARK2": Personal}}},
		{"unknown in a set that holds bids: nothing tells it from them", "506", func(r *Record) { r.Fields["COLOUR"] = "red" }, Sealing{Fields: map[string]Seal{"BID_OPENING_ACTOR": Bid, "BID_OPENING_CONTENT": Bid, "COLOUR": Bid}, Vaults: []Vault{lot}}},
		{"unknown in a set that holds the evaluation", "509", func(r *Record) { r.Fields["COLOUR"] = "red" }, Sealing{Fields: map[string]Seal{"EVALUATION_CONTENT": Committee, "COLOUR": Committee}, Vaults: []Vault{lot}}},
		{"unknown, and by its name about bidders", "502", func(r *Record) { r.Fields["BIDDER_COUNT"], r.Fields["投标人名单"] = "3", "甲、乙" }, Sealing{Fields: map[string]Seal{"BIDDER_COUNT": Bid, "投标人名单": Bid}, Vaults: []Vault{lot}}},
		{"unknown and harmless", "517", func(r *Record) { r.Fields["COLOUR"] = "red" }, Sealing{}},
		{"attachments of an opening record", "506", func(r *Record) {
			r.Fields = map[string]string{"TENDER_PROJECT_CODE": exampleTender, SourceField: "NAME=投标人.pdf"}
		}, Sealing{Fields: map[string]Seal{SourceField: Bid}, Vaults: []Vault{whole}}},
		{"attachments of a notice", "503", func(r *Record) { r.Fields = map[string]string{SourceField: "NAME=a.pdf"} }, Sealing{}},
		{"not in the catalogue", "503", func(r *Record) { r.Dataset = "???" }, Sealing{Whole: Bid}},
		{"a release is open", "release", nil, Sealing{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := Example(test.dataset)
			if test.change != nil {
				test.change(&r)
			}
			if diff := cmp.Diff(test.want, Default().Sealing(&r), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestIDNumbers(t *testing.T) {
	for s, want := range map[string]bool{
		"11010519491231002X": true, "11010519491231002x": true, // the standard's own example
		"110105194912310021": false, "11010519491331002X": false, "1101051949123100": false, "": false,
	} {
		if validID(s) != want {
			t.Errorf("validID(%q) is %v", s, !want)
		}
	}
	for s, want := range map[string]bool{
		"证号:11010519491231002X。": true, "x11010519491231002X": false, "12350100MB02709751": false, "": false,
	} {
		if holdsPerson(s) != want {
			t.Errorf("holdsPerson(%q) is %v", s, !want)
		}
	}
}
