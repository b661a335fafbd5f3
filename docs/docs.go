// Package docs holds the documents that the server shows under /docs, as they
// stand in the repository.
package docs

import (
	"embed"
	"strings"
)

//go:embed exchange/README.md exchange/README.zh-CN.md glossary.md sandbox.md sandbox.zh-CN.md jurisdiction.md operators.md
var files embed.FS

// Pages returns the documents by name, in Markdown: a name with ".zh-CN" is the
// Chinese form of the name without. The map is the caller's.
func Pages() map[string]string {
	out := map[string]string{}
	for name, path := range map[string]string{
		"exchange": "exchange/README.md", "exchange.zh-CN": "exchange/README.zh-CN.md", "glossary": "glossary.md",
		"sandbox": "sandbox.md", "sandbox.zh-CN": "sandbox.zh-CN.md", "jurisdiction": "jurisdiction.md", "operators": "operators.md",
	} {
		text, err := files.ReadFile(path)
		if err != nil {
			panic(err) // embedded above
		}
		out[name] = strings.TrimSpace(string(text))
	}
	return out
}
