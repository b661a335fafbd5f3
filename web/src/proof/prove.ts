import { type Bytes, hex, same, unbase64, base64 } from './bytes'
import { type Checkpoint, readCheckpoint, readKey, signedBy } from './checkpoint'
import { leafOf, type Shown } from './record'
import { root, Tiles, treeLeaf, type Way } from './tree'

/** The steps of a proof, in the order in which they are taken. */
export const steps = ['record', 'signature', 'inclusion', 'growth'] as const
export type Step = (typeof steps)[number]

/** One step: whether it held, and the figures by which it is told. */
export type Outcome = { step: Step; held: boolean | 'first'; fill: Record<string, string | number> }

/** A Source is where a proof's parts come from. */
export type Source = {
  shown: (position: number) => Promise<Shown>
  text: (path: string) => Promise<string>
  bytes: (path: string) => Promise<Bytes>
}

/** What this browser has seen of a log before. */
export type Seen = { log: string; key: string; size: number; root: string }

/** A Proof is what was checked of one record, and what to remember for the next time. */
export type Proof = { position: number; outcomes: Outcome[]; checkpoint: Checkpoint; witnesses: string[]; key: string; seen: Seen; shown: Shown }

/**
 * prove checks one record: that the values shown are those that were logged
 * (record), that the log's key has signed the state of the log (signature),
 * that the record stands in it at its place (inclusion), and that the state
 * which this browser saw last time is the beginning of today's (growth).
 * A step that does not hold is told, not thrown; what cannot be read is thrown.
 */
export async function prove(position: number, source: Source, before?: Seen): Promise<Proof> {
  const [shown, note, vkey] = await Promise.all([source.shown(position), source.text('checkpoint'), source.text('vkey')])
  const checkpoint = readCheckpoint(note)
  const key = vkey.trim()
  const outcomes: Outcome[] = []

  const leaf = await leafOf(shown)
  outcomes.push({
    step: 'record',
    held: hex(leaf) === shown.leaf.toLowerCase() && shown.position === position && shown.log === checkpoint.log,
    fill: { fields: shown.fields?.length ?? 0, hidden: shown.commitments?.length ?? 0, leaf: hex(leaf) },
  })

  const trusted = before && before.log === checkpoint.log ? before.key : key
  outcomes.push({ step: 'signature', held: trusted === key && (await signedBy(checkpoint, readKey(trusted))), fill: { log: checkpoint.log, size: checkpoint.size, key } })

  const tiles = new Tiles(checkpoint.size, source.bytes)
  const way: Way = { joined: 0 }
  const inside = position >= 0 && position < checkpoint.size
  const computed = inside ? await root(tiles, checkpoint.size, position, await treeLeaf(leaf), way) : undefined
  outcomes.push({
    step: 'inclusion',
    held: computed !== undefined && same(computed, checkpoint.root),
    fill: { position, size: checkpoint.size, joined: way.joined, root: base64(checkpoint.root) },
  })

  if (before && before.log === checkpoint.log) {
    const grown = before.size <= checkpoint.size && before.size > 0 && same(await root(tiles, before.size), unbase64(before.root))
    outcomes.push({ step: 'growth', held: grown, fill: { before: before.size, size: checkpoint.size } })
  } else {
    outcomes.push({ step: 'growth', held: 'first', fill: { before: 0, size: checkpoint.size } })
  }

  return {
    position, outcomes, checkpoint, key, shown,
    witnesses: checkpoint.signatures.map((s) => s.name).filter((name) => name !== checkpoint.log),
    seen: { log: checkpoint.log, key: trusted, size: checkpoint.size, root: base64(checkpoint.root) },
  }
}

/** held reports whether every step of a proof held. */
export const held = (proof: Proof): boolean => proof.outcomes.every((o) => o.held !== false)
