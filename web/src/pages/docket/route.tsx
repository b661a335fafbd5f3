import type { PageRoute } from '../page'

export default {
  path: '/dockets/$id',
  load: () => import('./Docket'),
  // The record whose proof is open: such an address can be sent to a colleague.
  search: (raw) => (typeof raw.prove === 'number' && raw.prove >= 0 ? { prove: raw.prove } : {}),
} satisfies PageRoute
