package ledger

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Handler serves the published log (c2sp.org/tlog-tiles):
//
//	GET /log/checkpoint                    the signed checkpoint
//	GET /log/vkey                          the log's public key
//	GET /log/tile/<L>/<N>[.p/<W>]          hashes of the tree
//	GET /log/tile/entries/<N>[.p/<W>]      32-byte record leaves, each after its length (uint16)
//
// Nothing beyond the published checkpoint is served. Leaves tell nothing about
// what is in a record: they are digests over salted commitments.
func (p *Publisher) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /log/checkpoint", p.serveCheckpoint)
	mux.HandleFunc("GET /log/vkey", p.serveVKey)
	mux.HandleFunc("GET /log/tile/{level}/{path...}", p.serveTile)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*") // anybody may check, from any page
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}

func (p *Publisher) serveCheckpoint(w http.ResponseWriter, _ *http.Request) {
	signed := p.Checkpoint()
	if signed == nil {
		notThere(w, "no checkpoint is published yet")
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=1")
	send(w, "text/plain; charset=utf-8", signed)
}

func (p *Publisher) serveVKey(w http.ResponseWriter, _ *http.Request) {
	vkey, err := LogVKey(p.cfg.Dir)
	if err != nil {
		notThere(w, "the log's public key is not at hand")
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=60")
	send(w, "text/plain; charset=utf-8", []byte(vkey+"\n"))
}

func (p *Publisher) serveTile(w http.ResponseWriter, r *http.Request) {
	entries := r.PathValue("level") == "entries"
	level := 0
	if !entries {
		var err error
		if level, err = strconv.Atoi(r.PathValue("level")); err != nil || level < 0 || level > 63 || strconv.Itoa(level) != r.PathValue("level") {
			notThere(w, "tile level must be a number from 0 to 63")
			return
		}
	}
	index, width, ok := parseTilePath(r.PathValue("path"))
	if !ok {
		notThere(w, "no such tile path")
		return
	}
	c, _, _ := p.Published()
	var have int64 // hashes at this level in the published tree
	if level < 8 {
		have = c.Size >> (level * tileHeight)
	}
	if index > have/tileWidth || index*tileWidth+int64(width) > have {
		notThere(w, "the published tree does not reach so far")
		return
	}
	var body []byte
	var err error
	if entries {
		body, err = p.entries(r, index, width)
	} else {
		body, err = tileData(r.Context(), p.cfg.Store, tlog.Tile{H: tileHeight, L: level, N: index, W: width})
	}
	if err != nil {
		p.cfg.Log.Error("tile not served", "path", r.URL.Path, "error", err)
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "the tile cannot be read", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	send(w, "application/octet-stream", body)
}

func (p *Publisher) entries(r *http.Request, index int64, width int) ([]byte, error) {
	from := index * tileWidth
	body := make([]byte, 0, width*(2+len(Hash{})))
	next := from
	err := p.cfg.Store.Rows(r.Context(), from, from+int64(width), func(row *Row) error {
		if row.Position != next {
			return fmt.Errorf("record %d is missing", next)
		}
		next++
		body = binary.BigEndian.AppendUint16(body, uint16(len(row.Leaf)))
		body = append(body, row.Leaf[:]...)
		return nil
	})
	if err == nil && next != from+int64(width) {
		err = fmt.Errorf("record %d is missing", next)
	}
	return body, err
}

// parseTilePath reads <N>[.p/<W>]: N in groups of three digits, all but the
// last after an x; W from 1 to 255. Only one spelling is accepted, so that a
// cache holds each tile once.
func parseTilePath(path string) (index int64, width int, ok bool) {
	path, partial, isPartial := strings.Cut(path, ".p/")
	width = tileWidth
	if isPartial {
		var err error
		if width, err = strconv.Atoi(partial); err != nil || width < 1 || width >= tileWidth || strconv.Itoa(width) != partial {
			return 0, 0, false
		}
	}
	groups := strings.Split(path, "/")
	if len(groups) > 6 { // 10^18 tiles are enough
		return 0, 0, false
	}
	for i, g := range groups {
		if i < len(groups)-1 {
			var x bool
			if g, x = strings.CutPrefix(g, "x"); !x {
				return 0, 0, false
			}
		}
		n, err := strconv.ParseUint(g, 10, 16)
		if err != nil || len(g) != 3 || i == 0 && n == 0 && len(groups) > 1 {
			return 0, 0, false
		}
		index = index*1000 + int64(n)
	}
	return index, width, true
}

// tilePath is the path of a tile under the log's prefix; level "entries" for
// bundles.
func tilePath(level string, index int64, width int) string {
	n := fmt.Sprintf("%03d", index%1000)
	for index /= 1000; index > 0; index /= 1000 {
		n = fmt.Sprintf("x%03d/%s", index%1000, n)
	}
	if width < tileWidth {
		n += ".p/" + strconv.Itoa(width)
	}
	return "tile/" + level + "/" + n
}

func send(w http.ResponseWriter, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

func notThere(w http.ResponseWriter, why string) {
	w.Header().Set("Cache-Control", "no-store") // what is not there may come
	http.Error(w, why, http.StatusNotFound)
}
