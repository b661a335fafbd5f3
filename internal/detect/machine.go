package detect

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"mingjing/internal/docket"
	"mingjing/internal/trade"
)

// machineFields are the three codes that together name a machine: one alone
// proves too little, a processor's code least of all.
var machineFields = [3]string{"CPU_ID", "MAC_ADDRESS", "HARD_DISK_SERIAL_NUMBER"}

// maxCodes bounds how many codes of one kind are read from one row: a machine
// has a few network cards and disks, a broken field may list anything.
const maxCodes = 16

// A machineSet is what a row says about a machine, each kind sorted, without
// placeholders. A row may name several network cards or disks.
type machineSet struct{ cpus, macs, disks []string }

// complete reports whether all three kinds of codes are there.
func (m machineSet) complete() bool {
	return len(m.cpus) > 0 && len(m.macs) > 0 && len(m.disks) > 0
}

// names returns every machine that the set can mean: one code of each kind.
// Two rows that share a name were made on one machine, though one of them may
// list a card more (a plugged-in adapter).
func (m machineSet) names() []string {
	var names []string
	for _, c := range m.cpus {
		for _, a := range m.macs {
			for _, d := range m.disks {
				names = append(names, c+"\x00"+a+"\x00"+d)
			}
		}
	}
	return names
}

// is reports whether the set can be the known machine: each code given is in it.
func (m machineSet) is(known machineSet) bool {
	match := func(mine, theirs []string) bool {
		return len(theirs) == 0 || slices.ContainsFunc(theirs, func(s string) bool { return slices.Contains(mine, s) })
	}
	if len(known.cpus)+len(known.macs)+len(known.disks) == 0 {
		return false // placeholders only: it would match every machine
	}
	return match(m.cpus, known.cpus) && match(m.macs, known.macs) && match(m.disks, known.disks)
}

// A machineReader reads machine codes by the placeholders of a setting.
type machineReader struct{ placeholders map[string]bool }

func newMachineReader(placeholders []string) machineReader {
	r := machineReader{map[string]bool{}}
	for _, p := range placeholders {
		r.placeholders[fold(p)] = true
	}
	return r
}

func (r machineReader) row(e *docket.Entry) machineSet {
	return r.read(e.Fields["CPU_ID"], e.Fields["MAC_ADDRESS"], e.Fields["HARD_DISK_SERIAL_NUMBER"])
}

func (r machineReader) read(cpu, mac, disk string) machineSet {
	return machineSet{r.codes(cpu), r.macs(mac), r.codes(disk)}
}

// codes reads a list of codes separated by ";" and the like. A blank inside a
// code is part of how it was printed and is dropped.
func (r machineReader) codes(s string) []string {
	if r.empty(s) {
		return nil
	}
	var out []string
	for _, part := range strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(";；,，、|\n", c) }) {
		if !r.empty(part) && len(out) < maxCodes {
			out = append(out, fold(part))
		}
	}
	sort.Strings(out)
	return slices.Compact(out)
}

// macs reads hardware addresses in any of the forms ff-ff-…, ff:ff:…, ffff.ffff.ffff
// and ffffffffffff. What is not twelve hexadecimal digits is no address.
func (r machineReader) macs(s string) []string {
	var out []string
	for _, part := range trade.SplitCodes(s) {
		a := strings.Map(func(c rune) rune {
			if strings.ContainsRune("-:.－：", c) {
				return -1
			}
			return unicode.ToLower(c)
		}, part)
		if len(a) == 12 && strings.Trim(a, "0123456789abcdef") == "" && !repeated(a) && len(out) < maxCodes {
			out = append(out, a)
		}
	}
	sort.Strings(out)
	return slices.Compact(out)
}

func (r machineReader) empty(s string) bool {
	f := fold(s)
	return f == "" || r.placeholders[f] || repeated(f)
}

// repeated reports whether a code is a filler: one character over and over,
// such as 0000, ffff-ffff, xxx, ---- or 1111.
func repeated(s string) bool {
	s = strings.Trim(strings.Map(func(c rune) rune {
		if c == '-' || c == ':' || c == '.' || c == '_' {
			return -1
		}
		return c
	}, s), " ")
	first, _ := utf8.DecodeRuneInString(s)
	return s == "" || ((strings.ContainsRune("0fx*?/", first) || utf8.RuneCountInString(s) > 3) && strings.Trim(s, string(first)) == "")
}

// folded reports that fold changes nothing in s: it is of ASCII without capitals
// and blanks and of ideographs alone. It may say no where fold changes nothing.
func folded(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c > ' ' && c < 0x7f && (c < 'A' || c > 'Z'):
		case c >= 0xe4 && c <= 0xe9 && i+2 < len(s) && s[i+1]&0xc0 == 0x80 && s[i+2]&0xc0 == 0x80: // U+4000 to U+9FFF
			i += 2
		default:
			return false
		}
	}
	return true
}

// fold brings a code to one form: small letters, no blanks.
func fold(s string) string {
	if folded(s) {
		return s
	}
	return strings.Map(foldRune, s)
}

func foldRune(c rune) rune {
	if c >= '！' && c <= '～' {
		c -= '！' - '!'
	}
	if unicode.IsSpace(c) || c == 0 {
		return -1
	}
	return unicode.ToLower(c)
}
