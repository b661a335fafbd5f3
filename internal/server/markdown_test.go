package server

import (
	"crypto/sha256"
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"testing"
)

func TestMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"# Title `x`":                            `<h1 id="title-x">Title <code>x</code></h1>`,
		"a **b** <i>":                            `<p>a <strong>b</strong> &lt;i&gt;</p>`,
		"[x](/docs) [y](javascript:alert)":       `<p><a href="/docs">x</a> [y](javascript:alert)</p>`,
		"[x](https://a\"onclick=b)":              `<p><a href="https://a&#34;onclick=b">x</a></p>`,
		"- one\n- two\n  more":                   "<ul>\n<li>one</li>\n<li>two more</li>\n</ul>",
		"```\n<b> **c**\n```":                    "<pre>&lt;b&gt; **c**\n</pre>",
		"|a|b|\n|---|---|\n|`X001`|`c|d` \\| e|": "<div class=\"wide\"><table>\n<tr><th>a</th><th>b</th></tr>\n<tr id=\"X001\"><td>X001</td><td><code>c|d</code> | e</td></tr>\n</table></div>",
		"`**no**`":                               `<p><code>**no**</code></p>`,
	} {
		if got := strings.TrimSpace(string(markdown(in))); got != want {
			t.Errorf("%q\ngot  %s\nwant %s", in, got, want)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("# a\n|b|\n|-|\n```\n<script>")
	f.Add("[a](b)`c`**d**<a id=\"x\"></a>")
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(strings.ToLower(string(markdown(s))), "<script") {
			t.Fatal("a script got through")
		}
	})
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// contrast is WCAG 2's ratio of two colours.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(hex string) float64 {
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			return math.NaN()
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
