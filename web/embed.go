// Package web holds the built console, ready to be served: the program carries
// its own screen. It is built by `npm run build` in this folder (`make web`).
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Console returns the files of the built console, index.html at its root, and
// false when the program was compiled without building it first.
func Console() (fs.FS, bool) {
	app, err := fs.Sub(dist, "dist/app")
	if err != nil {
		return nil, false
	}
	if _, err := fs.Stat(app, "index.html"); err != nil {
		return nil, false
	}
	return app, true
}
