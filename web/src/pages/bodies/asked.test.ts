import { expect, test } from 'vitest'
import { looksLikeCode, readAsked } from './asked'

test('keeps what it knows', () => expect(readAsked({ q: ' 建设 ', code: 914101, name: '', x: 1, tab: 'experts' })).toEqual({ q: '建设', code: '914101', tab: 'experts' }))
test.each([['91410100170000000A', true], ['某建设有限公司', false], ['9141', false]])('%s', (text, is) => expect(looksLikeCode(text)).toBe(is))
