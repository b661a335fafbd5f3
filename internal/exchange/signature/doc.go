// Package signature signs and verifies HTTP requests by RFC 9421 (HTTP Message
// Signatures) over an RFC 9530 Content-Digest, with Ed25519, ECDSA P-256 or SM2.
//
// It is pure: the clock, the keys and the randomness are arguments. The door
// verifies with it; the demo, the relay and the tests sign with it.
//
// What it is trusted for: a request that Verify accepts was signed, within the
// window, by the holder of the key that the caller looked up, and its method,
// target and body are those that were signed. It does not remember nonces: a
// batch sent twice changes nothing, so a replay inside the window is harmless.
package signature
