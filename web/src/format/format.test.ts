import { afterEach, describe, expect, test } from 'vitest'
import { speak } from '@/words/words'
import { exact, money } from './money'
import { ago, day, moment } from './time'

afterEach(() => speak('zh'))

describe('money', () => {
  test.each([
    [0, '0 元'],
    [9999.5, '9,999.5 元'],
    [10_000, '1 万元'],
    [12_345_678, '1,234.57 万元'],
    [100_000_000, '1 亿元'],
    [-250_000_000, '-2.5 亿元'],
  ])('%d', (yuan, says) => expect(money(yuan)).toBe(says))

  test('names its unit in English too', () => {
    speak('en')
    expect(money(10_000)).toBe('1 ×10⁴ yuan')
  })

  test('is exact when asked', () => expect(exact(12345678.9)).toBe('12,345,678.9 元'))
})

describe('time', () => {
  test('is the law’s zone wherever the reader sits', () => {
    expect(moment('2026-11-25T01:30:05Z')).toBe('2026-11-25 09:30')
    expect(moment('2026-11-25T01:30:05Z', true)).toBe('2026-11-25 09:30:05')
    expect(day('2026-11-24T16:00:00Z')).toBe('2026-11-25')
  })
  test('shows what cannot be read as it came', () => {
    expect(moment('三月')).toBe('三月')
    expect(moment(undefined)).toBe('')
  })
  test('says how long ago', () => {
    const now = Date.parse('2026-11-25T00:00:00Z')
    expect(ago('2026-11-24T23:57:00Z', now)).toBe('3分钟前')
    expect(ago('2026-11-27T00:00:00Z', now)).toBe('后天')
  })
})
