/** A page of the console as somebody looks at it. */
export type Place = { name: string; path: string; as: string; ready: string }

async function json<T>(path: string): Promise<T> {
  const response = await fetch(`${process.env.MINGJING_URL}${path}`)
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return (await response.json()) as T
}

type Head = { id: string; lots: { moment: string }[]; records: number }

/** Every page, with things of the running province to look at. A new page belongs here: then it is checked for access and its picture is taken. */
export async function places(): Promise<Place[]> {
  const { items } = await json<{ items: Head[] }>('/api/v1/dockets?class=construction&limit=100')
  const whole = items.filter((d) => d.lots.some((l) => l.moment === 'signed')).sort((a, b) => b.records - a.records)[0]
  const shut = items.find((d) => d.lots.length > 0 && d.lots.every((l) => l.moment === 'before'))
  return [
    { name: 'signin', path: '/signin', as: '', ready: '#username' },
    { name: 'help', path: '/help', as: 'audit', ready: 'h1' },
    { name: 'account', path: '/account', as: 'audit', ready: 'h1' },
    { name: 'people', path: '/people', as: 'office', ready: 'table' },
    ...(whole ? [{ name: 'docket', path: `/dockets/${whole.id}`, as: 'audit', ready: '#bids table' }] : []),
    ...(shut ? [{ name: 'docket-sealed', path: `/dockets/${shut.id}`, as: 'province', ready: '#bids .shut' }] : []),
  ]
}
