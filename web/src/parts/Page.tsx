import { type ReactNode, useEffect, useRef } from 'react'
import { shell } from '@/words/shell'

/** The frame of a page: its title (also the window's), what can be done at its right, and its content. */
export function Page({ title, extra, children }: { title: string; extra?: ReactNode; children: ReactNode }) {
  const say = shell.useWords()
  const head = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · ${say('name')}`
  }, [title, say])
  return (
    <div className="page">
      <div className="page-head">
        <h1 ref={head} tabIndex={-1}>{title}</h1>
        {extra ? <div className="page-extra">{extra}</div> : null}
      </div>
      {children}
    </div>
  )
}
