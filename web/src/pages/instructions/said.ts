import { Refused } from '@/api/client'
import { moment } from '@/format/time'
import { instructions } from '@/words/instructions'
import { lang } from '@/words/words'

const half = (text: string): string => {
  const [zh, en] = text.split(' / ')
  return (lang() === 'en' ? (en ?? zh) : zh) ?? ''
}

/** said is why the API did not take a step, in the language of the screen. */
export const said = (error: unknown): string => (error instanceof Refused ? half(error.problem.errors?.[0]?.message ?? error.message) : String(error))

/** until writes when a term ends: the midnight after a day as the end of that day. */
export function until(iso: string): string {
  const text = moment(iso)
  return text.endsWith(' 00:00') ? `${moment(new Date(Date.parse(iso) - 60_000)).slice(0, 10)} 24:00` : text
}

/** term writes 30m and 3wd as people read them. */
export function term(text: string): string {
  const m = /^(\d+)(m|wd)$/.exec(text)
  return m ? instructions.say(`term.${m[2]}` as 'term.m', { n: m[1] ?? '' }) : text
}
