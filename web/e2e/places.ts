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
  const { bodies } = await json<{ bodies: { code?: string; roles: Record<string, number> }[] }>('/api/v1/search?kind=body&limit=200&q=%E6%9C%89%E9%99%90%E5%85%AC%E5%8F%B8')
  const body = bodies.filter((b) => b.code).sort((a, b) => (b.roles.bidder ?? 0) - (a.roles.bidder ?? 0))[0]
  const { items } = await json<{ items: Head[] }>('/api/v1/dockets?class=construction&limit=100')
  const whole = items.filter((d) => d.lots.some((l) => l.moment === 'signed')).sort((a, b) => b.records - a.records)[0]
  const shut = items.find((d) => d.lots.length > 0 && d.lots.every((l) => l.moment === 'before'))
  return [
    { name: 'signin', path: '/signin', as: '', ready: '#username' },
    { name: 'overview', path: '/', as: 'province', ready: 'canvas' },
    { name: 'wall', path: '/wall', as: 'province', ready: 'canvas' },
    { name: 'dockets', path: '/dockets', as: 'province', ready: '.dockets-more' },
    { name: 'sources', path: '/sources', as: 'office', ready: 'table a' },
    { name: 'source', path: '/sources/luoyang-city', as: 'office', ready: 'h1' },
    { name: 'vendor', path: '/sources/luoyang-city', as: 'source', ready: 'h1' },
    { name: 'help', path: '/help', as: 'audit', ready: 'h1' },
    { name: 'audit-elsewhere', path: '/audit', as: 'audit', ready: '.ant-alert' },
    { name: 'account', path: '/account', as: 'audit', ready: 'h1' },
    { name: 'warnings', path: '/warnings', as: 'province', ready: '.queue-line' },
    { name: 'schedule', path: '/schedule', as: 'province', ready: '.day-filter' },
    { name: 'objections', path: '/objections', as: 'province', ready: '.objection-which' },
    { name: 'instructions', path: '/instructions?show=all', as: 'province', ready: '.instructions' },
    { name: 'complaints', path: '/complaints', as: 'province', ready: '.complaint-which' },
    { name: 'bodies', path: '/bodies?q=%E6%9C%89%E9%99%90%E5%85%AC%E5%8F%B8', as: 'province', ready: 'table a' },
    ...(body ? [{ name: 'body', path: `/bodies?code=${body.code}`, as: 'province', ready: '.body-head' }] : []),
    ...(body ? [{ name: 'network', path: `/network?body=${body.code}`, as: 'province', ready: '.net-map circle' }, { name: 'network-table', path: `/network?body=${body.code}&view=table`, as: 'province', ready: '.net-side table' }] : []),
    { name: 'experts-not-disclosed', path: '/bodies?tab=experts', as: 'admin', ready: '.ant-alert' },
    { name: 'rules', path: '/rules?rule=A02', as: 'office', ready: '.rule-facts' },
    { name: 'learned', path: '/rules/learned', as: 'office', ready: '.learned' },
    { name: 'people', path: '/people', as: 'office', ready: 'table' },
    { name: 'organisations', path: '/organisations?q=%E6%B4%9B%E9%98%B3', as: 'office', ready: '.organisation-line' },
    ...(whole ? [{ name: 'docket', path: `/dockets/${whole.id}`, as: 'audit', ready: '#bids table' }] : []),
    ...(shut ? [{ name: 'docket-sealed', path: `/dockets/${shut.id}`, as: 'province', ready: '#bids .shut' }] : []),
  ]
}
