package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// A dropFS is a mounted folder whose power can be cut: what was written but
// not synced is gone after the cut. Names (create, rename, unlink) survive at
// once, which is kinder than some disks; contents survive only by fsync.
type dropFS struct {
	mount, live, durable string
	mu                   sync.Mutex
	server               *fuse.Server
	syncs                int
}

func newDropFS(t *testing.T) *dropFS {
	t.Helper()
	if _, err := os.Stat("/dev/fuse"); err != nil || os.Getuid() != 0 {
		t.Skip("SKIPPED 1 check: a folder that loses unsynced writes needs /dev/fuse and root")
	}
	dir := t.TempDir()
	d := &dropFS{mount: filepath.Join(dir, "mount"), live: filepath.Join(dir, "live"), durable: filepath.Join(dir, "durable")}
	for _, p := range []string{d.mount, d.live, d.durable} {
		if err := os.Mkdir(p, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	d.start(t)
	t.Cleanup(func() { d.stop() })
	return d
}

func (d *dropFS) start(t *testing.T) {
	t.Helper()
	var st syscall.Stat_t
	if err := syscall.Stat(d.live, &st); err != nil {
		t.Fatal(err)
	}
	root := &fs.LoopbackRoot{Path: d.live, Dev: st.Dev}
	//nolint:staticcheck // its successor wraps nodes and would hide the loopback node from Rename
	root.NewNode = func(r *fs.LoopbackRoot, _ *fs.Inode, _ string, _ *syscall.Stat_t) fs.InodeEmbedder {
		return &dropNode{LoopbackNode: fs.LoopbackNode{RootData: r}, disk: d}
	}
	node := &dropNode{LoopbackNode: fs.LoopbackNode{RootData: root}, disk: d}
	root.RootNode = node
	server, err := fs.Mount(d.mount, node, &fs.Options{MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "dropfs"}})
	if err != nil {
		t.Skipf("SKIPPED 1 check: this machine does not let us mount: %v", err)
	}
	d.server = server
}

func (d *dropFS) stop() {
	if d.server != nil {
		_ = d.server.Unmount()
		d.server = nil
	}
}

// cut takes the power away: unsynced contents are lost, then the disk is back.
// All users of the mount must be dead.
func (d *dropFS) cut(t *testing.T) {
	t.Helper()
	d.stop()
	d.mu.Lock()
	defer d.mu.Unlock()
	err := filepath.WalkDir(d.live, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(d.live, path)
		kept := filepath.Join(d.durable, rel)
		if _, err := os.Stat(kept); err != nil {
			return os.Truncate(path, 0) // never synced: the name is there, the bytes are not
		}
		return copyFile(kept, path)
	})
	if err != nil {
		t.Fatal(err)
	}
	d.start(t)
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}

type dropNode struct {
	fs.LoopbackNode
	disk *dropFS
}

var (
	_ fs.NodeFsyncer  = (*dropNode)(nil)
	_ fs.NodeRenamer  = (*dropNode)(nil)
	_ fs.NodeUnlinker = (*dropNode)(nil)
)

// Fsync makes the file's present contents survive a cut.
func (n *dropNode) Fsync(_ context.Context, _ fs.FileHandle, _ uint32) syscall.Errno {
	rel := n.Path(nil)
	live := filepath.Join(n.disk.live, rel)
	info, err := os.Stat(live)
	if err != nil {
		return fs.ToErrno(err)
	}
	if info.IsDir() {
		return 0
	}
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	n.disk.syncs++
	return fs.ToErrno(copyFile(live, filepath.Join(n.disk.durable, rel)))
}

func (n *dropNode) Rename(ctx context.Context, name string, newParent fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	from := filepath.Join(n.disk.durable, n.Path(nil), name)
	to := filepath.Join(n.disk.durable, newParent.EmbeddedInode().Path(nil), newName)
	if errno := n.LoopbackNode.Rename(ctx, name, newParent, newName, flags); errno != 0 {
		return errno
	}
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	_ = os.Remove(to)
	if _, err := os.Stat(from); err == nil {
		_ = os.MkdirAll(filepath.Dir(to), 0o700)
		return fs.ToErrno(os.Rename(from, to))
	}
	return 0
}

func (n *dropNode) Unlink(ctx context.Context, name string) syscall.Errno {
	if errno := n.LoopbackNode.Unlink(ctx, name); errno != 0 {
		return errno
	}
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	_ = os.Remove(filepath.Join(n.disk.durable, n.Path(nil), name))
	return 0
}

// The folder really loses what was not synced; otherwise the tests that stand
// on it prove nothing.
func TestDropFSLosesUnsyncedWrites(t *testing.T) {
	d := newDropFS(t)
	path := filepath.Join(d.mount, "f")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("synced"); err != nil {
		t.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(" lost"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	d.cut(t)
	got, err := os.ReadFile(path)
	if err != nil || string(got) != "synced" {
		t.Fatalf("after the cut the file holds %q, want %q: %v", got, "synced", err)
	}
}
