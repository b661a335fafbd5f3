/** What the overview shows, as the address holds it: a view can be sent to a colleague. */
export type View = { period?: Period; region?: string; class?: string }

export const periods = ['today', 'week', 'month', 'quarter', 'year', 'all'] as const
export type Period = (typeof periods)[number]

/** readView keeps of an address what a view is made of. */
export function readView(raw: Record<string, unknown>): View {
  const region = typeof raw.region === 'number' ? String(raw.region) : raw.region
  return {
    ...(periods.includes(raw.period as Period) && raw.period !== 'all' ? { period: raw.period as Period } : {}),
    ...(typeof region === 'string' && /^(\d{2}|\d{4}|\d{6})$/.test(region) ? { region } : {}),
    ...(typeof raw.class === 'string' && raw.class ? { class: raw.class } : {}),
  }
}

/** listAddress is where the list stands that a figure counts. */
export const listAddress = (list: string | undefined, more: Record<string, string> = {}): string => {
  const query = new URLSearchParams(list)
  for (const [name, value] of Object.entries(more)) query.set(name, value)
  const said = query.toString().replaceAll('%2C', ',')
  return `/dockets${said ? `?${said}` : ''}`
}
