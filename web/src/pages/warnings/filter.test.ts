import { describe, expect, test } from 'vitest'
import { asked, isNarrowed, place, readFilter } from './filter'

describe('the queue’s address', () => {
  test('keeps what it knows and drops the rest', () => {
    expect(readFilter({ indicator: 'A02,D01', grade: 'fact', status: 'open', region: 410300, mark: 'you', evil: '<x>', from: '2026-11-01', at: 'T1/00ff' }))
      .toEqual({ indicator: 'A02,D01', grade: 'fact', region: '410300', from: '2026-11-01', at: 'T1/00ff' })
  })
  test('becomes the API’s question', () => {
    expect(asked({ indicator: 'A02,D01', class: 'land', at: 'T/0', docket: 'T' })).toEqual({ indicator: ['A02', 'D01'], class: ['land'], docket: 'T' })
  })
  test('tells docket and key apart', () => expect(place('ocds-1/2/00ff')).toEqual({ docket: 'ocds-1/2', key: '00ff' }))
  test('reading a clue narrows nothing', () => expect([isNarrowed({ at: 'T/0' }), isNarrowed({ grade: 'fact' })]).toEqual([false, true]))
})
