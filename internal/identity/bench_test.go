package identity

import (
	"testing"

	"github.com/alexedwards/argon2id"
)

// What one look at a password costs.
func BenchmarkHash(b *testing.B) {
	hash, err := argon2id.CreateHash(secret, &Hashing)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := argon2id.ComparePasswordAndHash(secret, hash); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
