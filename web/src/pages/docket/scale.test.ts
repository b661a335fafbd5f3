import { expect, test } from 'vitest'
import { scale, ticks } from './scale'

const at = (s: string) => Date.parse(`${s}T00:00:00+08:00`)

test('an axis holds both its ends', () => {
  const axis = scale(at('2025-01-01'), at('2025-12-31'))
  expect(axis.at(at('2025-01-01'))).toBeGreaterThan(0)
  expect(axis.at(at('2025-12-31'))).toBeLessThan(100)
})

test('a single moment has an axis too', () => expect(scale(5, 5).at(5)).toBeCloseTo(50))

test.each([['2025-01-20', '2025-04-10', ['2025-02', '2025-03', '2025-04']], ['2024-01-15', '2025-12-20', ['2024-01', '2024-07', '2025-01', '2025-07', '2026-01']]])('ticks from %s to %s', (from, to, labels) =>
  expect(ticks(scale(at(from), at(to))).map((t) => t.label)).toEqual(labels))

test('never more than twelve', () => expect(ticks(scale(at('1990-01-01'), at('2026-01-01'))).length).toBeLessThanOrEqual(12))
