import { type Bytes, join, same, sha256, unbase64, utf8 } from './bytes'

/** A checkpoint of the log: a signed note (c2sp.org/tlog-checkpoint). */
export type Checkpoint = {
  log: string
  size: number
  root: Bytes
  text: string
  signatures: { name: string; id: Bytes; signature: Bytes }[]
}

/** A Key is the log's public key, "name+id+base64". */
export type Key = { name: string; id: Bytes; key: Bytes }

export function readCheckpoint(note: string): Checkpoint {
  const cut = note.lastIndexOf('\n\n')
  if (cut < 0) throw new Error('a checkpoint is a text, an empty line and signatures')
  const text = note.slice(0, cut + 1)
  const [log, size, root] = text.split('\n')
  if (!log || !size || !/^\d+$/.test(size) || !root) throw new Error('a checkpoint begins with the log, its size and its root')
  const signatures = note.slice(cut + 2).split('\n').filter(Boolean).map((line) => {
    const [dash, name, body] = line.split(' ')
    if (dash !== '—' || !name || !body) throw new Error('not the line of a signature')
    const bytes = unbase64(body)
    return { name, id: bytes.slice(0, 4), signature: bytes.slice(4) }
  })
  return { log, size: Number(size), root: unbase64(root), text, signatures }
}

export function readKey(text: string): Key {
  const [name, id, ...rest] = text.trim().split('+')
  const body = rest.join('+')
  if (!name || !id || !/^[0-9a-f]{8}$/.test(id) || !body) throw new Error('a key is name+id+base64')
  const bytes = unbase64(body)
  if (bytes[0] !== 1 || bytes.length !== 33) throw new Error('not an Ed25519 key')
  return { name, id: Uint8Array.from({ length: 4 }, (_, i) => Number.parseInt(id.slice(2 * i, 2 * i + 2), 16)), key: bytes.slice(1) }
}

/** signedBy reports whether the log's key has signed the checkpoint. */
export async function signedBy(checkpoint: Checkpoint, key: Key): Promise<boolean> {
  // The id must be the key's own (golang.org/x/mod/sumdb/note).
  const own = (await sha256(join(utf8(`${key.name}\n`), Uint8Array.of(1), key.key))).slice(0, 4)
  if (!same(own, key.id) || key.name !== checkpoint.log) return false
  const line = checkpoint.signatures.find((s) => s.name === key.name && same(s.id, key.id))
  if (!line) return false
  const imported = await crypto.subtle.importKey('raw', key.key, { name: 'Ed25519' }, false, ['verify'])
  return crypto.subtle.verify({ name: 'Ed25519' }, imported, line.signature, utf8(checkpoint.text))
}
