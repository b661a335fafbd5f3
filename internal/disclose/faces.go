package disclose

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
)

// A RowID names one row of a docket, or one total of its bulk rows. It is a
// digest of a key, which may be guessed: it is for the house, never for a reader.
type RowID [16]byte

// WholeDocket is the RowID that stands for the docket itself.
var WholeDocket = RowID{}

// A Row is one row as a reader sees it: an entry, or a total of bulk rows.
type Row struct {
	ID    RowID
	Entry *Entry
	Bulk  *Bulk
}

// Seats is how many seats there are; a seat is known outside by its number.
// The numbers are kept in stores: they never change.
const Seats = 6

// The numbers of the seats.
const (
	NumberSource = iota
	NumberSupervisor
	NumberOutside
	NumberAuditor
	NumberAdministrator
	NumberPublic
)

// Seat gives the number of the reader's seat before a docket at a time.
func (r Reader) Seat(d *docket.Docket, at time.Time) int { return numberOf(r.seatAt(d, at)) }

func numberOf(s seat) int {
	for i, t := range seats {
		if s == t {
			return i
		}
	}
	return NumberPublic
}

// A Face is one row with a digest of what each seat sees of it; 0: nothing. It
// says what has changed for whom, and nothing of what it is.
type Face struct {
	Row    RowID
	Origin string // platform code of the row; "" of the docket itself
	Seen   [Seats]uint64
}

// Rows gives the rows of a docket that a reader may see at a time, as View
// shows them.
func Rows(d *docket.Docket, r Reader, at time.Time) []Row {
	return window().builder(d, r, at).all()
}

// Heading gives title and region of a docket as View shows them, of the rows
// that the reader sees of it: "" where none of them tells.
func Heading(d *docket.Docket, r Reader, at time.Time, rows []Row) (title, region string) {
	v := &Docket{}
	for i := range rows {
		if e := rows[i].Entry; e != nil {
			v.Entries = append(v.Entries, *e)
		}
	}
	window().builder(d, r, at).head(v)
	return v.Title, v.Region
}

// Faces gives what the seats see of a docket at a time, the docket itself first.
// A trading system's is of all its rows, whoever sent them: nobody reads it but
// of their own origins. For supervisors the docket itself has a face, which
// changes when it may pass from one jurisdiction to another; then all its rows do.
func Faces(d *docket.Docket, at time.Time) []Face { return window().faces(d, at) }

func (w *Window) faces(d *docket.Docket, at time.Time) []Face {
	place := digest([]byte("place"), d.Region, d.Class)
	whole := Face{Row: WholeDocket}
	whole.Seen[NumberSupervisor], whole.Seen[NumberOutside] = place, place
	out := []Face{whole}
	index := map[RowID]int{}
	var origins []string
	note := func(origin string) {
		if !slices.Contains(origins, origin) {
			origins = append(origins, origin)
		}
	}
	for i := range d.Live {
		note(d.Live[i].Origin)
	}
	for i := range d.Bulk {
		note(d.Bulk[i].Origin)
	}
	shared := w.builder(d, Reader{}, at)
	shared.orders = make(map[*docket.Entry][]string, len(d.Live))
	for number, s := range seats {
		b := *shared
		b.seat, b.rows = s, make(map[standard.Identity]*row, len(d.Live))
		if s == seatSource {
			b.r.Origins = origins
		}
		for _, r := range b.all() {
			i, known := index[r.ID]
			if !known {
				i = len(out)
				index[r.ID] = i
				out = append(out, Face{Row: r.ID, Origin: r.origin()})
			}
			sum := r.digest()
			if s == seatSupervisor || s == seatOutside {
				sum = mix(sum, place)
			}
			out[i].Seen[number] = sum
		}
	}
	return out
}

// all builds the rows that the builder's seat sees.
func (b *builder) all() []Row {
	var out []Row
	for i := range b.d.Live {
		if e := b.entry(&b.d.Live[i]); e != nil {
			out = append(out, Row{ID: rowID("row", b.d.Live[i].Dataset, b.d.Live[i].Origin, b.d.Live[i].Key), Entry: e})
		}
	}
	v := &Docket{}
	b.bulk(v)
	for i := range v.Bulk {
		t := &v.Bulk[i]
		out = append(out, Row{ID: rowID("bulk", t.Dataset, t.Origin, t.Lot), Bulk: t})
	}
	return out
}

func rowID(parts ...string) RowID {
	sum := sha256.Sum256(framed(nil, parts...))
	return RowID(sum[:16])
}

func (r *Row) origin() string {
	if r.Entry != nil {
		return r.Entry.Origin
	}
	return r.Bulk.Origin
}

// digest sums up all that is shown of a row, but for words that follow from it
// by the table and the catalogue.
func (r *Row) digest() uint64 {
	var b []byte
	if e := r.Entry; e != nil {
		received, position := "", ""
		if e.Received != nil {
			received = strconv.FormatInt(e.Received.UnixNano(), 10)
		}
		if e.Position != nil {
			position = strconv.FormatInt(*e.Position, 10)
		}
		b = framed(b, e.Dataset, e.Origin, e.Source, e.Key, e.Revision, strconv.Itoa(e.Versions), e.Occurred, received, position, strconv.FormatBool(e.Deleted))
		for i := range e.Fields {
			f := &e.Fields[i]
			b = framed(b, f.Name, f.Value, string(f.State), f.Rule, f.Opens)
		}
		return digest(b)
	}
	t := r.Bulk
	b = framed(b, t.Dataset, t.Origin, t.Lot, strconv.Itoa(t.Rows), t.Digest)
	for _, s := range t.Sums {
		b = framed(b, s.Name, strconv.Itoa(s.Rows), s.Sum)
	}
	return digest(b)
}

// framed appends texts with their lengths, so that no two lists read the same.
func framed(b []byte, parts ...string) []byte {
	for _, p := range parts {
		b = binary.AppendUvarint(b, uint64(len(p)))
		b = append(b, p...)
	}
	return b
}

// digest is never 0, which stands for what is not seen.
func digest(b []byte, parts ...string) uint64 {
	sum := sha256.Sum256(framed(b, parts...))
	return max(binary.BigEndian.Uint64(sum[:8]), 1)
}

func mix(a, b uint64) uint64 {
	return digest(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, a), b))
}
