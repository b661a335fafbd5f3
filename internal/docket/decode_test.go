package docket

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// own is a docket in which every member stands.
const own = `{"id":"T","class":"construction","title":"<桥>\"1\"","region":"410105","through":7,"origins":["P","Q"],"live":[` +
	`{"dataset":"501","origin":"P","key":"k","revision":"1","deleted":true,"position":3,"received":"2026-11-24T16:00:00Z","first":"2026-11-30T16:00:00.25Z","occurred":"x","source":"s","history":true,"versions":2,"fields":{"A":"甲\u003c\n","B":""},"sealed":{"C":"bid"}},` +
	`{"dataset":"502","origin":"P","key":"k","revision":"1","position":-4,"received":"0001-01-01T00:00:00Z","first":"2026-02-29T16:00:00+08:00","source":"s","versions":0,"fields":null}],` +
	`"announced":[{"lot":"L","kind":"deadline","at":"2026-11-24T16:00:00Z","whole_day":true,"dataset":"503","origin":"P","key":"k","field":"F","position":9223372036854775807,"live":false}],` +
	`"releases":[{"origin":"P","lot":"L","seal":"bid","state":"opened","bidders":3,"at":"2026-11-24T16:00:00Z","opening":"2026-11-24T16:00:00Z","position":1,"basis":{"dataset":"506","key":"k","field":"f","origin":"P","position":5}}],` +
	`"lots":[{"code":"L","name":"n","bids":[{"bidder":"b","code":"c","ref":{"dataset":"507","key":"k"},"more":[{"dataset":"507","key":"m"}]}],"declared":true},{"code":"M","name":""}],` +
	`"events":[{"at":"2026-11-24T16:00:00Z","whole_day":true,"kind":"k","lot":"L","source":"s","ref":{"dataset":"503","key":"k"}}]}`

// FuzzDecode: whatever is given, what Decode reads is what encoding/json reads,
// and it refuses what that refuses.
func FuzzDecode(f *testing.F) {
	valid := strings.ReplaceAll(own, "2026-02-29", "2024-02-29")
	for _, s := range []string{
		own, valid, strings.ReplaceAll(valid, "9223372036854775807", "922337203685477580"), strings.ReplaceAll(valid, `"through":7`, `"through":07`), strings.ReplaceAll(valid, "甲", "\xff"), strings.ReplaceAll(valid, ":7,", ": 7,"),
		strings.ReplaceAll(valid, "甲", "\x01"), strings.ReplaceAll(valid, `"B":""`, `"A":"z"`), strings.ReplaceAll(valid, `\n`, `\q`), strings.ReplaceAll(valid, `\n`, `\ud800`), valid + "x", valid[:len(valid)-1], "", "null",
		`{"id":"","class":"","title":"","region":"","through":-0,"origins":null,"live":[],"announced":[],"releases":null,"lots":null,"events":null}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		want := new(Docket)
		err := json.Unmarshal(b, want)
		got, gotErr := Decode(b)
		if (err == nil) != (gotErr == nil) {
			t.Fatalf("encoding/json says %v, Decode %v", err, gotErr)
		}
		if err == nil && !reflect.DeepEqual(want, got) {
			t.Fatalf("read as another docket:\n%s", cmp.Diff(want, got))
		}
	})
}

// TestDecodeOwn: what Encode writes, unless it holds bulk rows, is read the
// short way.
func TestDecodeOwn(t *testing.T) {
	for _, s := range []string{strings.NewReplacer("2026-02-29", "2024-02-29", "9223372036854775807", "9").Replace(own)} {
		if decodeOwn([]byte(s)) == nil {
			t.Errorf("not read: %s", s)
		}
	}
	body, err := Fold(ten, forty()).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if decodeOwn(body) == nil {
		t.Error("a fold was not read")
	}
}

func TestControls(t *testing.T) {
	text := strings.Repeat("a甲\x7f ", 5)
	if controls([]byte(text)) {
		t.Error("there is none")
	}
	for i := range len(text) {
		for _, c := range []byte{0, 1, '\n', 31} {
			if b := []byte(text); !controls(append(b[:i:i], append([]byte{c}, b[i:]...)...)) {
				t.Errorf("byte %d at %d was passed over", c, i)
			}
		}
	}
}
