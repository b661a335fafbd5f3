package exchange

import (
	"fmt"
	"strings"
)

// SandboxKeyPrefix begins the id of every key of a sandbox and of no other. The
// key id is part of what a request signs: what was signed for a sandbox is good
// nowhere else, even where a vendor uses one key pair in both places and leaves
// the authority out of the signature.
const SandboxKeyPrefix = "sandbox-"

// SandboxRegion stands for the region (places 3 to 8) in the platform codes of
// a sandbox. GB/T 2260 has no such region, so no real body has such a code; and
// the platform code is committed to with every record.
const SandboxRegion = "999999"

// SandboxKey reports whether a key id is one of a sandbox.
func SandboxKey(id string) bool { return strings.HasPrefix(id, SandboxKeyPrefix) }

// SandboxPlatform reports whether a platform code is one of a sandbox.
func SandboxPlatform(code string) bool {
	return len(code) > 8 && code[2:8] == SandboxRegion
}

// checkPlace keeps a sandbox's keys and platforms and the real ones apart.
func (s *Source) checkPlace(sandbox bool) error {
	for _, k := range s.Keys {
		if SandboxKey(k.ID) && !sandbox {
			return fmt.Errorf("source %s: 沙箱密钥不能用于正式平台 key %s is a sandbox's: make a new key pair and register it under another id", s.Name, k.ID)
		}
		if !SandboxKey(k.ID) && sandbox {
			return fmt.Errorf("source %s: key id %s: in a sandbox it begins with %q", s.Name, k.ID, SandboxKeyPrefix)
		}
	}
	for _, p := range s.Platforms {
		if SandboxPlatform(p) && !sandbox {
			return fmt.Errorf("source %s: 沙箱平台编码不能用于正式平台 platform code %s is a sandbox's: register the code of the real platform", s.Name, p)
		}
		if !SandboxPlatform(p) && sandbox {
			return fmt.Errorf("source %s: platform code %s: in a sandbox places 3 to 8 are %s, so that no real platform is named", s.Name, p, SandboxRegion)
		}
	}
	return nil
}
