package sandbox

import (
	_ "embed"
	"html/template"
	"net/http"
	"time"

	"mingjing/internal/trade"
)

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("sandbox").Parse(pageHTML))

// page tells what this sandbox is and how it is set.
func (h *House) page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = pageTemplate.Execute(w, map[string]any{
		"Log": h.LogName, "Factor": h.Anchor.Factor, "Day": round(h.Anchor.Takes(24 * time.Hour)), "Twenty": round(h.Anchor.Takes(20 * 24 * time.Hour)),
		"Time": h.Now().In(trade.Zone).Format("2006-01-02 15:04:05"), "Unkind": h.Unkind.Unkind, "Seed": h.Unkind.Seed,
		"Refused": ShareRefused * 100, "Slow": ShareSlow * 100,
	}) // the client went away: nothing to tell
}
