import { type Bytes, join, sha256 } from './bytes'

// A Merkle tree by RFC 6962, read from tiles of 256 hashes (c2sp.org/tlog-tiles).

const inner = (left: Bytes, right: Bytes): Promise<Bytes> => sha256(join(Uint8Array.of(1), left, right))

/** treeLeaf is the hash in the tree of what stands at one place of the log. */
export const treeLeaf = (data: Bytes): Promise<Bytes> => sha256(join(Uint8Array.of(0), data))

/** tilePath names a tile: groups of three digits, all but the last with an x before them, and .p/W where it is not full. */
export function tilePath(level: number, index: number, width: number): string {
  let path = String(index % 1000).padStart(3, '0')
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) path = `x${String(rest % 1000).padStart(3, '0')}/${path}`
  return `tile/${level}/${path}${width === 256 ? '' : `.p/${width}`}`
}

/** A Tiles reads the tiles of a tree of `size` leaves; each is fetched once. */
export class Tiles {
  readonly size: number
  private readonly fetched = new Map<string, Promise<Bytes>>()
  private readonly fetchTile: (path: string) => Promise<Bytes>

  constructor(size: number, fetchTile: (path: string) => Promise<Bytes>) {
    this.size = size
    this.fetchTile = fetchTile
  }

  private async tile(level: number, index: number): Promise<Bytes> {
    const have = Math.floor(this.size / 256 ** level)
    const width = Math.min(256, have - index * 256)
    if (width <= 0) throw new Error('the tree does not reach so far')
    const path = tilePath(level, index, width)
    let got = this.fetched.get(path)
    if (!got) {
      got = this.fetchTile(path)
      this.fetched.set(path, got)
    }
    const bytes = await got
    if (bytes.length !== width * 32) throw new Error(`${path} has ${bytes.length} bytes instead of ${width * 32}`)
    return bytes
  }

  /** node is the hash over 2^level leaves, the index-th of its level. */
  async node(level: number, index: number): Promise<Bytes> {
    const wide = 2 ** (level % 8)
    const first = index * wide
    const tile = await this.tile(Math.floor(level / 8), Math.floor(first / 256))
    let row: Bytes[] = Array.from({ length: wide }, (_, i) => tile.slice(((first % 256) + i) * 32, ((first % 256) + i + 1) * 32))
    while (row.length > 1) row = await Promise.all(Array.from({ length: row.length / 2 }, (_, i) => inner(row[2 * i] as Bytes, row[2 * i + 1] as Bytes)))
    return row[0] as Bytes
  }
}

/** Counts how many hashes were joined on the way to a root. */
export type Way = { joined: number }

/**
 * root computes the root of the first `size` leaves. With `at` and `leaf`, the
 * place is not taken from the tiles but is the leaf that is given: the root is
 * the tree's own only if that leaf stands there.
 */
export async function root(tiles: Tiles, size: number, at?: number, leaf?: Bytes, way: Way = { joined: 0 }): Promise<Bytes> {
  const over = async (from: number, n: number): Promise<Bytes> => {
    const ours = at !== undefined && at >= from && at < from + n
    if (n === 1 && ours && leaf) return leaf
    const level = Math.log2(n)
    if (!ours && Number.isInteger(level)) return tiles.node(level, from / n)
    const split = 2 ** Math.ceil(Math.log2(n) - 1)
    const [left, right] = await Promise.all([over(from, split), over(from + split, n - split)])
    way.joined++
    return inner(left, right)
  }
  if (size <= 0) throw new Error('an empty tree has no leaf')
  return over(0, size)
}
