/** What the address of the queue holds: the filters, and which clue is read. */
export type Filter = {
  indicator?: string
  grade?: 'fact' | 'clue'
  status?: 'dismissed' | 'all'
  region?: string
  class?: string
  docket?: string
  assigned?: string
  mark?: 'me'
  from?: string
  to?: string
  sort?: 'new'
  /** docket/key of the clue that is read */
  at?: string
}

const shapes: Record<keyof Filter, RegExp> = {
  indicator: /^[A-Z0-9]{2,6}(,[A-Z0-9]{2,6})*$/,
  grade: /^(fact|clue)$/,
  status: /^(dismissed|all)$/,
  region: /^(\d{2}|\d{4}|\d{6})$/,
  class: /^[a-z-]{2,40}(,[a-z-]{2,40})*$/,
  docket: /^.{1,200}$/,
  assigned: /^.{1,100}$/,
  mark: /^me$/,
  from: /^\d{4}-\d{2}-\d{2}$/,
  to: /^\d{4}-\d{2}-\d{2}$/,
  sort: /^new$/,
  at: /^.{1,200}\/[0-9a-f]{1,64}$/,
}

/** readFilter keeps of an address what the queue knows. */
export function readFilter(raw: Record<string, unknown>): Filter {
  const out: Record<string, string> = {}
  for (const [name, shape] of Object.entries(shapes)) {
    const value = raw[name]
    const text = typeof value === 'number' ? String(value) : value
    if (typeof text === 'string' && shape.test(text)) out[name] = text
  }
  return out as Filter
}

/** asked is the filter as the API takes it. */
export function asked({ at: _, indicator, class: sort, ...rest }: Filter) {
  return { ...rest, ...(indicator ? { indicator: indicator.split(',') } : {}), ...(sort ? { class: sort.split(',') } : {}) }
}

/** place tells docket and key of an address's clue apart: a docket's id may hold a slash. */
export function place(at: string | undefined): { docket: string; key: string } | undefined {
  if (!at) return undefined
  const cut = at.lastIndexOf('/')
  return { docket: at.slice(0, cut), key: at.slice(cut + 1) }
}

/** isNarrowed says whether anything but the clue and the order stands in the address. */
export const isNarrowed = ({ at: _, sort: _sort, ...rest }: Filter): boolean => Object.keys(rest).length > 0
