package store

import (
	"slices"
	"testing"
)

func TestSoundsLike(t *testing.T) {
	for _, c := range []struct {
		typed, text string
		want        bool
	}{
		{"zz", "郑州市", true},
		{"zzs", "郑州市", true},
		{"zhengzhou", "郑州市", true},
		{"zhengz", "郑州市", true},
		{"zzhou", "郑州市", true},
		{"zhengzhoush", "郑州市", true},
		{"ls", "洛阳市", false},
		{"ys", "洛阳市", true},
		{"LY", "洛阳市", true},
		{"xian", "西安", true},
		{"xian", "先锋", true},
		{"zzx", "郑州市", false},
		{"a3", "A33标段", true},
		{"33bd", "A33标段", true},
		{"zs", "郑（州）市", false},
		{"zz", "", false},
	} {
		if got := SoundsLike(c.typed, c.text); got != c.want {
			t.Errorf("%q sounds like %q: %v", c.text, c.typed, got)
		}
	}
}

func TestSoundGuesses(t *testing.T) {
	for typed, want := range map[string]string{"zz": "zz", "zhengzhou": "zz", "zhengz": "zz", "xian": "xa", "dlgz": "dlgz", "a33": "a33"} {
		if got := soundGuesses(typed); !slices.Contains(got, want) || len(got) > maxGuesses {
			t.Errorf("%q may mean %q, want %q among them", typed, got, want)
		}
	}
	for _, typed := range []string{"z", "郑州", "zz z", "", "a-b"} {
		if Sounds(typed) {
			t.Errorf("%q is taken as a sound", typed)
		}
	}
}

func TestSortKey(t *testing.T) {
	list := []string{"郑州", "Zoo", "安阳", "北京", "A33标段", "开封"}
	slices.SortFunc(list, func(a, b string) int {
		if SortKey(a) < SortKey(b) {
			return -1
		}
		return 1
	})
	if want := []string{"A33标段", "安阳", "北京", "开封", "郑州", "Zoo"}; !slices.Equal(list, want) {
		t.Errorf("%q, want %q", list, want)
	}
}
