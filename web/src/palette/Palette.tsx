import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Input, type InputRef, Modal } from 'antd'
import { Fragment, useDeferredValue, useEffect, useId, useMemo, useRef, useState } from 'react'
import { api, must } from '@/api/client'
import { pages } from '@/pages/page'
import { useSession } from '@/session/session'
import { useShade, wear } from '@/theme/shade'
import { palette } from '@/words/palette'
import { lang, speak } from '@/words/words'
import { fits, type Line, lineOf, recent, remember } from './lines'
import './palette.css'

const groups = ['recent', 'dockets', 'bodies', 'regions', 'pages', 'actions'] as const

/** Anything by a part of its code, name or sound: type, choose with the arrows, Enter. */
export default function Palette({ shut }: { shut: () => void }) {
  const say = palette.useWords()
  const navigate = useNavigate()
  const { role, me } = useSession()
  const shade = useShade()
  const list = useId()
  const input = useRef<InputRef>(null)
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const [due, setDue] = useState(false) // Enter was pressed before the answer came
  const asked = useDeferredValue(typed.trim())
  const person = me?.person?.id ?? role ?? ''

  const found = useQuery({
    queryKey: ['suggest', asked],
    enabled: asked !== '',
    queryFn: ({ signal }) => must(api.GET('/api/v1/search/suggest', { params: { query: { q: asked } }, signal })),
    placeholderData: (before) => (asked ? before : undefined),
  })

  const lines = useMemo(() => {
    const own: Line[] = pages
      .flatMap((page) => (page.menu && (!page.menu.port || page.menu.port === me?.port) && (!page.menu.roles || (role && page.menu.roles.includes(role))) ? [{ key: `page ${page.path}`, group: 'pages' as const, text: page.menu.title(), to: page.path }] : []))
    own.push(
      { key: 'shade', group: 'actions', text: say('shade'), act: () => wear(shade === 'dark' ? 'light' : 'dark') },
      { key: 'language', group: 'actions', text: say('language'), act: () => speak(lang() === 'zh' ? 'en' : 'zh') },
    )
    const kept = recent(person)
    if (!asked) return [...kept, ...own]
    const given = (found.data?.items ?? []).map(lineOf)
    const all = [...fits(kept, asked).filter((line) => !given.some((one) => one.key === line.key)), ...given, ...fits(own, asked)]
    all.push({ key: 'search', group: 'actions', text: say('search', { q: asked }), to: '/dockets', search: { q: asked } })
    return groups.flatMap((group) => all.filter((line) => line.group === group))
  }, [asked, found.data, person, role, say, shade])

  const now = Math.min(at, lines.length - 1)
  useEffect(() => {
    document.getElementById(`${list}-${now}`)?.scrollIntoView({ block: 'nearest' })
  }, [list, now])

  const waiting = asked !== typed.trim() || (asked !== '' && (found.isPending || found.isPlaceholderData))
  useEffect(() => {
    if (due && !waiting) choose(lines[now])
  })

  const choose = (line: Line | undefined) => {
    setDue(false)
    if (!line) return
    shut()
    remember(person, line)
    if (line.act) line.act()
    else if (line.to) void navigate({ to: line.to, search: (line.search ?? {}) as never })
  }

  return (
    <Modal open onCancel={shut} footer={null} closable={false} width={620} style={{ top: 72 }} title={<span className="unseen">{say('open')}</span>} afterOpenChange={(open) => { if (open) input.current?.focus() }} className="palette">
      <Input
        ref={input} size="large" variant="borderless" maxLength={200} autoComplete="off" spellCheck={false} placeholder={say('type')} aria-label={say('open')}
        role="combobox" aria-expanded aria-controls={list} aria-autocomplete="list" aria-activedescendant={lines.length ? `${list}-${now}` : undefined}
        value={typed} onChange={(event) => { setTyped(event.target.value); setAt(0); setDue(false) }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return // the input method takes Enter and arrows
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault()
            setDue(false)
            setAt((now + (event.key === 'ArrowDown' ? 1 : lines.length - 1)) % Math.max(lines.length, 1))
          } else if (event.key === 'Enter') {
            event.preventDefault()
            // Who types a code and presses Enter means its docket, however slow the answer.
            if (waiting && at === 0) setDue(true)
            else choose(lines[now])
          }
        }}
      />
      <div id={list} role="listbox" aria-label={say('results')} className="palette-lines">
        {lines.map((line, i) => (
          <Fragment key={line.key}>
            {lines[i - 1]?.group === line.group ? null : <div role="presentation" className="palette-group">{say(line.group)}</div>}
            {/* The input has the focus and names the line that is meant. */}
            <div id={`${list}-${i}`} role="option" aria-selected={i === now} className={i === now ? 'now' : ''} onMouseMove={() => setAt(i)} onClick={() => choose(line)}>
              <span>{line.text}</span>{line.more ? <small className="number">{line.more}</small> : null}
            </div>
          </Fragment>
        ))}
      </div>
      <div className="palette-says" aria-live="polite">{asked && !found.isFetching && found.data?.items?.length === 0 ? say('none') : found.isFetching ? say('searching') : null}</div>
    </Modal>
  )
}
