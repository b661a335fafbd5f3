package server

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/files"
)

type likenessInput struct {
	ID  string `path:"id" maxLength:"200" doc:"Id of the docket"`
	Lot string `path:"lot" maxLength:"200" doc:"Code of the lot"`
}

func (s *Server) routesLikeness() {
	huma.Register(s.api, reading("get-likeness", "/dockets/{id}/lots/{lot}/likeness", "What the files of bids share 投标文件雷同比对",
		"Passages, slips, names, file properties and bills that bids of an opened lot have in common, side by side, without what the tender's document says. A clue: look at the originals. "+
			"For supervisors in their jurisdiction and auditors, and only of files that they may read themselves; not found for all others.", 404), s.getLikeness)
}

func (s *Server) getLikeness(ctx context.Context, in *likenessInput) (*out[*detect.Likeness], error) {
	l, err := s.likeness(ctx, readerOf(ctx), in)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if l == nil {
		return nil, notFound(ctx)
	}
	return &out[*detect.Likeness]{l}, nil
}

// likeness gives what is known of a lot's files as the reader may see it: of
// each file that they could read themselves at this moment, and of no other.
func (s *Server) likeness(ctx context.Context, r disclose.Reader, in *likenessInput) (*detect.Likeness, error) {
	if s.cfg.Likeness == nil || s.cfg.Files == nil || r.Audience != disclose.Supervisor && r.Audience != disclose.Auditor {
		return nil, nil
	}
	at := s.cfg.Clock()
	d, err := s.docket(ctx, in.ID)
	if err != nil || d == nil {
		return nil, err
	}
	if seat := r.Seat(d, at); seat != disclose.NumberSupervisor && seat != disclose.NumberAuditor {
		return nil, nil
	}
	v := disclose.View(d, r, at)
	if v == nil {
		return nil, nil
	}
	l, err := s.cfg.Likeness(d.ID, in.Lot)
	if err != nil || l == nil {
		return nil, err
	}
	hidden := map[string]bool{}
	for i := range l.Bidders {
		b := &l.Bidders[i]
		for _, f := range b.Files {
			ok, err := s.readable(ctx, d, v, f, at)
			if err != nil {
				return nil, err
			}
			hidden[b.Who] = hidden[b.Who] || !ok
		}
		// One that left the docket since it was compared is gone from here too.
		if hidden[b.Who] || !slices.ContainsFunc(detect.BidFiles(d, in.Lot), func(f detect.NamedFile) bool { return f.Who == b.Who }) {
			hidden[b.Who] = true
			*b = detect.LikenessBidder{Files: []detect.LikenessFile{}}
		}
	}
	if len(hidden) == len(l.Bidders) && !slices.ContainsFunc(l.Bidders, func(b detect.LikenessBidder) bool { return b.Who != "" }) {
		return nil, nil
	}
	for i := range l.Bidders {
		l.Bidders[i].Names = slices.DeleteFunc(l.Bidders[i].Names, func(n detect.LikenessName) bool { return hidden[n.Who] })
	}
	l.Pairs = slices.DeleteFunc(l.Pairs, func(p detect.LikenessPair) bool { return l.Bidders[p.A].Who == "" || l.Bidders[p.B].Who == "" })
	if err := s.noteLikeness(ctx, v, l); err != nil {
		return nil, err
	}
	l.Tender = slices.DeleteFunc(l.Tender, func(f detect.LikenessFile) bool { return !v.Names(f.Origin, f.Dataset, f.SHA256) })
	return l, nil
}

// noteLikeness notes that the files are read from which it quotes.
func (s *Server) noteLikeness(ctx context.Context, v *disclose.Docket, l *detect.Likeness) error {
	classes := map[string]bool{}
	for _, b := range l.Bidders {
		for _, f := range b.Files {
			classes[v.NotedFile(f.Origin, f.Dataset, f.SHA256)] = true
		}
	}
	delete(classes, "")
	return s.note(ctx, v.ID, slices.Sorted(maps.Keys(classes))...)
}

// readable tells whether the reader of a view could read a file that was
// compared; one that was not read is only named, and so must its field be seen.
func (s *Server) readable(ctx context.Context, d *docket.Docket, v *disclose.Docket, f detect.LikenessFile, at time.Time) (bool, error) {
	if !v.Names(f.Origin, f.Dataset, f.SHA256) {
		return false, nil
	}
	if f.Kind == "" { // nothing was read of it
		return true, nil
	}
	list, err := s.cfg.Files.ByDigest(ctx, f.Origin, f.SHA256)
	return slices.ContainsFunc(list, func(k *files.Kept) bool { return shows(d, v, k, at) }), err
}
