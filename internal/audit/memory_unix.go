//go:build unix

package audit

import (
	"runtime"
	"syscall"
)

// held is the largest memory that this process has held, in bytes.
func held() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	kib := int64(1024)
	if runtime.GOOS == "darwin" { // which counts bytes
		kib = 1
	}
	return int64(u.Maxrss) * kib //nolint:unconvert // 32 bits on some
}
