import { describe, expect, test } from 'vitest'
import { middle } from './Name'

describe('middle', () => {
  test.each([
    ['短', 4, '短'],
    ['河南省洛阳市涧西区第一中学教学楼', 8, '河南省洛…教学楼'],
    ['abcdef', 3, 'a…f'],
    ['abcdef', 2, 'a…'],
  ])('%s to %d', (text, length, says) => expect(middle(text, length)).toBe(says))

  test('never cuts a sign in two', () => expect(middle('𠮷𠮷𠮷𠮷𠮷', 3)).toBe('𠮷…𠮷'))
})
