package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// What an unkind door does, as shares of all good requests.
const (
	ShareRefused = 0.05 // 429 or 503 with Retry-After, before anything is taken
	ShareSlow    = 0.10 // answered after a wait of up to SlowMost
	SlowMost     = 2 * time.Second
	RetryMost    = 3 // seconds
)

// The headers by which a run can be told and repeated.
const (
	HeaderSeed = "Sandbox-Seed" // seed of the one who asks
	HeaderDraw = "Sandbox-Draw" // which of their requests this is, from 0
	HeaderTime = "Sandbox-Time" // what the sandbox's clock shows
)

// A Draw is what befalls one request. It follows from the seed and the number
// of the request alone.
type Draw struct {
	Status int           // 429, 503 or 0: not refused
	After  int           // seconds of Retry-After
	Wait   time.Duration // before the answer
	Page   int           // most items of a page of a list
	random *rand.Rand
}

// DrawAt gives the draw of the n-th request under a seed.
func DrawAt(seed int64, n uint64) Draw {
	var in [16]byte
	binary.BigEndian.PutUint64(in[:8], uint64(seed))
	binary.BigEndian.PutUint64(in[8:], n)
	r := rand.New(rand.NewChaCha8(sha256.Sum256(in[:])))
	d := Draw{random: r}
	switch u := r.Float64(); {
	case u < ShareRefused/2:
		d.Status = http.StatusTooManyRequests
	case u < ShareRefused:
		d.Status = http.StatusServiceUnavailable
	}
	d.After = 1 + r.IntN(RetryMost)
	if r.Float64() < ShareSlow {
		d.Wait = time.Duration(r.Int64N(int64(SlowMost)))
	}
	d.Page = 1 + r.IntN(5)
	return d
}

// A Profile says how one vendor is treated.
type Profile struct {
	Unkind bool  `json:"unkind"`
	Seed   int64 `json:"seed"`
}

// profiles count the requests of each vendor. A run begins when the process
// does, or when a vendor takes a new key.
type profiles struct {
	mu   sync.Mutex
	next map[string]uint64
}

// draw takes the next draw of a vendor.
func (p *profiles) draw(source string, seed int64) (Draw, uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == nil {
		p.next = map[string]uint64{}
	}
	n := p.next[source]
	p.next[source]++
	return DrawAt(seed, n), n
}

// shuffle writes a JSON document again with the members of its objects, and the
// elements of lists whose order says nothing, in an order of the draw.
// What is not one JSON document comes back as it is.
func (d Draw) shuffle(body []byte) []byte {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber() // a number keeps its literal text
	var v any
	if err := dec.Decode(&v); err != nil || dec.More() {
		return body
	}
	var out bytes.Buffer
	d.write(&out, "", v)
	return append(out.Bytes(), '\n')
}

// unordered are the lists whose order the interface does not promise.
var unordered = map[string]bool{"defects": true, "problems": true, "origins": true}

func (d Draw) write(out *bytes.Buffer, name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		sortThenShuffle(d.random, keys)
		out.WriteByte('{')
		for i, k := range keys {
			if i > 0 {
				out.WriteByte(',')
			}
			d.write(out, "", k)
			out.WriteByte(':')
			d.write(out, k, v[k])
		}
		out.WriteByte('}')
	case []any:
		if unordered[name] {
			d.random.Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
		}
		out.WriteByte('[')
		for i := range v {
			if i > 0 {
				out.WriteByte(',')
			}
			d.write(out, "", v[i])
		}
		out.WriteByte(']')
	default:
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(v) // what was decoded encodes
		out.Truncate(out.Len() - 1)
	}
}

func setDraw(h http.Header, seed int64, n uint64) {
	h.Set(HeaderSeed, strconv.FormatInt(seed, 10))
	h.Set(HeaderDraw, strconv.FormatUint(n, 10))
}

// sortThenShuffle makes the order follow from the random alone, not from the
// map's.
func sortThenShuffle(r *rand.Rand, keys []string) {
	slices.Sort(keys)
	r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
}
