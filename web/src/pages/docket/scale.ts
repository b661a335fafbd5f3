/** An axis of time from 0 to 100 percent, in milliseconds since 1970. */
export type Axis = { from: number; to: number; at: (ms: number) => number }

const dayLong = 86_400_000

/** scale lays an axis over two times, with a little room at both ends. */
export function scale(first: number, last: number): Axis {
  const room = Math.max((last - first) * 0.02, dayLong)
  const from = first - room
  const to = last + room
  return { from, to, at: (ms) => ((ms - from) / (to - from)) * 100 }
}

/** ticks gives the beginnings of months (of years where there are many) on an axis, in the law's zone, at most twelve. */
export function ticks(axis: Axis): { at: number; label: string }[] {
  const zone = 8 * 3_600_000
  const begin = new Date(axis.from + zone)
  const all: { at: number; label: string; month: number }[] = []
  for (let n = 0; n < 600; n++) {
    const ms = Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + 1 + n, 1) - zone
    if (ms > axis.to) break
    const d = new Date(ms + zone)
    all.push({ at: axis.at(ms), label: `${d.getUTCFullYear()}-${String(d.getUTCMonth() + 1).padStart(2, '0')}`, month: d.getUTCMonth() })
  }
  const step = [1, 2, 3, 6, 12, 24, 60].find((s) => all.length / s <= 8) ?? 120
  return all.filter((t, i) => (step < 12 ? t.month % step === 0 : t.month === 0 && Math.floor(i / 12) % (step / 12) === 0))
}
