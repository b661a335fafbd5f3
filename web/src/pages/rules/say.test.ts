import { expect, test } from 'vitest'
import { content, draft, percent } from './say'

const line = { id: 'A02', date: '2026-11-23', indicator: 'A02', class: 'construction', source: '招标投标法 第二十四条', days: 20, since: '2000-01-01' }

test('a line is told by what it says', () => {
  expect(content(line)).toBe('days: 20')
  expect(content({ ...line, limits: { most: 3 } } as never)).toBe('days: 20; limits: {"most":3}')
})

test('what is tried first is the rule’s own line under another name', () => {
  const text = draft({ id: 'A02', lines: [{ ...line, region: 'ocds', days: 9 }, line] }, '2026-12-01')
  expect(JSON.parse(text.replace(/^settings:\n {2}- /, ''))).toEqual({ id: 'A02-office', date: '2026-12-01', indicator: 'A02', class: 'construction', source: '试算 trial', days: 20 })
  expect(draft({ id: 'K06', lines: [] }, '2026-12-01')).toContain('"indicator": "K06"')
})

test('a share', () => expect(percent(0.1251)).toBe('12.5%'))
