package exchange

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"testing/iotest"
)

// Anybody can announce a large body and send nothing.
func TestAnnouncedBodiesHoldNoMemory(t *testing.T) {
	const announced = 16 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 20 {
		r := httptest.NewRequest(http.MethodPost, "/", iotest.ErrReader(errors.New("gone")))
		r.ContentLength = announced
		if _, f := readBody(httptest.NewRecorder(), r, announced); f == nil {
			t.Fatal("a body that broke off was taken")
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > announced/2 {
		t.Errorf("20 bodies of which nothing came took %d bytes", used)
	}
}
