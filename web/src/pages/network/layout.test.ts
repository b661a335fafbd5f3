import { expect, test } from 'vitest'
import { lit, place, thin } from './layout'

const apart = (a?: { x: number; y: number }, b?: { x: number; y: number }) => Math.hypot((a?.x ?? 0) - (b?.x ?? 0), (a?.y ?? 0) - (b?.y ?? 0))
const links = [0, 1, 2].flatMap((a) => [0, 1, 2].filter((b) => b > a).map((b) => ({ a, b, weight: 5 }))).concat([3, 4, 5].flatMap((a) => [3, 4, 5].filter((b) => b > a).map((b) => ({ a, b, weight: 5 }))), [{ a: 2, b: 3, weight: 1 }])

test('what is linked lies near, all lies inside, the first in the middle, each time the same', () => {
  const at = place(6, links)
  expect(at[0]).toEqual({ x: 0.5, y: 0.5 })
  expect(apart(at[0], at[1])).toBeLessThan(apart(at[0], at[4]))
  expect(apart(at[3], at[5])).toBeLessThan(apart(at[1], at[5]))
  for (const p of at) { expect(Math.min(p.x, p.y)).toBeGreaterThan(0); expect(Math.max(p.x, p.y)).toBeLessThan(1) }
  expect(place(6, links)).toEqual(at)
})
test('no two nodes lie on each other, linked or not', () => {
  const at = place(40, [])
  for (const [i, p] of at.entries()) for (const q of at.slice(i + 1)) expect(apart(p, q)).toBeGreaterThan(0.01)
  expect(place(1, [])).toHaveLength(1)
  expect(place(0, [])).toHaveLength(0)
})

const edges = [{ a: 0, b: 1, dockets: 4 }, { a: 0, b: 2, dockets: 1 }, { a: 1, b: 2, dockets: 2 }, { a: 2, b: 3, dockets: 1 }]
test('a node lights its links and neighbours, a link its ends, a community what lies inside', () => {
  expect(lit(undefined, edges, [])).toBeUndefined()
  expect(lit({ kind: 'node', i: 3 }, edges, [])).toEqual({ nodes: new Set([3, 2]), edges: new Set([3]) })
  expect(lit({ kind: 'edge', i: 2 }, edges, [])).toEqual({ nodes: new Set([1, 2]), edges: new Set([2]) })
  expect(lit({ kind: 'community', i: 0 }, edges, [{ members: [0, 1, 2] }])).toEqual({ nodes: new Set([0, 1, 2]), edges: new Set([0, 1, 2]) })
  expect(lit({ kind: 'edge', i: 9 }, edges, [])).toEqual({ nodes: new Set(), edges: new Set() })
})
test('weak links go, and who hung on them alone', () => {
  expect(thin(4, edges, 1)).toEqual({ nodes: [0, 1, 2, 3], edges: [0, 1, 2, 3] })
  expect(thin(4, edges, 2)).toEqual({ nodes: [0, 1, 2], edges: [0, 2] })
  expect(thin(4, edges, 9)).toEqual({ nodes: [0], edges: [] })
})
