import type { ComponentType, ReactNode } from 'react'

/** Who a page is for. */
export type Role = 'public' | 'source' | 'supervisor' | 'auditor' | 'administrator' | 'office' | 'tenderer' | 'party'

/** What a folder of `pages/` says of itself in its `route.tsx`. Keep that file light: it is loaded with the shell; the page itself comes when it is opened. */
export type PageRoute = {
  /** Below /console, such as '/dockets/$id'. */
  path: string
  load: () => Promise<{ default: ComponentType }>
  /** Reads the address's search part; what it drops is not in the address. */
  search?: (raw: Record<string, unknown>) => Record<string, unknown>
  /** A page that stands alone, without menu and head: sign-in, the wall display. */
  bare?: boolean
  /** Its line in the menu. */
  menu?: { order: number; icon: ReactNode; title: () => string; roles?: Role[]; /** At this port only. */ port?: 'audit' }
}

type Module = { default: PageRoute | PageRoute[] }

/** All pages: a folder with a route.tsx is one, nothing else need know of it. */
export const pages: PageRoute[] = Object.values(import.meta.glob<Module>('./*/route.tsx', { eager: true })).flatMap((module) => module.default)
