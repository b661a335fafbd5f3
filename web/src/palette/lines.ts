import type { Of } from '@/api/client'

/** One line of the palette: where it leads or what it does. */
export type Line = {
  key: string
  group: 'recent' | 'pages' | 'actions' | 'dockets' | 'bodies' | 'regions'
  text: string
  more?: string
  to?: string
  search?: Record<string, string | number>
  act?: () => void
}

type Suggestion = Of<'Suggestion'>

/** lineOf is where a suggestion leads: to a docket, a body, or the list that it narrows. */
export function lineOf(g: Suggestion): Line {
  const key = `${g.kind} ${g.text} ${g.code ?? ''}`
  if (g.kind === 'region') return { key, group: 'regions', text: g.text, more: g.code ?? '', to: '/dockets', search: { region: Number(g.code) } }
  if (g.docket) {
    const text = g.title ?? g.text // a code that was found stands behind its docket's title
    const more = text === g.text ? g.docket : g.text
    return { key, group: 'dockets', text, ...(more === text ? {} : { more }), to: `/dockets/${encodeURIComponent(g.docket)}` }
  }
  const named = g.code && g.code !== g.text ? { more: g.code } : {}
  if (g.kind === 'body') return { key, group: 'bodies', text: g.text, ...named, to: '/bodies', search: g.code ? { code: g.code } : { name: g.text } }
  return { key, group: 'dockets', text: g.text, ...named, to: '/dockets', search: { q: `"${g.text.replaceAll('"', ' ')}"` } }
}

/** fits keeps the lines whose text holds all words that were typed. */
export function fits(lines: readonly Line[], typed: string): Line[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  return lines.filter((line) => words.every((word) => `${line.text} ${line.more ?? ''}`.toLowerCase().includes(word)))
}

const kept = 'mingjing.recent'
const most = 8

/** recent are the lines chosen last, the newest first; only mine, so they are not in any address. */
export function recent(person: string): Line[] {
  try {
    const said = JSON.parse(localStorage.getItem(`${kept}.${person}`) ?? '[]') as Line[]
    return Array.isArray(said) ? said.filter((line) => typeof line?.text === 'string' && typeof line.to === 'string').slice(0, most) : []
  } catch {
    return []
  }
}

/** remember puts a line first among those chosen last. */
export function remember(person: string, line: Line): void {
  if (!line.to || line.group === 'pages') return
  const { act: _, ...plain } = line
  localStorage.setItem(`${kept}.${person}`, JSON.stringify([{ ...plain, group: 'recent' }, ...recent(person).filter((one) => one.key !== line.key)].slice(0, most)))
}
