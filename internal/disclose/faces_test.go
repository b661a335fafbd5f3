package disclose

import (
	"testing"

	"mingjing/internal/docket"
)

// A face is there exactly where its reader's view has the row, and differs
// exactly when what the view shows of it does.
func TestFacesAreTheView(t *testing.T) {
	byNumber := map[int]Reader{
		NumberSource:        {Audience: Source, Origins: []string{originA, originB}},
		NumberSupervisor:    {Audience: Supervisor, Regions: []string{Everywhere}},
		NumberOutside:       {Audience: Supervisor},
		NumberAuditor:       {Audience: Auditor},
		NumberAdministrator: {Audience: Administrator},
		NumberPublic:        {},
	}
	last := map[int]map[RowID]uint64{}
	shown := map[int]map[RowID]string{}
	changed, stayed := 0, 0
	for _, m := range []Moment{Before, Opened, InPublicity, Determined, Signed} {
		d := full(m).d
		faces := Faces(d, now)
		for number, r := range byNumber {
			if got := r.Seat(d, now); got != number {
				t.Fatalf("%s sits on seat %d, want %d", r.Audience, got, number)
			}
			rows := Rows(d, r, now)
			if v := View(d, r, now); v != nil && len(v.Entries)+len(v.Bulk) != len(rows) {
				t.Errorf("%s at %s: %d rows, the view has %d", r.Audience, m, len(rows), len(v.Entries)+len(v.Bulk))
			}
			sums := map[RowID]uint64{}
			for _, f := range faces {
				if f.Seen[number] != 0 && f.Row != WholeDocket {
					sums[f.Row] = f.Seen[number]
				}
			}
			texts := map[RowID]string{}
			for _, row := range rows {
				if row.Entry != nil {
					texts[row.ID] = marshal(t, row.Entry)
				} else {
					texts[row.ID] = marshal(t, row.Bulk)
				}
				if sums[row.ID] == 0 {
					t.Errorf("%s at %s: a row of the view has no face", r.Audience, m)
				}
				if old, ok := shown[number][row.ID]; ok {
					if same := last[number][row.ID] == sums[row.ID]; same != (old == texts[row.ID]) {
						t.Errorf("%s at %s: the face stayed: %v, what is shown stayed: %v", r.Audience, m, same, old == texts[row.ID])
					} else if same {
						stayed++
					} else {
						changed++
					}
				}
			}
			if len(sums) != len(rows) {
				t.Errorf("%s at %s: %d faces for %d rows", r.Audience, m, len(sums), len(rows))
			}
			last[number], shown[number] = sums, texts
		}
	}
	if changed < 10 || stayed < 10 {
		t.Errorf("%d faces changed and %d stayed: too few to tell", changed, stayed)
	}
}

// Where a docket may come into another jurisdiction, supervisors get it anew;
// nobody else is told.
func TestFacesOfAMove(t *testing.T) {
	l := full(Before)
	before := Faces(l.d, now)
	moved := *l.d
	moved.Region = "419001"
	for i, f := range Faces(&moved, now) {
		for number := range f.Seen {
			supervisor := number == NumberSupervisor || number == NumberOutside
			if f.Seen[number] != 0 && (f.Seen[number] == before[i].Seen[number]) == supervisor {
				t.Errorf("row %d, seat %d: changed %v", i, number, !supervisor)
			}
		}
	}
	var empty docket.Docket
	if f := Faces(&empty, now); len(f) != 1 || f[0].Row != WholeDocket || f[0].Seen[NumberPublic] != 0 {
		t.Errorf("an empty docket has faces %v", f)
	}
}

// The digest of all seats, beside which a view for one is made.
func BenchmarkFaces(b *testing.B) {
	l := full(Signed)
	for b.Loop() {
		Faces(l.d, now)
	}
}
