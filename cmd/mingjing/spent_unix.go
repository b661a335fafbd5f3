//go:build unix

package main

import (
	"runtime"
	"syscall"
	"time"
)

// spent returns the processor time of this process so far and its largest
// memory, in bytes.
func spent() (cpu time.Duration, memory int64) {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0, 0
	}
	kib := int64(1024)
	if runtime.GOOS == "darwin" { // which counts bytes
		kib = 1
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), int64(u.Maxrss) * kib //nolint:unconvert // 32 bits on some
}
