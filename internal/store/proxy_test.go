package store

import (
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
)

// cutAfter returns an address through which n messages pass to PostgreSQL; at
// the next one all connections end, and no new one is taken.
func cutAfter(t *testing.T, dsn string, n int) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{to: u.Host, listener: l}
	p.left.Store(int64(n))
	go p.serve()
	t.Cleanup(p.cut)
	u.Host = l.Addr().String()
	return u.String()
}

type proxy struct {
	to       string
	listener net.Listener
	left     atomic.Int64
	mu       sync.Mutex
	conns    []net.Conn
	over     bool
}

func (p *proxy) serve() {
	for {
		in, err := p.listener.Accept()
		if err != nil {
			return // cut
		}
		out, err := net.Dial("tcp", p.to)
		if err != nil {
			in.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, in, out)
		over := p.over
		p.mu.Unlock()
		if over {
			p.cut()
			return
		}
		go p.pass(in, out, true)
		go p.pass(out, in, false)
	}
}

func (p *proxy) pass(from, to net.Conn, counted bool) {
	buf := make([]byte, 1<<20)
	for {
		n, err := from.Read(buf)
		if err != nil {
			to.Close()
			return
		}
		if counted && p.left.Add(-1) < 0 {
			p.cut()
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			from.Close()
			return
		}
	}
}

func (p *proxy) cut() {
	p.listener.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	for _, c := range p.conns {
		c.Close()
	}
}
