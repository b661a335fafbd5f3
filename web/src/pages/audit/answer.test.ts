import { describe, expect, test } from 'vitest'
import { cell, half } from './answer'

describe('cell', () => {
  test.each([[null, ''], [7, '7'], [0.1 + 0.2, '0.3'], ['文', '文'], [12345678901234, '12345678901234']])('%s', (value, says) => expect(cell(value)).toBe(says))
})

describe('half', () => {
  test.each([
    ['已中止 / ended', 'zh', '已中止'],
    ['已中止 / ended', 'en', 'ended'],
    ['near "a / b": syntax error', 'zh', 'near "a / b": syntax error'],
  ] as const)('%s in %s', (text, lang, says) => expect(half(text, lang)).toBe(says))
})
