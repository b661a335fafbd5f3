import { afterEach, expect, test } from 'vitest'
import { speak } from '@/words/words'
import { stamp } from '@/format/time'
import { measure } from './say'

afterEach(() => speak('zh'))

test.each([['19 d', '19 日'], ['24 h', '24 小时'], ['8 d / 10 d', '8 日 / 10 日'], ['2025-01-12 09:30:00', '2025-01-12 09:30:00'], ['3 bids: CV < 2 ‰', '3 份投标: CV < 2 ‰'], ['5 parsecs', '5 parsecs']])('%s', (text, says) => expect(measure(text)).toBe(says))
test('in English the units stay', () => {
  speak('en')
  expect(measure('19 d')).toBe('19 d')
})
test.each([['20250113093000', '2025-01-13 09:30:00'], ['20250113', '2025-01-13'], ['20251313', '20251313'], ['41030500', '41030500'], ['12345678901234', '12345678901234']])('%s', (text, says) => expect(stamp(text)).toBe(says))
