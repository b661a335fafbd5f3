/** What the address holds: the body in the middle, how far, and how weak a link may be. */
export type Asked = { body?: string; depth?: 2; least?: number; view?: 'table' }

/** readAsked keeps of an address what the page knows. */
export function readAsked(raw: Record<string, unknown>): Asked {
  const out: Asked = {}
  const body = (typeof raw.body === 'number' ? String(raw.body) : typeof raw.body === 'string' ? raw.body : '').trim().slice(0, 200)
  if (body.length > 1) out.body = body
  if (Number(raw.depth) === 2) out.depth = 2
  const least = Number(raw.least)
  if (Number.isInteger(least) && least > 1 && least < 1000) out.least = least
  if (raw.view === 'table') out.view = 'table'
  return out
}
