//go:build !unix

package pgtest

import (
	"fmt"
	"syscall"
)

type sysProcAttr = syscall.SysProcAttr

func asPostgres(string) (*sysProcAttr, error) {
	return nil, fmt.Errorf("this system starts no private PostgreSQL: set %s to a server's address", envServer)
}
