import { useSyncExternalStore } from 'react'

let printing = false
const hearers = new Set<() => void>()

function set(now: boolean): void {
  printing = now
  for (const hear of hearers) hear()
}

if (typeof window !== 'undefined') {
  window.addEventListener('beforeprint', () => set(true))
  window.addEventListener('afterprint', () => set(false))
}

/** usePrinting says whether the page is on its way to paper: there is no next page to click for, and nothing to unfold. */
export function usePrinting(): boolean {
  return useSyncExternalStore((hear) => {
    hearers.add(hear)
    return () => hearers.delete(hear)
  }, () => printing)
}
