import { beforeEach, expect, test } from 'vitest'
import { fits, type Line, lineOf, recent, remember } from './lines'

beforeEach(() => localStorage.clear())

test('a suggestion leads to its docket, to a body, or to the list that it narrows', () => {
  expect(lineOf({ kind: 'title', text: '道路工程', docket: 'E41/1' })).toMatchObject({ group: 'dockets', to: '/dockets/E41%2F1', more: 'E41/1' })
  expect(lineOf({ kind: 'code', text: 'E41', docket: 'E41' }).more).toBeUndefined()
  expect(lineOf({ kind: 'code', text: 'E41001', docket: 'E41', title: '道路工程' })).toMatchObject({ text: '道路工程', more: 'E41001', to: '/dockets/E41' })
  expect(lineOf({ kind: 'title', text: '甲"工程' })).toMatchObject({ to: '/dockets', search: { q: '"甲 工程"' } })
  expect(lineOf({ kind: 'body', text: '甲公司', code: '91' })).toMatchObject({ group: 'bodies', to: '/bodies', search: { code: '91' }, more: '91' })
  expect(lineOf({ kind: 'body', text: '甲公司' })).toMatchObject({ to: '/bodies', search: { name: '甲公司' } })
  expect(lineOf({ kind: 'region', text: '洛阳市', code: '410300' })).toMatchObject({ group: 'regions', search: { region: 410300 } })
})

test('all words must occur', () => {
  const lines: Line[] = [{ key: '1', group: 'pages', text: '案卷' }, { key: '2', group: 'pages', text: 'Help', more: 'F1' }]
  expect(fits(lines, 'help f').map((line) => line.key)).toEqual(['2'])
  expect(fits(lines, ' ')).toHaveLength(2)
})

test('what was chosen last is kept for the person, the newest first, each once', () => {
  for (let i = 0; i < 12; i++) remember('a', lineOf({ kind: 'title', text: `t${i}`, docket: `D${i}` }))
  remember('a', lineOf({ kind: 'title', text: 't11', docket: 'D11' }))
  remember('a', { key: 'p', group: 'pages', text: 'page', to: '/help' })
  expect(recent('a')).toHaveLength(8)
  expect(recent('a')[0]?.text).toBe('t11')
  expect(recent('b')).toEqual([])
  localStorage.setItem('mingjing.recent.a', '{"x":')
  expect(recent('a')).toEqual([])
})
