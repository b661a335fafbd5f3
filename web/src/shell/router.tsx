import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { pages } from '@/pages/page'
import { known, leave } from '@/session/session'
import { Broken, Missing, Waiting } from './Fallback'

void known() // who sits here is asked while the rest still loads

const root = createRootRoute({ component: Outlet, notFoundComponent: Missing })

// Nothing of the frame and of no page is loaded before somebody is signed in.
const framed = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: lazyRouteComponent(() => import('./Shell'), 'Shell'),
  beforeLoad: async () => {
    if ((await known()).state === 'known') return
    leave()
    await new Promise(() => {}) // the sign-in is another page: this one ends here
  },
})

const route = (bare: boolean) => pages
  .filter((page) => (page.bare ?? false) === bare)
  .map((page) => createRoute({
    getParentRoute: () => (bare ? root : framed),
    path: page.path,
    component: lazyRouteComponent(page.load),
    validateSearch: page.search ?? ((raw: Record<string, unknown>) => raw),
  }))

/** The console's addresses, made from the pages that there are. */
export const router = createRouter({
  routeTree: root.addChildren([framed.addChildren(route(false)), ...route(true)]),
  basepath: '/console',
  defaultPreload: 'intent',
  defaultErrorComponent: Broken,
  defaultPendingComponent: Waiting,
  defaultPendingMs: 150,
  defaultPendingMinMs: 0, // what is ready is shown: the router would hold the skeleton for half a second
  scrollRestoration: true,
})
