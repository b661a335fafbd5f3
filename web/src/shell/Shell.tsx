import { MenuOutlined, MoonOutlined, SunOutlined, TranslationOutlined } from '@ant-design/icons'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { Button, Drawer, Grid, Tooltip } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { pages } from '@/pages/page'
import { Person } from '@/session/Person'
import { leave, useSession } from '@/session/session'
import { useShade, wear } from '@/theme/shade'
import { shell } from '@/words/shell'
import { lang, speak, useLang } from '@/words/words'
import './shell.css'
import { slots } from './slots'

function Menu({ done }: { done?: () => void }) {
  const say = shell.useWords()
  const { role, me } = useSession()
  const lines = pages
    .flatMap((page) => (page.menu && (!page.menu.port || page.menu.port === me?.port) && (!page.menu.roles || (role && page.menu.roles.includes(role))) ? [{ ...page.menu, path: page.path }] : []))
    .sort((a, b) => a.order - b.order)
  return (
    <nav aria-label={say('main')} className="shell-menu">
      {lines.map((line) => (
        <Link key={line.path} to={line.path} onClick={done} activeOptions={{ exact: line.path === '/' }} activeProps={{ className: 'now', 'aria-current': 'page' }}>
          <span aria-hidden="true">{line.icon}</span> {line.title()}
        </Link>
      ))}
    </nav>
  )
}

/** The frame around every page: menu at the side, head with search, language, shade and who is signed in. */
export function Shell() {
  const say = shell.useWords()
  const shade = useShade()
  useLang()
  const wide = Grid.useBreakpoint().lg ?? true
  const [open, setOpen] = useState(false)
  const session = useSession()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const main = useRef<HTMLElement>(null)

  useEffect(() => {
    if (session.state === 'none') leave()
  }, [session.state])

  // Who goes on by keyboard or by ear begins at the new page, not at the menu.
  const before = useRef(path)
  useEffect(() => {
    if (before.current !== path) main.current?.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
    before.current = path
  }, [path])

  if (session.state !== 'known') return null
  return (
    <div className="shell">
      <a className="skip" href="#main">{say('skip')}</a>
      {wide ? (
        <aside className="shell-side">
          <Brand />
          <Menu />
        </aside>
      ) : (
        <Drawer placement="left" open={open} onClose={() => setOpen(false)} size={248} title={<Brand />}>
          <Menu done={() => setOpen(false)} />
        </Drawer>
      )}
      <div className="shell-rest">
        <header className="shell-head">
          {wide ? null : <Button type="text" icon={<MenuOutlined />} aria-label={say('menu')} onClick={() => setOpen(true)} />}
          <div className="shell-slots">{slots.map((Slot, i) => <Slot key={i} />)}</div>
          <Tooltip title={say('theme')}>
            <Button type="text" icon={shade === 'dark' ? <SunOutlined /> : <MoonOutlined />} aria-label={say('theme')} onClick={() => wear(shade === 'dark' ? 'light' : 'dark')} />
          </Tooltip>
          <Button type="text" icon={<TranslationOutlined />} title={say('languageHint')} {...(wide ? {} : { 'aria-label': say('languageHint') })} onClick={() => speak(lang() === 'zh' ? 'en' : 'zh')}>{wide ? say('language') : null}</Button>
          <Person />
        </header>
        <main id="main" ref={main} tabIndex={-1}><Outlet /></main>
      </div>
    </div>
  )
}

function Brand() {
  const say = shell.useWords()
  return (
    <div className="brand">
      <img src="/console/mirror.svg" alt="" width={26} height={26} />
      <div>
        <strong>{say('name')}</strong>
        <small>{say('tagline')}</small>
      </div>
    </div>
  )
}
