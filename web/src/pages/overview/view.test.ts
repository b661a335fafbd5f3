import { describe, expect, test } from 'vitest'
import { listAddress, readView } from './view'

describe('readView', () => {
  test('keeps what a view is made of', () => {
    expect(readView({ period: 'week', region: '410300', class: 'land', other: 1 })).toEqual({ period: 'week', region: '410300', class: 'land' })
  })
  test('takes a region that was read as a number', () => expect(readView({ region: 410300 })).toEqual({ region: '410300' }))
  test.each([{ period: 'all' }, { period: 'century' }, { region: '4' }, { region: '<x>' }, { class: '' }, {}])('drops what is none: %j', (raw) => expect(readView(raw)).toEqual({}))
})

test('a figure leads to its list', () => {
  expect(listAddress('region=410300&from=2026-01-01')).toBe('/dockets?region=410300&from=2026-01-01')
  expect(listAddress('stage=bid,opening', { warning: 'fact' })).toBe('/dockets?stage=bid,opening&warning=fact')
  expect(listAddress(undefined)).toBe('/dockets')
})
