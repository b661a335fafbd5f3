package cardinal

// A moment is a date and time of RFC 3339, in UTC.
type moment struct {
	day    int64 // days since 1970-01-01
	second int64 // of the day
	nano   int64 // of the second; from 1e9 on inside a leap second
}

// parseMoment reads RFC 3339 as Cardinal's library reads it: a space or a small
// t may stand for T, a small z for Z, U+2212 for the minus; a fraction may have
// any number of digits, of which nine count; a second 60 is a leap second.
func parseMoment(t []byte) (m moment, ok bool) {
	year, t, ok := digits(t, 4)
	if !ok || len(t) == 0 || t[0] != '-' {
		return m, false
	}
	month, t, ok := digits(t[1:], 2)
	if !ok || len(t) == 0 || t[0] != '-' {
		return m, false
	}
	day, t, ok := digits(t[1:], 2)
	if !ok || len(t) == 0 || t[0] != 'T' && t[0] != 't' && t[0] != ' ' {
		return m, false
	}
	hour, t, ok := digits(t[1:], 2)
	if !ok || len(t) == 0 || t[0] != ':' {
		return m, false
	}
	minute, t, ok := digits(t[1:], 2)
	if !ok || len(t) == 0 || t[0] != ':' {
		return m, false
	}
	second, t, ok := digits(t[1:], 2)
	if !ok || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 60 {
		return m, false
	}
	if len(t) > 0 && t[0] == '.' {
		if t = t[1:]; len(t) == 0 || !digit(t[0]) {
			return m, false
		}
		for scale := int64(1e8); len(t) > 0 && digit(t[0]); t, scale = t[1:], scale/10 {
			m.nano += int64(t[0]-'0') * scale
		}
	}
	offset, ok := parseOffset(t)
	if !ok {
		return m, false
	}
	if second == 60 {
		second = 59
		m.nano += 1e9
	}
	m.day = civil(year, month, day)
	m.second = hour*3600 + minute*60 + second - offset
	for ; m.second < 0; m.second += 86400 {
		m.day--
	}
	for ; m.second >= 86400; m.second -= 86400 {
		m.day++
	}
	return m, true
}

// parseOffset reads a time zone: Z or an offset in seconds east of Greenwich.
func parseOffset(t []byte) (int64, bool) {
	if len(t) == 1 && t[0]|0x20 == 'z' {
		return 0, true
	}
	sign := int64(1)
	switch {
	case len(t) > 0 && t[0] == '+':
		t = t[1:]
	case len(t) > 0 && t[0] == '-':
		sign, t = -1, t[1:]
	case len(t) > 2 && t[0] == 0xE2 && t[1] == 0x88 && t[2] == 0x92: // U+2212
		sign, t = -1, t[3:]
	default:
		return 0, false
	}
	hour, t, ok := digits(t, 2)
	if !ok || len(t) == 0 || t[0] != ':' {
		return 0, false
	}
	minute, t, ok := digits(t[1:], 2)
	if !ok || len(t) != 0 || hour > 23 || minute > 59 {
		return 0, false
	}
	return sign * (hour*3600 + minute*60), true
}

// digits reads n decimal digits.
func digits(t []byte, n int) (int64, []byte, bool) {
	if len(t) < n {
		return 0, nil, false
	}
	var v int64
	for _, c := range t[:n] {
		if !digit(c) {
			return 0, nil, false
		}
		v = v*10 + int64(c-'0')
	}
	return v, t[n:], true
}

func daysIn(year, month int64) int64 {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// civil counts the days from 1970-01-01 to a day of the Gregorian calendar, by
// years that begin in March (Hinnant, "chrono-compatible low-level date
// algorithms").
func civil(year, month, day int64) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := year
	if era < 0 {
		era -= 399
	}
	era /= 400
	ofEra := year - era*400
	ofYear := (153*(month-3)+2)/5 + day - 1
	return era*146097 + ofEra*365 + ofEra/4 - ofEra/100 + ofYear - 719468
}

// days gives the whole days from a to b; what is left over is cut off, also
// before zero.
func days(a, b moment) int64 {
	seconds := (b.day-a.day)*86400 + b.second - a.second
	// A leap second that lies between the two times of day counts.
	switch {
	case b.second > a.second && a.nano >= 1e9:
		seconds++
	case b.second < a.second && b.nano >= 1e9:
		seconds--
	}
	nano := b.nano - a.nano
	for ; nano < 0; nano += 1e9 {
		seconds--
	}
	for ; nano >= 1e9; nano -= 1e9 {
		seconds++
	}
	if seconds < 0 && nano > 0 {
		seconds++ // cut towards zero
	}
	return seconds / 86400
}

// after says that a is later than b.
func (a moment) after(b moment) bool {
	if a.day != b.day {
		return a.day > b.day
	}
	if a.second != b.second {
		return a.second > b.second
	}
	return a.nano > b.nano
}
