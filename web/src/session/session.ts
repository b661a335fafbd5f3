import type { Role } from '@/pages/page'

/** Who sits here, as far as the console knows. */
export type Session = { state: 'asking' | 'none' | 'known'; role?: Role; name?: string }

/** useSession says who sits here. Without sign-in the reader is the public. */
export function useSession(): Session {
  return { state: 'known', role: 'public' }
}
