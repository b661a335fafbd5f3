import { Alert, Button, Tag, Timeline } from 'antd'
import { useState } from 'react'
import { moment } from '@/format/time'
import { said } from '@/pages/account/said'
import { To } from '@/parts/To'
import { objections } from '@/words/objections'
import { both } from '@/words/words'
import { type Act, type Objection, useSay } from './data'
import './objections.css'
import { Say } from './Say'

const tone = { met: 'success', 'not-met': 'error', unknown: 'default', running: 'processing' } as const

/** One objection: where its report stands, what is due, how it goes with the law's days and pause, and what its reader may do. */
export function One({ of, docket = true }: { of: Objection; docket?: boolean }) {
  const say = objections.useWords()
  const [asking, setAsking] = useState<Act>()
  const act = useSay(of.docket, of.id)
  const Sub = docket ? 'h2' : 'h3' // below the page's title, or below the part of a docket
  const checks = of.checks ?? []
  const meanwhile = of.meanwhile ?? []
  const history = of.history ?? []
  return (
    <article className="objection" aria-label={`${say('title')} ${of.id}`}>
      <header>
        <strong>{of.against ? say(`against.${of.against}`) : say('title')}</strong>
        <Tag color={of.state === 'awaited' || of.state === 'received' ? 'processing' : 'default'}>{say(`state.${of.state}`)}</Tag>
        {of.outcome ? <Tag>{say(`outcome.${of.outcome}`)}</Tag> : null}
        {of.due ? <span className={of.due.late ? 'objection-late' : ''}>{say(`due.${of.due.what}`, { day: of.due.last })}{of.due.late ? ` · ${say('late')}` : ''}{of.due.unverified ? ` · ${say('unverified')}` : ''}{of.due.provisional ? ` · ${say('provisional')}` : ''} <small>{of.due.article}</small></span> : null}
      </header>
      <dl>
        {docket ? <><dt>{say('docket')}</dt><dd><To address={`/dockets/${of.docket}#objections`}>{of.title || of.docket}</To></dd></> : null}
        <dt>{say('tenderer')}</dt><dd>{of.tenderer_name} <code>{of.tenderer}</code></dd>
        <dt>{say('lot')}</dt><dd>{of.lot ?? say('wholeDocket')}</dd>
        {of.came ? <><dt>{say('came')}</dt><dd className="number">{of.came}</dd></> : null}
        {of.paused ? <><dt>{say('paused')}</dt><dd className="number">{of.paused}</dd></> : null}
        {of.answered ? <><dt>{say('answered')}</dt><dd className="number">{of.answered}</dd></> : null}
        {of.resumed ? <><dt>{say('resumed')}</dt><dd className="number">{of.resumed}</dd></> : null}
        {of.objector ? <><dt>{say('objector')}</dt><dd>{of.objector}</dd></> : null}
        {of.text ? <><dt>{say('text')}</dt><dd className="objection-text">{of.text}</dd></> : null}
        {of.reply ? <><dt>{say('reply')}</dt><dd className="objection-text">{of.reply}</dd></> : null}
        {of.reminder ? <><dt>{say('reminder')}</dt><dd className="objection-text">{of.reminder}{of.reminded ? <small> — {moment(of.reminded)}</small> : null}</dd></> : null}
        {of.remark ? <><dt>{say('remark')}</dt><dd className="objection-text">{of.remark}</dd></> : null}
      </dl>
      {checks.length > 0 ? (
        <section aria-label={say('checks')}>
          <Sub>{say('checks')}</Sub>
          <ul className="objection-list">
            {checks.map((c) => <li key={c.id}><Tag color={tone[c.result]}>{say(`result.${c.result}`)}</Tag> {both(c.words)} <small>{c.article}{c.unverified ? ` · ${say('unverified')}` : ''}</small></li>)}
          </ul>
        </section>
      ) : null}
      {meanwhile.length > 0 ? (
        <section aria-label={say('meanwhile')}>
          <Sub>{say('meanwhile')}</Sub>
          <ul className="objection-list">{meanwhile.map((e, i) => <li key={i}><span className="number">{moment(e.at)}</span> {both(e)}</li>)}</ul>
        </section>
      ) : null}
      {history.length > 1 ? (
        <section aria-label={say('history')}>
          <Sub>{say('history')}</Sub>
          <Timeline items={history.map((a) => ({ key: a.id, content: <><span className="number">{moment(a.at)}</span> {say(`act.${a.act as Act}`)} <small>{[a.name, a.office].filter(Boolean).join('，')}</small></> }))} />
        </section>
      ) : null}
      {of.may?.length ? (
        <footer className="no-print">
          {(of.may as Act[]).map((kind) => <Button key={kind} danger={kind === 'take-back'} type={kind === 'receive' || kind === 'reply' ? 'primary' : 'default'} onClick={() => setAsking(kind)}>{say(`act.${kind}`)}</Button>)}
        </footer>
      ) : null}
      {act.error && !asking ? <Alert type="error" showIcon title={said(act.error)} /> : null}
      {asking ? <Say kind={asking} trouble={act.error} busy={act.isPending} close={() => { setAsking(undefined); act.reset() }} send={(body) => act.mutate(body, { onSuccess: () => setAsking(undefined) })} /> : null}
    </article>
  )
}
