import type { Of } from '@/api/client'

export const roles = ['office', 'supervisor', 'auditor', 'tenderer', 'party', 'source', 'administrator'] as const
export const classes = ['construction', 'procurement', 'land', 'mining', 'property', 'environment', 'medicine', 'other'] as const
export const cities = ['*', '410100', '410200', '410300', '410400', '410500', '410600', '410700', '410800', '410900', '411000', '411100', '411200', '411300', '411400', '411500', '411600', '411700', '419001'] as const

export type Standing = 'inForce' | 'toCome' | 'over' | 'withdrawn'

/** standing says whether a post is in force at a time, and if not, why. */
export function standing(post: Of<'Post'>, now: number = Date.now()): Standing {
  if (post.withdrawn) return 'withdrawn'
  if (post.until && Date.parse(post.until) <= now) return 'over'
  // A granted post begins now by the server's clock, which may be a little ahead of ours.
  return Date.parse(post.from) > now + 60_000 ? 'toCome' : 'inForce'
}

export const inForce = (post: Of<'Post'>, now?: number): boolean => standing(post, now) === 'inForce'
