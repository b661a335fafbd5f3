// Package files keeps attachments: uploads that can be resumed, sealed part by
// part as they come, on a disk or in S3-compatible object storage.
//
// What it is trusted for: a byte that was acknowledged is durable; a file that
// was acknowledged as kept has the size and the SHA-256 that its source declared
// and signed, and its receipt is in the log; nothing of it, its name included,
// lies anywhere unencrypted; nothing here decrypts it before all lots of its
// transaction that it was declared for are opened. Bytes are taken whether or
// not the same are here already, from whomever they were, and nothing tells.
package files
