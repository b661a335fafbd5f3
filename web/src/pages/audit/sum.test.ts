import { describe, expect, test } from 'vitest'
import { sum } from './sum'

const way = (more: object) => ({ lots: [], contracts: 0, payments: 0, ...more })

describe('sum', () => {
  test('adds up what is known', () => expect(sum([way({ paid: '100.5' }), way({}), way({ paid: '2' })], 'paid')).toBe(102.5))
  test('is nothing where nothing is told', () => expect(sum([way({ paid: '1' })], 'contracted')).toBeUndefined())
  test('of nothing is nothing', () => expect(sum(undefined, 'paid')).toBeUndefined())
})
