/** A link of the drawing: two places of nodes and how often they met. */
export type Link = { a: number; b: number; weight: number }
export type Spot = { x: number; y: number }

/** place lays out nodes so that those that are linked lie near each other: springs along links, repulsion between all (Fruchterman and Reingold 1991). The first node stays in the middle. The same input gives the same picture. Places are in a square of side 1. */
export function place(n: number, links: Link[], rounds = 220): Spot[] {
  const at: Spot[] = []
  for (let i = 0; i < n; i++) {
    // A sunflower: evenly spread, and never two at one place.
    const r = 0.48 * Math.sqrt(i / Math.max(n - 1, 1))
    at.push({ x: 0.5 + r * Math.cos(i * 2.399963), y: 0.5 + r * Math.sin(i * 2.399963) })
  }
  if (n < 2) return at
  const k = 0.75 * Math.sqrt(1 / n)
  const most = Math.max(...links.map((l) => l.weight), 1)
  for (let round = 0; round < rounds; round++) {
    const move = at.map(() => ({ x: 0, y: 0 }))
    const pull = (i: number, j: number, force: (d: number) => number) => {
      const a = at[i] as Spot, b = at[j] as Spot
      const dx = a.x - b.x, dy = a.y - b.y
      const d = Math.max(Math.hypot(dx, dy), 1e-4)
      const f = force(d) / d
      const ma = move[i] as Spot, mb = move[j] as Spot
      ma.x += dx * f; ma.y += dy * f; mb.x -= dx * f; mb.y -= dy * f
    }
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) pull(i, j, (d) => (k * k) / d)
    for (const l of links) pull(l.a, l.b, (d) => -((d * d) / k) * (0.3 + (0.7 * l.weight) / most))
    const heat = 0.1 * (1 - round / rounds)
    for (let i = 1; i < n; i++) {
      const p = at[i] as Spot, m = move[i] as Spot
      m.x += (0.5 - p.x) * 0.6 // what is not linked stays in sight
      m.y += (0.5 - p.y) * 0.6
      const d = Math.max(Math.hypot(m.x, m.y), 1e-9)
      p.x += (m.x / d) * Math.min(d, heat)
      p.y += (m.y / d) * Math.min(d, heat)
    }
  }
  // All of it inside, as large as it goes, the first in the middle.
  const far = Math.max(...at.map((p) => Math.max(Math.abs(p.x - 0.5), Math.abs(p.y - 0.5))), 1e-9)
  return at.map((p) => ({ x: 0.5 + ((p.x - 0.5) * 0.46) / far, y: 0.5 + ((p.y - 0.5) * 0.46) / far }))
}

/** What is picked: a node, a link or a community, by its place. */
export type Picked = { kind: 'node' | 'edge' | 'community'; i: number } | undefined

/** The parts that belong to what is picked: all others are dimmed. */
export function lit(picked: Picked, edges: { a: number; b: number }[], communities: { members: number[] }[]): { nodes: Set<number>; edges: Set<number> } | undefined {
  if (!picked) return undefined
  const nodes = new Set<number>(), links = new Set<number>()
  if (picked.kind === 'edge') {
    const e = edges[picked.i]
    if (e) { links.add(picked.i); nodes.add(e.a).add(e.b) }
  } else if (picked.kind === 'node') {
    nodes.add(picked.i)
    edges.forEach((e, i) => { if (e.a === picked.i || e.b === picked.i) { links.add(i); nodes.add(e.a).add(e.b) } })
  } else {
    for (const m of communities[picked.i]?.members ?? []) nodes.add(m)
    edges.forEach((e, i) => { if (nodes.has(e.a) && nodes.has(e.b)) links.add(i) })
  }
  return { nodes, edges: links }
}

/** thin leaves out links of fewer dockets than asked, and the nodes that only they held, but never the first. Places are those of the whole. */
export function thin(n: number, edges: { a: number; b: number; dockets: number }[], least: number): { nodes: number[]; edges: number[] } {
  const kept = edges.flatMap((e, i) => (e.dockets >= least ? [i] : []))
  const seen = new Set<number>([0])
  for (const i of kept) { const e = edges[i]; if (e) seen.add(e.a).add(e.b) }
  return { nodes: [...Array(n).keys()].filter((i) => seen.has(i)), edges: kept }
}
