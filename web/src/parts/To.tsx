import { useRouter } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'

/** A link to an address of the console that was put together elsewhere, query and all; the page is not loaded anew. */
export function To({ address, children, label, className }: { address: string; children: ReactNode; label?: string; className?: string }) {
  const router = useRouter()
  const href = `/console${address}`
  const go = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    router.history.push(href)
  }
  return <a href={href} onClick={go} className={className} aria-label={label}>{children}</a>
}
