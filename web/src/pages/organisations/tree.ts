import type { Of } from '@/api/client'

export type Unit = Of<'Organisation'>
export type Branch = { unit: Unit; below: Branch[] }

/** grown makes a tree of the flat list, in its order. What stands under none of the list stands at the top. With words only what fits is left, and what stands above it. */
export function grown(list: Unit[], words = ''): Branch[] {
  const ids = new Set(list.map((unit) => unit.id))
  const under = new Map<string, Unit[]>()
  for (const unit of list) {
    const parent = unit.parent && ids.has(unit.parent) ? unit.parent : ''
    under.set(parent, [...(under.get(parent) ?? []), unit])
  }
  const wanted = words.trim().toLowerCase()
  const branches = (parent: string): Branch[] => (under.get(parent) ?? []).flatMap((unit) => {
    const below = branches(unit.id)
    const fits = [unit.name, unit.region, unit.code].some((text) => text?.toLowerCase().includes(wanted))
    return fits || below.length > 0 ? [{ unit, below }] : []
  })
  return branches('')
}
