import { describe, expect, test } from 'vitest'
import proof from './testdata/proof.json'
import { type Bytes, base64, join, same, sha256, unbase64, utf8 } from './bytes'
import { readCheckpoint } from './checkpoint'
import { held, prove, type Seen, type Source } from './prove'
import type { Shown } from './record'
import { root, Tiles, tilePath, treeLeaf } from './tree'

// The proof was written by the server's own code (internal/ledger, browser_test.go).
type Vector = typeof proof
const copy = (): Vector => JSON.parse(JSON.stringify(proof)) as Vector

function source(v: Vector): Source {
  const take = (all: Record<string, string>, path: string): string => {
    const found = all[path]
    if (found === undefined) throw new Error(`no ${path}`)
    return found
  }
  return {
    shown: () => Promise.resolve(v.disclosed as Shown),
    text: (path) => Promise.resolve(take(v.texts, path)),
    bytes: (path) => Promise.resolve(unbase64(take(v.tiles, path))),
  }
}

const earlier = readCheckpoint(proof.before.checkpoint)
const seen: Seen = { log: earlier.log, key: proof.texts.vkey.trim(), size: earlier.size, root: base64(earlier.root) }
const outcome = async (v: Vector, before?: Seen) => Object.fromEntries((await prove(v.position, source(v), before)).outcomes.map((o) => [o.step, o.held]))

describe('a proof', () => {
  test('that the server made holds, the first time and later', async () => {
    expect(await outcome(copy())).toEqual({ record: true, signature: true, inclusion: true, growth: 'first' })
    expect(await outcome(copy(), seen)).toEqual({ record: true, signature: true, inclusion: true, growth: true })
    expect(held(await prove(proof.position, source(copy()), seen))).toBe(true)
  })

  test.each<[string, (v: Vector) => void, string]>([
    ['a value is altered', (v) => { v.disclosed.fields[2]!.value += '。' }, 'record'],
    ['a name is altered', (v) => { v.disclosed.fields[2]!.name = 'NOTICE_NAMF' }, 'record'],
    ['a salt is altered', (v) => { v.disclosed.fields[0]!.salt = v.disclosed.fields[1]!.salt }, 'record'],
    ['a hidden field is dropped', (v) => { v.disclosed.commitments.pop() }, 'record'],
    ['another place is claimed', (v) => { v.disclosed.position = 418 }, 'record'],
    ['the whole record is another, with its leaf', (v) => { v.position = v.disclosed.position = 416 }, 'inclusion'],
    ['the place lies beyond the log', (v) => { v.position = v.disclosed.position = 700 }, 'inclusion'],
    ['a hash of the tree is altered', (v) => { v.tiles['tile/0/001'] = flip(v.tiles['tile/0/001'], 32 * 100) }, 'inclusion'],
    ['the root is altered', (v) => { v.texts.checkpoint = v.texts.checkpoint.replace(/\n700\n./, (s) => s.slice(0, -1) + (s.endsWith('A') ? 'B' : 'A')) }, 'signature'],
    ['the size is altered', (v) => { v.texts.checkpoint = v.texts.checkpoint.replace('\n700\n', '\n699\n'); v.tiles = { ...v.tiles, 'tile/0/002.p/187': base64(unbase64(v.tiles['tile/0/002.p/188']).slice(0, 187 * 32)) } as Vector['tiles'] }, 'signature'],
    ['the log has another key than last time', (v) => { v.texts.vkey = v.texts.vkey.replace(/\+.{8}\+/, '+00000000+') }, 'signature'],
  ])('fails when %s', async (_, harm, step) => {
    const v = copy()
    harm(v)
    const got = await outcome(v, seen)
    expect(got[step]).toBe(false)
  })

  test('fails when the log is not the one that was seen before', async () => {
    expect(await outcome(copy(), { ...seen, root: base64(await sha256(utf8('another'))) })).toMatchObject({ inclusion: true, growth: false })
    expect(await outcome(copy(), { ...seen, size: 701 })).toMatchObject({ growth: false })
  })

  test('every byte of every tile on the way counts', async () => {
    const v = copy()
    for (let at = 0; at < 256; at += 51) { // the leaves of the tile in which the record stands
      if (256 + at === v.position) continue
      const harmed = copy()
      harmed.tiles['tile/0/001'] = flip(v.tiles['tile/0/001'], at * 32 + (at % 32))
      expect((await outcome(harmed)).inclusion, `hash ${at}`).toBe(false)
    }
  })
})

function flip(tile: string, at: number): string {
  const bytes = unbase64(tile)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return base64(bytes)
}

describe('the tree', () => {
  test.each([[0, 0, 256, 'tile/0/000'], [0, 1234067, 256, 'tile/0/x001/x234/067'], [1, 12, 7, 'tile/1/012.p/7']])('tile %i/%i of %i is %s', (level, index, width, path) => expect(tilePath(level, index, width)).toBe(path))

  test('has the root of the plain rule at every size', async () => {
    const leaves = await Promise.all(Array.from({ length: 600 }, (_, i) => treeLeaf(utf8(String(i)))))
    const plain = async (row: Bytes[]): Promise<Bytes> => {
      if (row.length === 1) return row[0] as Bytes
      let k = 1
      while (2 * k < row.length) k *= 2
      return sha256(join(Uint8Array.of(1), await plain(row.slice(0, k)), await plain(row.slice(k))))
    }
    for (const size of [1, 2, 3, 7, 255, 256, 257, 300, 511, 512, 600]) {
      const fetch = async (path: string): Promise<Bytes> => {
        const [, level, index, width] = /^tile\/(\d)\/(\d{3})(?:\.p\/(\d+))?$/.exec(path) ?? []
        const first = Number(index) * 256
        const n = Number(width ?? 256)
        if (level === '0') return join(...leaves.slice(first, first + n))
        return join(...(await Promise.all(Array.from({ length: n }, (_, i) => plain(leaves.slice((first + i) * 256, (first + i + 1) * 256))))))
      }
      const want = await plain(leaves.slice(0, size))
      const at = Math.floor(size / 2)
      expect(same(await root(new Tiles(size, fetch), size), want), `size ${size}`).toBe(true)
      expect(same(await root(new Tiles(size, fetch), size, at, leaves[at]), want), `size ${size} at ${at}`).toBe(true)
      expect(same(await root(new Tiles(600, async (p) => fetch(p)), size), want), `size ${size} from a grown tree`).toBe(true)
    }
  })
})
