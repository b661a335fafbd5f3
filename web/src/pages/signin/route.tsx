import type { PageRoute } from '../page'

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

export default {
  path: '/signin',
  load: () => import('./SignIn'),
  bare: true,
  // Where to go afterwards is a place of this console, never another site.
  search: (raw) => {
    const next = text(raw.next)
    const why = text(raw.why)
    return { ...(next && /^\/(?![/\\])/.test(next) ? { next } : {}), ...(why ? { why } : {}) }
  },
} satisfies PageRoute
