import { describe, expect, it } from 'vitest'
import { apart } from './apart'

const whole = (list: { text: string }[]) => list.map((one) => one.text).join('')
const shared = (list: { text: string; same: boolean }[]) => list.filter((one) => one.same).map((one) => one.text)

describe('apart', () => {
  it('gives the texts back whole', () => {
    for (const [a, b] of [['', ''], ['甲', ''], ['钻孔前复核桩位', '钻孔前应当复核全部桩位'], ['𠮷野家砌筑', '𠮷野家抹灰']] as const) {
      const [x, y] = apart(a, b)
      expect([whole(x), whole(y)]).toEqual([a, b])
    }
  })
  it('tells what both have from what only one has', () => {
    const [x, y] = apart('养护不少于96天，记录温度', '养护不短于96天，记录温度')
    expect(x.filter((one) => !one.same).map((one) => one.text)).toEqual(['少'])
    expect(y.filter((one) => !one.same).map((one) => one.text)).toEqual(['短'])
  })
  it('finds all of a text equal to itself, and nothing in common where nothing is', () => {
    expect(shared(apart('浇筑混凝土', '浇筑混凝土')[0])).toEqual(['浇筑混凝土'])
    expect(shared(apart('甲乙丙丁', '戊己庚辛')[0])).toEqual([])
  })
  it('does not call a single letter agreement', () => {
    expect(shared(apart('甲的乙', '丙的丁')[0])).toEqual([])
  })
})
