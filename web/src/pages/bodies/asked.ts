/** What the address holds: a search, one body by code or name, or an expert. */
export type Asked = { q?: string; code?: string; name?: string; expert?: string; tab?: 'experts' }

/** readAsked keeps of an address what the page knows. */
export function readAsked(raw: Record<string, unknown>): Asked {
  const out: Asked = {}
  for (const key of ['q', 'code', 'name', 'expert'] as const) {
    const value = raw[key]
    const text = (typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '').trim().slice(0, 200)
    if (text) out[key] = text
  }
  if (raw.tab === 'experts') out.tab = 'experts'
  return out
}

/** looksLikeCode tells a unified social credit code from a name. */
export const looksLikeCode = (text: string): boolean => /^[0-9A-Z]{18}$/i.test(text)
