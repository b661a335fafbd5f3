import { ArrowLeftOutlined, CheckCircleOutlined, FlagOutlined, CommentOutlined, StarFilled, StarOutlined, UserSwitchOutlined, UndoOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, App, Button, Skeleton, Table, Tag } from 'antd'
import { useState } from 'react'
import { api, must, type Of, Refused } from '@/api/client'
import { moment } from '@/format/time'
import { Name } from '@/parts/Name'
import { Trouble } from '@/parts/Trouble'
import { posts as postWords } from '@/words/posts'
import { term } from '@/words/trade'
import { warnings } from '@/words/warnings'
import { both, lang, useLang } from '@/words/words'
import { ActDialog, type Asking } from './ActDialog'
import { Behind, ofBodies } from '../network/Behind'
import { Alike, ofFiles } from './Alike'
import { Evidence } from './Evidence'
import { Grade } from './Grade'
import { measure } from './say'
import { Score } from './Score'

type Body = Of<'ActBody'>

/** The sentence without the advice that ends it: that stands on its own. */
export const sentence = (text: string): string => text.replace(/核查要点：[\s\S]*$/, '').replace(/ What to look at: [\s\S]*$/, '')

const did = { follow: 'didFollow', unfollow: 'didUnfollow', assign: 'didAssign', dismiss: 'didDismiss', confirm: 'didConfirm', reopen: 'didReopen', comment: 'didComment' } as const

/** One clue with all that a person needs to judge it, and what they may do. */
export function Detail({ docket, key_, asking, ask, back }: { docket: string; key_: string; asking: Asking; ask: (next: Asking) => void; back?: (() => void) | undefined }) {
  const say = warnings.useWords()
  const zh = useLang() === 'zh'
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const path = { docket, key: key_ }
  const queryKey = ['warning', docket, key_]
  const { data: w, error, refetch, isPending } = useQuery({ queryKey, queryFn: () => must(api.GET('/api/v1/warnings/{docket}/{key}', { params: { path } })) })

  if (isPending) return <Skeleton active title paragraph={{ rows: 10 }} />
  if (error) return <Trouble error={error} retry={() => void refetch()} />

  const act = async (body: Omit<Body, 'digest'>) => {
    setBusy(true)
    try {
      const next = await must(api.POST('/api/v1/warnings/{docket}/{key}/acts', { params: { path }, body: { ...body, digest: w.digest } }))
      queries.setQueryData(queryKey, next)
      ask(undefined)
      void message.success(say('done'))
    } catch (refused) {
      if (refused instanceof Refused && refused.status === 409) {
        void message.warning(say('stale'))
        void refetch()
      } else void message.error(refused instanceof Refused ? (refused.problem.errors?.[0]?.message ?? refused.message) : String(refused))
    } finally {
      setBusy(false)
      void queries.invalidateQueries({ queryKey: ['warnings'] })
    }
  }

  const guide = w.guide
  const bodies = (w.subjects ?? []).filter((subject) => !/^[a-z]+:/.test(subject)) // what is no body names a period or a data set
  return (
    <article className="clue">
      <header className="clue-head">
        {back ? <Button type="text" icon={<ArrowLeftOutlined />} onClick={back}>{say('back')}</Button> : null}
        <div className="clue-tags">
          <Grade grade={w.grade} state={w.state} /> <strong>{w.indicator} {zh ? w.indicator_zh : w.indicator_en}</strong>
          {w.provisional ? <Tag>{say('provisional')}</Tag> : null}
        </div>
        <p className="clue-says">{sentence(zh ? w.zh : w.en)}</p>
        <p className="clue-of">
          <Link to={`/dockets/${encodeURIComponent(w.docket)}`}>{w.title || w.docket}</Link>
          {w.lot ? <> · {say('lot', { lot: w.lot })}</> : null} · {say('found', { at: moment(w.at) })}
          {w.again ? <> · {say('again', { at: moment(w.again) })}</> : null}
        </p>
        {w.dismissal ? (
          <Alert
            type={w.dismissed ? 'success' : 'warning'}
            showIcon
            title={w.dismissed ? say('dismissed') : say('was')}
            description={say('whyDismissed', { name: w.dismissal.name || w.dismissal.person, at: moment(w.dismissal.at), reason: w.dismissal.reason })}
          />
        ) : null}
        {w.confirmation ? (
          <Alert
            type="warning"
            showIcon
            title={w.confirmed ? say('confirmed') : say('confirmedBefore')}
            description={say('whyConfirmed', { name: w.confirmation.name || w.confirmation.person, at: moment(w.confirmation.at), reason: w.confirmation.reason })}
          />
        ) : null}
        {w.may_act ? (
          <div className="clue-acts no-print">
            {w.dismissed || w.confirmed
              ? <Button icon={<UndoOutlined />} loading={busy} onClick={() => void act({ act: 'reopen' })}>{say('reopen')}</Button>
              : <Button type="primary" icon={<CheckCircleOutlined />} onClick={() => ask('dismiss')}>{say('dismiss')}</Button>}
            {w.confirmed || w.dismissed ? null : <Button icon={<FlagOutlined />} onClick={() => ask('confirm')}>{say('confirm')}</Button>}
            <Button icon={<UserSwitchOutlined />} onClick={() => ask('assign')}>{say('assign')}{w.assigned ? `：${w.assigned}` : ''}</Button>
            <Button icon={w.followed ? <StarFilled /> : <StarOutlined />} aria-pressed={w.followed} loading={busy} onClick={() => void act({ act: w.followed ? 'unfollow' : 'follow' })}>{w.followed ? say('unfollow') : say('follow')}</Button>
            <Button icon={<CommentOutlined />} onClick={() => ask('comment')}>{say('comment')}</Button>
          </div>
        ) : <p className="clue-quiet">{say('mayNot')}</p>}
      </header>

      <dl className="clue-facts">
        {w.value ? <div><dt>{say('value')}</dt><dd>{measure(w.value)}</dd></div> : null}
        {w.threshold ? <div><dt>{say('threshold')}</dt><dd>{measure(w.threshold)}</dd></div> : null}
        {w.article ? <div><dt>{say('article')}</dt><dd>{w.article}</dd></div> : null}
        {bodies.length > 0 ? <div><dt>{say('subjects')}</dt><dd>{bodies.map((subject) => <Link key={subject} className="clue-subject" to="/bodies" search={{ name: subject }}><Name text={subject} /></Link>)}</dd></div> : null}
        {w.competent?.offices?.length ? <div><dt>{say('competent')}</dt><dd>{w.competent.offices.map((office) => both(office.name)).join('、')}</dd></div> : null}
      </dl>

      <h2>{say('evidence')}</h2>
      <Evidence exhibits={w.evidence ?? []} omitted={w.omitted ?? 0} />

      {ofBodies.includes(w.indicator) ? <Behind docket={w.docket} warning={w.key} subjects={w.subjects ?? []} /> : null}

      {ofFiles.includes(w.indicator) && w.lot ? (
        <>
          <h2>{say('alike')}</h2>
          <Alike docket={w.docket} lot={w.lot} subjects={w.subjects ?? []} />
        </>
      ) : null}

      {guide ? (
        <div className="clue-two">
          <section>
            <h2>{say('look')}</h2>
            <p>{zh ? guide.advice_zh : guide.advice_en}</p>
          </section>
          <section>
            <h2>{say('innocent')}</h2>
            <ul>{(guide.innocent ?? []).map((pair) => <li key={pair?.[0]}>{zh ? pair?.[0] : pair?.[1]}</li>)}</ul>
          </section>
        </div>
      ) : null}

      <div className="clue-two">
        <section>
          <h2>{say('rule')}</h2>
          {guide ? <p>{say('ruleVersion', { id: guide.id, v: guide.version, sets: (guide.datasets ?? []).join('、') })}</p> : null}
          {w.rate ? <p>{say('rate', { fired: w.rate.fired, judged: w.rate.fired + w.rate.clear, share: (100 * w.rate.share).toFixed(1) })}{w.over ? ` ${say('rateOver')}` : ''} <Link to="/rules" search={{ rule: w.indicator }}>{say('rateRule')}</Link></p> : null}
          {w.same ? <p><Link to="/warnings" search={{ indicator: w.indicator, status: 'all' }}>{say('same', { open: w.same.open, dismissed: w.same.dismissed })}</Link></p> : null}
          {(w.settings ?? []).length > 0 ? (
            <>
              <h3>{say('settings')}</h3>
              <ul>{(w.settings ?? []).map((line) => <li key={line.name}><code>{line.name}</code> {line.region || say('settingAll')}{line.class ? ` · ${term(line.class)}` : ''}：{line.source}</li>)}</ul>
            </>
          ) : null}
        </section>
        {w.peers ? <Peers peers={w.peers} edition={w.edition ?? ''} newest={w.newest ?? ''} change={w.peers_change} /> : null}
      </div>

      <h2>{say('score')}</h2>
      <Score score={w.score} now={w.key} of="docket" />

      <h2>{say('history')}</h2>
      {(w.history ?? []).length === 0 ? <p className="clue-quiet">{say('historyNone')}</p> : (
        <ol className="clue-history">
          {(w.history ?? []).map((one) => (
            <li key={one.id}>
              <time dateTime={one.at}>{moment(one.at)}</time> <strong>{one.name || one.person}</strong>{one.for ? `（${postWords.say('lent', { name: one.for_name || one.for })}）` : ''}{one.office ? `（${one.office}）` : ''}{' '}
              {one.act === 'assign' && !one.to ? say('didAssignNone') : say(did[one.act as keyof typeof did] ?? 'didComment', { to: one.to ?? '' })}
              {(one.act === 'dismiss' || one.act === 'confirm') && one.digest !== w.digest ? <Tag>{say('otherData')}</Tag> : null}
              {one.text ? <blockquote>{one.text}</blockquote> : null}
            </li>
          ))}
        </ol>
      )}
      {asking ? (
        <ActDialog
          asking={asking}
          busy={busy}
          assigned={w.assigned ?? ''}
          offices={(w.competent?.offices ?? []).map((office) => office.name.zh)}
          reasons={(guide?.innocent ?? []).flatMap((pair) => (pair?.[lang() === 'zh' ? 0 : 1] ? [pair[lang() === 'zh' ? 0 : 1] as string] : []))}
          close={() => ask(undefined)}
          act={(body) => void act(body)}
        />
      ) : null}
    </article>
  )
}

function Peers({ peers, edition, newest, change }: { peers: Of<'Group'>; edition: string; newest: string; change: Of<'PeersChange'> | undefined }) {
  const say = warnings.useWords()
  const quantiles = peers.quantiles ?? []
  const most = Math.max(...quantiles.map((q) => q.v), 1)
  return (
    <section>
      <h2>{say('peers')}</h2>
      <p>{say('peersSays', { region: peers.region || say('everywhere'), n: peers.count, edition: newest || edition })}</p>
      {edition && newest && edition !== newest ? <p>{say('peersOlder', { edition, newest })}</p> : null}
      {change ? (
        <p className="clue-quiet">
          {change.added ? say('peersNew', { from: change.from }) : (change.moved ?? []).length === 0 ? say('peersSame', { from: change.from })
            : say('peersMoved', { from: change.from, list: (change.moved ?? []).map((m) => `${Math.round(100 * m.p)}% ${Math.round(10 * m.from) / 10} → ${Math.round(10 * m.to) / 10}`).join('；') })}
        </p>
      ) : null}
      <Table
        size="small"
        pagination={false}
        rowKey="p"
        dataSource={quantiles}
        columns={[
          { title: say('share'), dataIndex: 'p', render: (p: number) => `${Math.round(p * 100)}%`, className: 'number', align: 'right' },
          { title: say('value'), dataIndex: 'v', className: 'number', align: 'right', render: (v: number) => Math.round(v * 10) / 10 },
          { title: <span className="unseen">{say('share')}</span>, key: 'bar', width: '60%', render: (_, q) => <span className="clue-bar" style={{ width: `${(100 * Math.max(q.v, 0)) / most}%` }} aria-hidden="true" /> },
        ]}
      />
    </section>
  )
}
