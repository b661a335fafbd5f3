import type { Of } from '@/api/client'

export type Sitting = Of<'DaySitting'>

/** states in the order in which a supervisor looks at them. */
export const states = ['overdue', 'begun', 'awaited', 'planned', 'finished', 'failed'] as const
export type State = (typeof states)[number]

const dayMs = 86_400_000

/** today is the day in the law's zone, wherever the reader sits. */
export const today = (now: number = Date.now()): string => new Date(now + 8 * 3_600_000).toISOString().slice(0, 10)

/** shift is the day so many days later. */
export const shift = (day: string, by: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + by * dayMs).toISOString().slice(0, 10)

/** byPlace puts sittings under their places, by name; where no place is known last. */
export function byPlace(items: readonly Sitting[]): [place: string, items: Sitting[]][] {
  const places = new Map<string, Sitting[]>()
  for (const one of items) places.set(one.place ?? '', [...(places.get(one.place ?? '') ?? []), one])
  return [...places.entries()].sort(([a], [b]) => (a === '' ? 1 : b === '' ? -1 : a.localeCompare(b, 'zh-CN')))
}
