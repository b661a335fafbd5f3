package server

import (
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// zippedFrom is the size in bytes from which an answer is compressed: below it
// the head of a gzip stream costs more than it saves.
const zippedFrom = 1024

// zipper returns what puts compression around a handler, of what is text and
// long, for whoever takes gzip. Up to 32 bytes, their number drawn
// from what is answered, are added, so that the length tells nothing exact (the
// attack called BREACH guesses secrets by it). A stream of events is sent as it is: compressing
// would hold its events back.
func zipper() (func(http.Handler) http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(zippedFrom), gzhttp.EnableZstd(false), gzhttp.RandomJitter(32, 0, false),
		gzhttp.ContentTypes([]string{"application/json", "application/problem+json", "application/vnd.oai.openapi+json", "text/html"}))
	if err != nil {
		return nil, err
	}
	return func(next http.Handler) http.Handler {
		compressed := wrap(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// The console's files lie beside their compressed twins.
			if strings.HasPrefix(r.URL.Path, "/console") || strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
				next.ServeHTTP(w, r)
				return
			}
			compressed(w, r)
		})
	}, nil
}
