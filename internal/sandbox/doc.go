// Package sandbox is the room where vendors of trading systems try their
// clients: keys without waiting for anybody, a clock on which legal days pass in
// minutes, and a door that is unkind on purpose, so that a client learns to
// wait before it meets the real one.
//
// What it is trusted for: nothing of a sandbox is good anywhere else. Its log
// has a name of its own, its key ids and platform codes are taken by no real
// register (exchange.SandboxKeyPrefix, exchange.SandboxRegion), and a data
// folder is a sandbox's or a real house's, never both.
package sandbox
