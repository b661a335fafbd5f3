import type { Of } from '@/api/client'
import { type Bytes, join, long, sha256, unhex, utf8 } from './bytes'

/** What the API shows of a record so that it can be checked. */
export type Shown = Of<'Disclosed'>

function order(a: Bytes, b: Bytes): number {
  for (let i = 0; i < a.length; i++) {
    const d = (a[i] ?? 0) - (b[i] ?? 0)
    if (d !== 0) return d
  }
  return 0
}

/** commitment of one field: SHA-256("mingjing/field/1" ‖ salt ‖ len ‖ name ‖ len ‖ value). */
async function commitment(field: { name: string; value: string; salt: string }): Promise<Bytes> {
  const salt = unhex(field.salt)
  if (salt.length !== 32) throw new Error('a salt has 32 bytes')
  const name = utf8(field.name)
  const value = utf8(field.value)
  return sha256(join(utf8('mingjing/field/1'), salt, long(name.length), name, long(value.length), value))
}

/**
 * leafOf computes a record's leaf from the fields that are shown and the
 * commitments of those that are not: SHA-256("mingjing/record/1" ‖ all
 * commitments in order). Nothing but the very same values gives the same leaf.
 */
export async function leafOf(shown: Shown): Promise<Bytes> {
  const all = await Promise.all((shown.fields ?? []).map(commitment))
  for (const c of shown.commitments ?? []) {
    const bytes = unhex(c)
    if (bytes.length !== 32) throw new Error('a commitment has 32 bytes')
    all.push(bytes)
  }
  return sha256(join(utf8('mingjing/record/1'), ...all.sort(order)))
}
