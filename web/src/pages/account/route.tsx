import type { PageRoute } from '../page'

export default { path: '/account', load: () => import('./Account') } satisfies PageRoute
