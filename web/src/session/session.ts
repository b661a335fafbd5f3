import { useSyncExternalStore } from 'react'
import { api, must, type Of, onSignedOut, Refused } from '@/api/client'
import type { Role } from '@/pages/page'

/** Who sits here, as far as the console knows. */
export type Session = { state: 'asking' | 'none' | 'known'; role?: Role; name?: string; me?: Of<'SessionState'> }

let now: Session = { state: 'asking' }
const hearers = new Set<() => void>()

function set(next: Session): void {
  now = next
  for (const hear of hearers) hear()
}

/** take keeps what the API said of who is signed in. */
export function take(me: Of<'SessionState'>): void {
  // Another window has switched the post: what the former one saw must not stay here.
  if (now.state === 'known' && me.post && me.post.id !== now.me?.post?.id) {
    location.reload()
    return
  }
  if (me.stage !== 'open' || !me.post) set({ state: 'none', me })
  else if (now.state !== 'known' || JSON.stringify(now.me) !== JSON.stringify(me)) set({ state: 'known', me, role: me.post.role as Role, ...(me.person ? { name: me.person.name } : {}) })
}

/** signInAddress is where one signs in, to come back to where one is. */
function signInAddress(why?: string): string {
  const here = location.pathname.replace(/^\/console/, '') + location.search
  const said = new URLSearchParams()
  if (!here.startsWith('/signin') && here !== '/') said.set('next', here)
  if (why) said.set('why', why)
  const query = said.toString()
  return `/console/signin${query ? `?${query}` : ''}`
}

let leaving = false
let asked = false // the way out was asked for here: the streams that end with the session know less of why than we do

/** leave goes to the sign-in, once, for the first reason that is given. What the session has seen must not stay in this window's memory: it is loaded anew. */
export function leave(why?: string): void {
  if (leaving || location.pathname.startsWith('/console/signin')) return
  leaving = true
  location.replace(signInAddress(asked ? 'signed-out' : why))
}

onSignedOut(leave)

/** ask asks the API who is signed in. Call it when a stream was cut: an ended session then takes the page to the sign-in, with the reason. */
export async function ask(): Promise<void> {
  try {
    take(await must(api.GET('/api/v1/session')))
  } catch (error) {
    if (error instanceof Refused && error.status === 401) set({ state: 'none' })
    else if (now.state === 'asking') setTimeout(() => void ask(), 2000) // the service is down: the page waits for it
  }
}

/** known waits until it is known whether somebody sits here. */
export async function known(): Promise<Session> {
  begin()
  while (now.state === 'asking') await new Promise<void>((next) => { const hear = () => { hearers.delete(hear); next() }; hearers.add(hear) })
  return now
}

/** signOut ends this session and leaves. */
export async function signOut(): Promise<void> {
  asked = true
  try {
    await api.DELETE('/api/v1/session')
  } catch (error) {
    asked = false
    throw error
  }
  leave()
}

// A page that nothing else tells, because no stream is open, finds out by
// asking; asking is no use that would keep the session from becoming idle.
const askEvery = 15_000

function begin(): void {
  if (begun) return
  begun = true
  void ask()
  setInterval(() => {
    if (now.state === 'known' && document.visibilityState === 'visible') void ask()
  }, askEvery)
  document.addEventListener('visibilitychange', () => {
    if (now.state === 'known' && document.visibilityState === 'visible') void ask()
  })
}

let begun = false

/** useSession says who sits here. */
export function useSession(): Session {
  begin()
  return useSyncExternalStore((hear) => {
    hearers.add(hear)
    return () => hearers.delete(hear)
  }, () => now)
}
