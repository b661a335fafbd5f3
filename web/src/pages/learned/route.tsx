import type { PageRoute } from '../page'

export default { path: '/rules/learned', load: () => import('./Learned') } satisfies PageRoute
