package disclose

import "strings"

// Names tells whether a reader of the view sees a record of a trading system
// and data set that names an attachment by its SHA-256 (64 hex digits): only
// then may the reader be told that the attachment exists. A masked or hidden
// field names nothing.
func (v *Docket) Names(origin, dataset, sha256 string) bool {
	_, named := v.names(origin, dataset, sha256)
	return named
}

// NotedFile is the class/seal as which reading an attachment is noted: that of
// the field that names it, "" where one that nobody notes names it too.
func (v *Docket) NotedFile(origin, dataset, sha256 string) string {
	noted, _ := v.names(origin, dataset, sha256)
	return noted
}

// names tells whether shown fields name an attachment, and as what reading these is noted.
func (v *Docket) names(origin, dataset, sha256 string) (noted string, named bool) {
	if v == nil || len(sha256) != 64 {
		return "", false
	}
	for i := range v.Entries {
		e := &v.Entries[i]
		if e.Origin != origin || e.Dataset != dataset || e.Deleted {
			continue
		}
		for j := range e.Fields {
			if f := &e.Fields[j]; f.State == "" && namesDigest(f.Value, sha256) {
				if f.noted == "" {
					return "", true
				}
				noted, named = f.noted, true
			}
		}
	}
	return noted, named
}

// namesDigest looks for a digest that stands for itself in a text: not as a part
// of a longer row of hex digits.
func namesDigest(text, digest string) bool {
	text, digest = strings.ToLower(text), strings.ToLower(digest)
	for from := 0; ; {
		i := strings.Index(text[from:], digest)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(digest)
		if (i == 0 || !hexDigit(text[i-1])) && (end == len(text) || !hexDigit(text[end])) {
			return true
		}
		from = i + 1
	}
}

func hexDigit(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }
