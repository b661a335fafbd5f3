/** The kinds of each thing that a list of dockets may be narrowed by, in the order of a trade's life. */
export const classes = ['construction', 'procurement', 'land', 'mining', 'property', 'environment', 'medicine', 'other'] as const
export const stages = ['approval', 'tender', 'bid', 'opening', 'evaluation', 'award', 'contract', 'performance'] as const
export const moments = ['before', 'opened', 'publicity', 'result', 'signed'] as const
export const sorts = ['last', 'amount', 'title', 'id', 'warnings'] as const
export const columns = ['title', 'class', 'region', 'stage', 'amount', 'tenderer', 'last', 'warnings', 'late', 'origins'] as const

export type Stage = (typeof stages)[number]
export type Moment = (typeof moments)[number]
export type Sort = (typeof sorts)[number]
export type Column = (typeof columns)[number]

/** What is asked of the list: all of it stands in the address. */
export type Asked = {
  q?: string
  region?: string[]
  class?: string[]
  stage?: Stage[]
  moment?: Moment[]
  from?: string
  to?: string
  min?: number
  max?: number
  warning?: string
  late?: true
  source?: string
  sort?: Sort
  order?: 'asc' | 'desc'
  cols?: Column[]
}

const text = (raw: unknown): string => (typeof raw === 'string' ? raw : typeof raw === 'number' && Number.isSafeInteger(raw) ? String(raw) : '').trim()
const words = (raw: unknown): string[] => (Array.isArray(raw) ? raw.map(text) : text(raw).split(',')).filter((word) => word !== '')
const among = <T extends string>(raw: unknown, all: readonly T[]): T[] => [...new Set(words(raw))].filter((word): word is T => all.includes(word as T))
const day = (raw: unknown): string => {
  const said = text(raw)
  return /^\d{4}-\d{2}-\d{2}$/.test(said) && !Number.isNaN(Date.parse(said)) ? said : ''
}
const yuan = (raw: unknown): number => {
  const n = typeof raw === 'number' ? raw : typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : Number.NaN
  return Number.isSafeInteger(n) && n > 0 && n <= 90_000_000_000_000 ? n : 0
}

/** read takes from an address what makes sense; the rest is dropped, so that no address makes the page fail. */
export function read(raw: Record<string, unknown>): Asked {
  const asked: Asked = {}
  const keep = <K extends keyof Asked>(name: K, value: Asked[K] | '' | 0 | undefined | false): void => {
    if (value && !(Array.isArray(value) && value.length === 0)) asked[name] = value as Asked[K]
  }
  keep('q', text(raw.q).slice(0, 200))
  keep('region', [...new Set(words(raw.region))].filter((code) => /^(\d{2}|\d{4}|\d{6})$/.test(code)).slice(0, 50))
  keep('class', among(raw.class, classes))
  keep('stage', among(raw.stage, stages))
  keep('moment', among(raw.moment, moments))
  keep('from', day(raw.from))
  keep('to', day(raw.to))
  keep('min', yuan(raw.min))
  keep('max', yuan(raw.max))
  keep('warning', /^(any|fact|clue|[A-Z]\d{2})$/.exec(text(raw.warning))?.[0])
  keep('late', raw.late === true || raw.late === 'true' ? true : undefined)
  keep('source', /^[0-9A-Za-z]{1,64}$/.exec(text(raw.source))?.[0])
  keep('sort', among(raw.sort, sorts)[0])
  keep('order', asked.sort ? among(raw.order, ['asc', 'desc'])[0] : undefined)
  keep('cols', among(raw.cols, columns))
  return asked
}

/** write is what stands in the address: short words with commas, numbers as they are. */
export function write(asked: Asked): Record<string, string | number | boolean> {
  const out: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(read(asked))) {
    const said = Array.isArray(value) ? value.join(',') : value
    // A single code of a region looks like a number; as one it needs no quotation marks.
    out[name] = name === 'region' && /^\d{2,6}$/.test(String(said)) ? Number(said) : said
  }
  return out
}

/** queryOf writes what is asked as a saved view keeps it, in one form for one thing. */
export function queryOf(asked: Asked): string {
  const said = new URLSearchParams()
  for (const [name, value] of Object.entries(write(asked)).sort(([a], [b]) => a.localeCompare(b))) said.set(name, String(value))
  return said.toString()
}

/** askedOf reads what queryOf wrote. */
export const askedOf = (query: string): Asked => read(Object.fromEntries(new URLSearchParams(query)))

/** filterOf is what is asked as the API takes it. */
export function filterOf(asked: Asked) {
  const { min, max, cols: _, sort, ...same } = asked
  return { ...same, ...(sort ? { sort } : asked.q ? {} : { sort: 'last' as const }), ...(min ? { amount_min: min } : {}), ...(max ? { amount_max: max } : {}) }
}

/** narrowed says by how many things the list is narrowed. */
export const narrowed = ({ sort: _s, order: _o, cols: _c, ...filter }: Asked): number => Object.keys(filter).length

/** shown are the columns of the list: those chosen, else all that may say something to this reader. */
export function shown(asked: Asked, supervises: boolean): Column[] {
  if (asked.cols?.length) return columns.filter((column) => asked.cols?.includes(column))
  return columns.filter((column) => column !== 'origins' && (supervises || (column !== 'warnings' && column !== 'late')))
}
