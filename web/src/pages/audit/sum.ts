import type { Of } from '@/api/client'

type Way = Of<'MoneyWay'>

/** sum adds up one station over the ways of a docket, for reading; undefined where none tells of it. */
export function sum(ways: readonly Way[] | null | undefined, of: 'awarded' | 'contracted' | 'changed' | 'paid' | 'settled'): number | undefined {
  const known = (ways ?? []).flatMap((way) => (way[of] ? [Number(way[of])] : []))
  return known.length > 0 ? known.reduce((a, b) => a + b, 0) : undefined
}
