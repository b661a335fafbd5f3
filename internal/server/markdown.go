package server

import (
	"html/template"
	"regexp"
	"strings"
)

var (
	codeSpan = regexp.MustCompile("`([^`]+)`")
	boldSpan = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	linkSpan = regexp.MustCompile(`\[([^\]]+)\]\((https?://[^)\s]+|/[^)\s]*|#[^)\s]*)\)`)
	fileLink = regexp.MustCompile(`\[([^\]]+)\]\([\w./-]+(?:#[\w-]+)?\)`) // to a file of the repository: only its words stay
	ruleID   = regexp.MustCompile("^`?([A-Z][0-9]{3})`?$")
	anchor   = regexp.MustCompile(`<a id="([\w-]+)"></a>`)
	itemMark = regexp.MustCompile(`^\s*(?:[-*]|\d+\.)\s+`)
)

// markdown turns our own documents into HTML: headings, paragraphs, lists,
// tables, code, bold and links, which is all they use. Everything else is text:
// all of it is escaped first. A table row that begins with a rule's id gets it
// as its anchor.
func markdown(text string) template.HTML {
	var b strings.Builder
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); {
		line := lines[i]
		switch {
		case strings.TrimSpace(line) == "":
			i++
		case strings.HasPrefix(line, "```"):
			i = fence(&b, lines, i)
		case strings.HasPrefix(line, "#"):
			level := len(line) - len(strings.TrimLeft(line, "#"))
			tag := "h" + string(rune('0'+min(level, 3)))
			words := strings.TrimSpace(line[level:])
			b.WriteString("<" + tag + ` id="` + slug(words) + `">` + inline(words) + "</" + tag + ">\n")
			i++
		case strings.HasPrefix(line, "|"):
			i = table(&b, lines, i)
		case itemMark.MatchString(line):
			i = list(&b, lines, i)
		default:
			var para []string
			for i < len(lines) && strings.TrimSpace(lines[i]) != "" && !strings.HasPrefix(lines[i], "|") && !strings.HasPrefix(lines[i], "```") && !strings.HasPrefix(lines[i], "#") {
				para = append(para, lines[i])
				i++
			}
			b.WriteString("<p>" + inline(strings.Join(para, "\n")) + "</p>\n")
		}
	}
	return template.HTML(b.String()) // every text in it went through escaping
}

func fence(b *strings.Builder, lines []string, i int) int {
	b.WriteString("<pre>")
	for i++; i < len(lines) && !strings.HasPrefix(lines[i], "```"); i++ {
		b.WriteString(template.HTMLEscapeString(lines[i]) + "\n")
	}
	b.WriteString("</pre>\n")
	return i + 1
}

func list(b *strings.Builder, lines []string, i int) int {
	b.WriteString("<ul>\n")
	for i < len(lines) && itemMark.MatchString(lines[i]) {
		item := lines[i][len(itemMark.FindString(lines[i])):]
		for i++; i < len(lines) && strings.HasPrefix(lines[i], "  ") && !itemMark.MatchString(lines[i]); i++ {
			item += " " + strings.TrimSpace(lines[i])
		}
		b.WriteString("<li>" + inline(item) + "</li>\n")
	}
	b.WriteString("</ul>\n")
	return i
}

func table(b *strings.Builder, lines []string, i int) int {
	b.WriteString(`<div class="wide"><table>` + "\n")
	for first := true; i < len(lines) && strings.HasPrefix(lines[i], "|"); i++ {
		row := cells(lines[i])
		if strings.Trim(lines[i], "|-: ") == "" {
			continue
		}
		tag := "td"
		if first && i+1 < len(lines) && strings.Trim(lines[i+1], "|-: ") == "" {
			tag = "th"
		}
		first = false
		b.WriteString("<tr")
		if m := ruleID.FindStringSubmatch(strings.TrimSpace(anchor.ReplaceAllString(row[0], ""))); m != nil {
			b.WriteString(` id="` + m[1] + `"`)
			row[0] = m[1]
		}
		b.WriteString(">")
		for _, c := range row {
			b.WriteString("<" + tag + ">" + inline(c) + "</" + tag + ">")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</table></div>\n")
	return i
}

// cells splits a table line; a bar inside code or after a backslash is text.
func cells(line string) []string {
	line = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "|"), "|")
	var out []string
	var cell strings.Builder
	code, escaped := false, false
	for _, r := range line {
		switch {
		case escaped:
			cell.WriteRune(r)
			escaped = false
			continue
		case r == '\\':
			escaped = true
			continue
		case r == '`':
			code = !code
		case r == '|' && !code:
			out = append(out, strings.TrimSpace(cell.String()))
			cell.Reset()
			continue
		}
		cell.WriteRune(r)
	}
	return append(out, strings.TrimSpace(cell.String()))
}

// inline escapes a text and then marks code, bold and links in it. What stands
// in code is not marked further.
func inline(s string) string {
	s = anchor.ReplaceAllString(s, "")
	var b strings.Builder
	last := 0
	for _, m := range codeSpan.FindAllStringSubmatchIndex(s, -1) {
		b.WriteString(spans(s[last:m[0]]) + "<code>" + template.HTMLEscapeString(s[m[2]:m[3]]) + "</code>")
		last = m[1]
	}
	return b.String() + spans(s[last:])
}

func spans(s string) string {
	s = template.HTMLEscapeString(s)
	s = linkSpan.ReplaceAllString(s, `<a href="$2">$1</a>`)
	s = fileLink.ReplaceAllString(s, "$1")
	return boldSpan.ReplaceAllString(s, "<strong>$1</strong>")
}

func slug(s string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r == '-':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r == ' ':
			return '-'
		}
		return -1
	}, s), "-")
}
