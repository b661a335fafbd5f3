import { lang } from '@/words/words'

// The law's clock is +08:00 wherever the reader sits.
const ahead = 8 * 3_600_000

/** moment writes a time as 2026-11-25 09:30 (+08:00), '' when there is none. */
export function moment(iso: string | Date | undefined, seconds = false): string {
  const at = iso === undefined || iso === '' ? undefined : new Date(iso)
  if (!at || Number.isNaN(at.getTime())) return typeof iso === 'string' ? iso : ''
  return new Date(at.getTime() + ahead).toISOString().slice(0, seconds ? 19 : 16).replace('T', ' ')
}

/** day writes the date alone. */
export const day = (iso: string | Date | undefined): string => moment(iso).slice(0, 10)

const steps: [Intl.RelativeTimeFormatUnit, number][] = [['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]]

// Made when first wanted, once a language: making one loads what the browser knows of it.
const since: Partial<Record<'zh' | 'en', Intl.RelativeTimeFormat>> = {}

/** ago writes how long before (or after) now a time lies: 3 分钟前, in 2 days. */
export function ago(iso: string | Date, now: number = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000
  const [unit, size] = steps.find(([, s]) => Math.abs(seconds) >= s) ?? (['second', 1] as const)
  since[lang()] ??= new Intl.RelativeTimeFormat(lang() === 'zh' ? 'zh-CN' : 'en', { numeric: 'auto' })
  return since[lang()]?.format(Math.round(seconds / size), unit) ?? ''
}

/** stamp writes the standard's times (20250113093000, 20250113) as people read them; all else stands as it came. */
export function stamp(text: string): string {
  const m = /^((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d))?$/.exec(text)
  if (!m) return text
  return `${m[1]}-${m[2]}-${m[3]}${m[4] ? ` ${m[4]}:${m[5]}:${m[6]}` : ''}`
}
