import { useEffect, useEffectEvent, useRef, useSyncExternalStore } from 'react'
import { ask } from '@/session/session'
import { Live, type LiveEvent, type LiveFilter, type LiveState } from './stream'

export type { LiveEvent, LiveFilter, LiveState } from './stream'

/** The one stream of the app. */
export const live = new Live({
  open: (url) => new EventSource(url),
  ask: async (url) => {
    const answer = await fetch(url, { credentials: 'same-origin' })
    if (answer.status === 401) void ask()
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
    return (await answer.json()) as Awaited<ReturnType<ConstructorParameters<typeof Live>[0]['ask']>>
  },
  // Asking who sits here takes this window to the sign-in, or begins it anew in the other post.
  ended: () => void ask(),
})

/** useLive hears what comes while its component is on the screen. */
export function useLive(filter: LiveFilter, onEvent: (event: LiveEvent) => void): void {
  const hear = useEffectEvent(onEvent)
  const { region, class: sort, docket } = filter
  const kinds = filter.kinds?.join(',')
  useEffect(
    () => live.listen({ region, class: sort, docket, ...(kinds ? { kinds: kinds.split(',') as NonNullable<LiveFilter['kinds']> } : {}) }, (event) => hear(event)),
    [kinds, region, sort, docket],
  )
}

/** useWoken acts a moment after something has come, once for all that came meanwhile. */
export function useWoken(filter: LiveFilter, act: () => void, milliseconds = 1500): void {
  const waits = useRef<ReturnType<typeof setTimeout>>(undefined)
  const wake = useEffectEvent(act)
  useLive(filter, () => {
    waits.current ??= setTimeout(() => {
      waits.current = undefined
      wake()
    }, milliseconds)
  })
  useEffect(() => () => clearTimeout(waits.current), [])
}

/** useLiveState says how the stream stands. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(live.watch, () => live.state)
}
