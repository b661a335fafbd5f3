/** asked reads the sign-in's address: where to go afterwards, always a place of this console and never another site, and why one is here. */
export function asked(search: string): { next?: string; why?: string } {
  const said = new URLSearchParams(search)
  const next = said.get('next')
  const why = said.get('why')
  return { ...(next && /^\/(?![/\\])/.test(next) ? { next } : {}), ...(why ? { why } : {}) }
}
