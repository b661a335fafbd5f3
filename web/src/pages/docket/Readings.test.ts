import { expect, test } from 'vitest'
import { together } from './Readings'

const words = { zh: '类', en: 'class' }
const reading = (record: number, from: string, name: string, office?: string) => ({ record, from, name, ...(office ? { office } : {}), class: words, why: words, article: words })

test('what one reader was shown in one quarter of an hour is one line', () => {
  const rows = together([reading(5, '2026-11-26T01:15:00Z', '李', '审计'), reading(4, '2026-11-26T01:00:00Z', '李', '审计'), reading(3, '2026-11-26T01:00:00Z', '李', '审计'), reading(2, '2026-11-26T01:00:00Z', '李', '省发改委')])
  expect(rows.map((r) => r.map((one) => one.record))).toEqual([[5], [4, 3], [2]])
})
