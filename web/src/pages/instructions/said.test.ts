import { expect, test } from 'vitest'
import { term, until } from './said'

test('a term of working days ends with its day', () => {
  expect(until('2026-12-03T16:00:00Z')).toBe('2026-12-03 24:00')
  expect(until('2026-12-03T14:35:00Z')).toBe('2026-12-03 22:35')
})

test('terms as people read them', () => {
  expect(term('30m')).toBe('30 分钟')
  expect(term('3wd')).toBe('3 个工作日')
  expect(term('soon')).toBe('soon')
})
