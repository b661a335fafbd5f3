import { expect, test } from 'vitest'
import { together } from './Readings'

const words = { zh: '类', en: 'class' }
const reading = (zh: string, from: string, name: string, office?: string) => ({ from, name, ...(office ? { office } : {}), class: { zh, en: zh }, why: words, article: words })

test('what one reader was shown in one quarter of an hour is one line', () => {
  const rows = together([reading('账户', '2026-11-26T01:15:00Z', '李', '审计'), reading('投标', '2026-11-26T01:00:00Z', '李', '审计'), reading('特征码', '2026-11-26T01:00:00Z', '李', '审计'), reading('投标', '2026-11-26T01:00:00Z', '李', '省发改委')])
  expect(rows.map((r) => r.map((one) => one.class.zh))).toEqual([['账户'], ['投标', '特征码'], ['投标']])
})
