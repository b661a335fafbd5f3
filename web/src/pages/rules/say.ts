import type { Of } from '@/api/client'

/** percent writes a share: 12.5 %. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)}%`

// What names, dates or gives the reason of a line; the rest is its content.
const frame = new Set(['id', 'date', 'indicator', 'region', 'class', 'since', 'until', 'source', 'reason'])

/** content is what a line of settings says, without what names it. */
export function content(line: Of<'Setting'>): string {
  return Object.entries(line).filter(([key, value]) => !frame.has(key) && value !== null && value !== undefined).map(([key, value]) => `${key}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`).join('; ')
}

/** draft is a first line to try: the rule's general one, under another name. JSON is YAML. */
export function draft(rule: Pick<Of<'RuleItem'>, 'id' | 'lines'>, date: string): string {
  const line = (rule.lines ?? []).find((one) => one.region !== 'ocds') ?? { id: '', date: '2026-01-01', indicator: rule.id, source: '' }
  const { since: _, until: __, ...kept } = line
  const own = { ...kept, id: `${rule.id}-office`, date, indicator: rule.id, source: '试算 trial' }
  return `settings:\n  - ${JSON.stringify(own, null, 2).replaceAll('\n', '\n    ')}\n`
}
