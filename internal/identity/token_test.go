package identity

import (
	"bytes"
	"context"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/store"
)

var now = time.Date(2018, 6, 1, 0, 0, 0, 0, time.UTC)

type kept map[string]store.TokenRow

func (k kept) Token(_ context.Context, digest []byte) (*store.TokenRow, error) {
	if r, ok := k[string(digest)]; ok {
		return &r, nil
	}
	return nil, nil
}

type broken struct{}

func (broken) Token(context.Context, []byte) (*store.TokenRow, error) {
	return nil, errors.New("disk gone")
}

func issue(t *testing.T, k kept, seed byte, g Grant) string {
	t.Helper()
	token, row, err := Issue(bytes.NewReader(bytes.Repeat([]byte{seed}, 32)), now, g)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(row.Body)+row.Name+string(row.Digest), strings.TrimPrefix(token, Prefix)) || bytes.Contains(row.Digest, bytes.Repeat([]byte{seed}, 8)) {
		t.Error("the stored row holds the token")
	}
	k[string(row.Digest)] = row
	return token
}

func TestTokens(t *testing.T) {
	k := kept{}
	want := disclose.Reader{Audience: disclose.Supervisor, Regions: []string{"410300"}, Sectors: []string{"construction"}}
	token := issue(t, k, 1, Grant{Name: "Luoyang", Reader: want, Expires: now.Add(time.Hour)})
	clock := now
	keeper := NewKeeper(k, func() time.Time { return clock })
	want.ID = "Luoyang"
	for _, c := range []struct {
		name, header string
		later        time.Duration
		want         disclose.Reader
		err          error
	}{
		{"no header is the public", "", 0, disclose.Reader{Audience: disclose.Public}, nil},
		{"a token is its reader", "Bearer " + token, 0, want, nil},
		{"the scheme in any case", "bearer  " + token, 0, want, nil},
		{"to the last moment", "Bearer " + token, time.Hour - 1, want, nil},
		{"not after it has ended", "Bearer " + token, time.Hour, disclose.Reader{}, ErrUnknown},
		{"an unknown token", "Bearer " + Prefix + strings.Repeat("A", 43), 0, disclose.Reader{}, ErrUnknown},
		{"another scheme", "Basic " + token, 0, disclose.Reader{}, ErrMalformed},
		{"no prefix", "Bearer " + strings.TrimPrefix(token, Prefix), 0, disclose.Reader{}, ErrMalformed},
		{"too short", "Bearer " + token[:20], 0, disclose.Reader{}, ErrMalformed},
		{"too long", "Bearer " + token + "AAAA", 0, disclose.Reader{}, ErrMalformed},
		{"no token", "Bearer", 0, disclose.Reader{}, ErrMalformed},
		{"not base64", "Bearer " + Prefix + strings.Repeat("!", 43), 0, disclose.Reader{}, ErrMalformed},
		{"two tokens", "Bearer " + token + " " + token, 0, disclose.Reader{}, ErrMalformed},
	} {
		clock = now.Add(c.later)
		got, err := keeper.Reader(context.Background(), c.header)
		if !errors.Is(err, c.err) || c.err == nil && err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v; want %+v, %v", c.name, got, err, c.want, c.err)
		}
		if err != nil && strings.Contains(err.Error(), token[4:20]) {
			t.Errorf("%s: the error tells the token", c.name)
		}
	}
	if _, err := NewKeeper(broken{}, time.Now).Reader(context.Background(), "Bearer "+token); err == nil || errors.Is(err, ErrUnknown) {
		t.Errorf("a store that fails looks like an unknown token: %v", err)
	}
}

func TestIssueRefuses(t *testing.T) {
	good := Grant{Name: "x", Reader: disclose.Reader{Audience: disclose.Auditor}}
	for name, g := range map[string]Grant{
		"region of no shape":      {Name: "x", Reader: disclose.Reader{Audience: disclose.Supervisor, Regions: []string{"410300", "41030"}}},
		"no name":                 {Reader: good.Reader},
		"public":                  {Name: "x", Reader: disclose.Reader{Audience: disclose.Public}},
		"unknown audience":        {Name: "x", Reader: disclose.Reader{Audience: "king"}},
		"source of nothing":       {Name: "x", Reader: disclose.Reader{Audience: disclose.Source}},
		"supervisor of no region": {Name: "x", Reader: disclose.Reader{Audience: disclose.Supervisor}},
		"ended already":           {Name: "x", Reader: good.Reader, Expires: now},
	} {
		if _, _, err := Issue(bytes.NewReader(make([]byte, 32)), now, g); err == nil {
			t.Errorf("%s: issued", name)
		}
	}
	for _, r := range []io.Reader{bytes.NewReader(make([]byte, 31)), iotest.ErrReader(errors.New("none"))} {
		if _, _, err := Issue(r, now, good); err == nil {
			t.Error("issued with too little randomness")
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("Bearer " + Prefix + strings.Repeat("A", 43))
	f.Add("bearer\t")
	f.Fuzz(func(t *testing.T, s string) {
		if b, err := parse(s); err == nil && len(b) != tokenBytes {
			t.Fatalf("a secret of %d bytes", len(b))
		}
	})
}
