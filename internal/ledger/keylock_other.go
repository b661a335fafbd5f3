//go:build !unix

package ledger

import "os"

// lockFile does nothing where the system has no advisory locks: there the
// operator must see to it that one process writes a keyring.
func lockFile(*os.File) error { return nil }
