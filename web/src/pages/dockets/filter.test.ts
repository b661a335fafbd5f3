import { describe, expect, test } from 'vitest'
import { type Asked, askedOf, filterOf, narrowed, queryOf, read, shown, write } from './filter'

const some: Asked[] = [
  {},
  { q: '道路 "一标段"' },
  { region: ['4103'] },
  { region: ['410302', '41'], class: ['land', 'mining'], stage: ['bid'], moment: ['before', 'signed'] },
  { from: '2026-01-01', to: '2026-12-31', min: 1, max: 90_000_000_000_000 },
  { warning: 'A02', late: true, source: '12410000415800000X', sort: 'amount', order: 'asc', cols: ['title', 'amount'] },
  { warning: 'any', sort: 'last' },
  { q: 'a&b=c, d+e%20#?', source: '99999999999999999999' },
]

describe('the address', () => {
  test.each(some)('says %j and is read back', (asked) => {
    expect(read(write(asked))).toEqual(asked)
    expect(askedOf(queryOf(asked))).toEqual(asked)
  })

  test.each(some)('of the router says %j and is read back', (asked) => {
    // The router writes what is no plain text as JSON and reads it so.
    const routed = Object.fromEntries(Object.entries(write(asked)).map(([name, value]) => [name, JSON.parse(JSON.stringify(value)) as unknown]))
    expect(read(routed)).toEqual(asked)
  })

  test('one thing has one form', () => {
    expect(queryOf({ sort: 'amount', q: 'x' })).toBe(queryOf({ q: 'x', sort: 'amount' }))
    expect(queryOf({ region: ['41', '41'] })).toBe(queryOf({ region: ['41'] }))
  })

  test.each([
    { region: 'abc' }, { region: 12345 }, { class: 'lunch' }, { stage: {} }, { moment: [[]] }, { from: '2026-13-01' }, { to: 'x' }, { min: -1 }, { max: '1e99' }, { min: 1.5 },
    { warning: 'ALL' }, { late: 'no' }, { source: 'a b' }, { sort: 'secret' }, { order: 'desc' }, { cols: 'nothing' }, { q: '  ' }, { more: 1 },
  ])('drops %j', (raw) => {
    expect(read(raw)).toEqual({})
  })
})

test('the API is asked by its own names, the newest first unless words or an order say otherwise', () => {
  expect(filterOf({ min: 5, max: 7, cols: ['title'] })).toEqual({ amount_min: 5, amount_max: 7, sort: 'last' })
  expect(filterOf({ q: 'x' })).toEqual({ q: 'x' })
  expect(filterOf({ q: 'x', sort: 'id', order: 'desc' })).toEqual({ q: 'x', sort: 'id', order: 'desc' })
})

test('order and columns narrow nothing', () => {
  expect(narrowed({ sort: 'last', order: 'asc', cols: ['title'] })).toBe(0)
  expect(narrowed({ q: 'x', late: true })).toBe(2)
})

test('columns of warnings are for who may have them, unless chosen', () => {
  expect(shown({}, false)).not.toContain('warnings')
  expect(shown({}, true)).toContain('late')
  expect(shown({ cols: ['origins', 'title'] }, false)).toEqual(['title', 'origins'])
})
