import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { moment } from '@/format/time'
import { Trouble } from '@/parts/Trouble'
import { overview as words } from '@/words/overview'
import { shell } from '@/words/shell'
import { term } from '@/words/trade'
import { Board } from './Board'
import { useOverview } from './data'
import './overview.css'
import type { View } from './view'

/** The overview on a wall: large, without controls, nothing moves but the figures. Esc leaves it. */
export default function Wall() {
  const say = words.useWords()
  const name = shell.useWords()
  const view = useSearch({ strict: false }) as View
  const navigate = useNavigate()
  const found = useOverview(view)
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const tick = setInterval(() => setNow(new Date()), 1000)
    const leave = (event: KeyboardEvent) => {
      if (event.key === 'Escape') void navigate({ to: '/', search: view as never })
    }
    window.addEventListener('keydown', leave)
    return () => {
      clearInterval(tick)
      window.removeEventListener('keydown', leave)
    }
  }, [navigate, view])
  useEffect(() => {
    document.title = `${say('wall')} · ${name('name')}`
  }, [say, name])
  return (
    <main className="wall">
      <header>
        <h1>{name('name')} · {found.data?.region.name ?? ''}{view.class ? ` · ${term(view.class)}` : ''}{view.period ? ` · ${say(view.period)}` : ''}</h1>
        <time className="number">{moment(now, true)}</time>
        <Button type="text" className="wall-leave" onClick={() => void navigate({ to: '/', search: view as never })}>{say('leave')}</Button>
      </header>
      {found.data ? <Board wall data={found.data} pick={() => undefined} /> : found.error ? <Trouble error={found.error} retry={() => void found.refetch()} /> : null}
    </main>
  )
}
