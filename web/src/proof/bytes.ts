/** Bytes over a plain buffer, as Web Crypto takes them. */
export type Bytes = Uint8Array<ArrayBuffer>

const text = new TextEncoder()

export const utf8 = (s: string): Bytes => text.encode(s)

export function join(...parts: Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** long writes a length as 8 bytes, big endian. */
export function long(n: number): Bytes {
  const out = new Uint8Array(8)
  new DataView(out.buffer).setBigUint64(0, BigInt(n))
  return out
}

export const hex = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('')

export function unhex(s: string): Bytes {
  if (s.length % 2 !== 0 || /[^0-9a-f]/i.test(s)) throw new Error('not hexadecimal')
  return Uint8Array.from({ length: s.length / 2 }, (_, i) => Number.parseInt(s.slice(2 * i, 2 * i + 2), 16))
}

export const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

export function unbase64(s: string): Bytes {
  return Uint8Array.from(atob(s), (c) => c.charCodeAt(0))
}

export const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])

/** sha256 by Web Crypto, which browsers give only to pages of https or of this machine itself. */
export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}
