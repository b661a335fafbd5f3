import { expect, test } from 'vitest'
import { byPlace, shift, type Sitting, today } from './days'

const one = (place?: string): Sitting => ({ docket: 'T', class: 'construction', lots: [], kind: 'opening', state: 'planned', ...(place ? { place } : {}) }) as Sitting

test('a day is that of the law’s zone', () => {
  expect(today(Date.parse('2026-11-25T16:00:00Z'))).toBe('2026-11-26')
  expect(today(Date.parse('2026-11-25T15:59:59Z'))).toBe('2026-11-25')
  expect(shift('2026-02-28', 1)).toBe('2026-03-01')
  expect(shift('2026-01-01', -1)).toBe('2025-12-31')
})

test('what has no place stands last', () => {
  const places = byPlace([one(), one('第二开标室'), one('第一开标室'), one('第二开标室')])
  expect(places.map(([place, items]) => [place, items.length])).toEqual([['第二开标室', 2], ['第一开标室', 1], ['', 1]])
})
