import type { PageRoute } from '../page'
import { readAsked } from './asked'

export default {
  path: '/network',
  load: () => import('./Network'),
  search: readAsked,
} satisfies PageRoute
