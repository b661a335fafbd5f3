import { expect, test } from 'vitest'
import { type Branch, grown, type Unit } from './tree'

const unit = (id: string, parent?: string): Unit => ({ id, name: `单位${id}`, kind: 'department', from: '2024-01-01T00:00:00Z', ...(parent ? { parent } : {}) })
const names = (branches: Branch[]): unknown => branches.map((b) => (b.below.length > 0 ? [b.unit.id, names(b.below)] : b.unit.id))
const list = [unit('1'), unit('2', '1'), unit('3', '2'), unit('4', '1'), unit('5', 'gone')]

test('a tree of the list', () => {
  expect(names(grown(list))).toEqual([['1', [['2', ['3']], '4']], '5'])
})

test('what fits, and what stands above it', () => {
  expect(names(grown(list, '单位3'))).toEqual([['1', [['2', ['3']]]]])
  expect(grown(list, 'nothing')).toEqual([])
})
