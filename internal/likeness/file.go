package likeness

import (
	"slices"
	"strings"
)

// A File is what a bid's file says of its making. Times are as the file has them.
type File struct {
	Kind     string   `json:"kind"` // txt, docx, xlsx, pdf, xml
	Author   string   `json:"author,omitempty"`
	LastBy   string   `json:"last_by,omitempty"` // who saved it last
	Company  string   `json:"company,omitempty"`
	Program  string   `json:"program,omitempty"`
	Producer string   `json:"producer,omitempty"` // of a PDF
	Template string   `json:"template,omitempty"`
	Title    string   `json:"title,omitempty"`
	Created  string   `json:"created,omitempty"`
	Modified string   `json:"modified,omitempty"`
	Revision string   `json:"revision,omitempty"`
	Session  string   `json:"session,omitempty"`  // Word's number of the first editing session: copies of one file keep it
	Sessions []string `json:"sessions,omitempty"` // and of all
	Pictures []string `json:"pictures,omitempty"` // SHA-256 of each, distinct, sorted; those under 2 KiB are left out
}

// A Trait is something that the files of two bids have in common.
type Trait struct {
	Name  string `json:"name"` // the field of File
	Value string `json:"value"`
}

// nobody are authors and companies that say nothing: what programs put there.
var nobody = []string{
	"", "administrator", "admin", "user", "users", "pc", "dell", "lenovo", "hp", "asus", "acer", "windows", "windows用户", "windowsuser", "微软用户", "微软中国", "微软", "microsoft", "microsoftoffice用户", "office", "wps", "wpsoffice", "wps用户",
	"用户", "管理员", "作者", "author", "owner", "unknown", "未知", "无", "匿名", "root", "openpyxl", "pythondocx", "apachepoi", "excelize", "雨林木风", "番茄花园", "深度", "china", "normal", "normaldotm", "untitled", "xuri",
}

// SharedTraits returns what two files have in common beyond what programs put
// into many, the tender's own files among them.
func SharedTraits(a, b *File, tender ...*File) []Trait {
	var out []Trait
	add := func(name, x, y string, of func(f *File) string) {
		word := plainWord(x)
		if word == "" || word != plainWord(y) || slices.Contains(nobody, word) {
			return
		}
		if !slices.ContainsFunc(tender, func(f *File) bool { return plainWord(of(f)) == word }) {
			out = append(out, Trait{name, strings.TrimSpace(x)})
		}
	}
	for _, f := range []struct {
		name string
		of   func(f *File) string
	}{
		{"author", func(f *File) string { return f.Author }},
		{"last_by", func(f *File) string { return f.LastBy }},
		{"company", func(f *File) string { return f.Company }},
		{"template", func(f *File) string { return f.Template }},
		{"created", func(f *File) string { return f.Created }},
		{"modified", func(f *File) string { return f.Modified }},
		{"session", func(f *File) string { return f.Session }},
	} {
		add(f.name, f.of(a), f.of(b), f.of)
	}
	both := func(name string, of func(f *File) []string) {
		for _, v := range of(a) {
			if slices.Contains(of(b), v) && !slices.ContainsFunc(tender, func(f *File) bool { return slices.Contains(of(f), v) }) {
				out = append(out, Trait{name, v})
			}
		}
	}
	both("sessions", func(f *File) []string { return f.Sessions })
	both("pictures", func(f *File) []string { return f.Pictures })
	return out
}
