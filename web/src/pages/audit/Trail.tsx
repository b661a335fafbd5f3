import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Alert, Skeleton, Table } from 'antd'
import { api, must, type Of } from '@/api/client'
import { day } from '@/format/time'
import { Amount } from '@/parts/Amount'
import { Name } from '@/parts/Name'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { audit } from '@/words/audit'
import { term } from '@/words/trade'
import { both } from '@/words/words'
import './audit.css'

type Step = Of<'MoneyStep'>
type Way = Of<'MoneyWay'>

/** One docket's money from approval to the last payment, and where the stations differ. */
export default function Trail() {
  const say = audit.useWords()
  const { id } = useParams({ strict: false }) as { id: string }
  const asked = useQuery({ queryKey: ['audit', 'trail', id], queryFn: () => must(api.GET('/api/v1/audit/dockets/{id}/trail', { params: { path: { id } } })) })
  const trail = asked.data
  if (asked.error) return <Page title={say('trail')}><Trouble error={asked.error} retry={() => void asked.refetch()} /></Page>
  if (!trail) return <Page title={say('trail')}><Skeleton active paragraph={{ rows: 8 }} /></Page>
  const steps = trail.steps ?? []
  const differences = trail.differences ?? []
  const approved = steps.filter((s) => s.kind === 'approved' || s.kind === 'budget')
  return (
    <Page title={trail.title || say('untitled')} extra={<Link to="/dockets/$id" params={{ id }}>{say('toDocket')}</Link>}>
      <p>{say('trail')} · {trail.id} · {term(trail.class)}{trail.project ? <> · {say('project', { code: trail.project })}</> : null}</p>
      <section aria-label={say('differences')} className="audit-differences">
        {differences.length === 0 ? <Alert type="success" showIcon title={say('noDifferences')} /> : differences.map((d, i) => (
          <Alert key={i} type="warning" showIcon title={`${say(d.kind as 'paid-without-contract')} · ${say('suggest')}`} description={(
            <>
              <p>{(d.lots ?? []).length > 0 ? `${(d.lots ?? []).join('、')}：` : ''}{both(d.words)}</p>
              {d.doubt ? <p>{say('doubt')}</p> : null}
              {d.article ? <p>{say('byLaw', { article: both(d.article) })}</p> : null}
              <ul>{(d.rows ?? []).map((row, j) => <li key={j}>{row.dataset} {row.key ?? ''} <Prove id={id} position={row.position} /></li>)}</ul>
            </>
          )} />
        ))}
      </section>
      <h2>{say('ways')}</h2>
      {(trail.ways ?? []).length === 0 ? <p>{say('noWays')}</p> : (trail.ways ?? []).map((way, i) => <Chain key={i} way={way} approved={approved} />)}
      <h2>{say('steps')}</h2>
      <Table<Step>
        size="small" pagination={steps.length > 50 ? { pageSize: 50 } : false} dataSource={steps} rowKey={(s) => `${s.dataset} ${s.key ?? ''} ${s.kind} ${s.position ?? ''} ${s.exact}`} scroll={{ x: 'max-content' }}
        columns={[
          { title: say('step'), dataIndex: 'kind', render: (k: string) => say(k as 'paid') },
          { title: say('amount'), dataIndex: 'yuan', align: 'right', render: (yuan: number) => <Amount yuan={yuan} /> },
          { title: say('party'), dataIndex: 'party', render: (p: string | undefined) => (p ? <Name text={p} /> : '—') },
          { title: say('when'), dataIndex: 'at', render: (t: string | undefined) => <span className="number">{day(t) || '—'}</span> },
          { title: say('lot'), dataIndex: 'lot', render: (l: string | undefined) => l || '—' },
          { title: say('record'), dataIndex: 'position', render: (p: number | undefined, s) => <>{s.dataset} <Prove id={id} position={p} /></> },
        ]}
      />
    </Page>
  )
}

function Prove({ id, position }: { id: string; position?: number | undefined }) {
  const say = audit.useWords()
  return position === undefined ? null : <Link to="/dockets/$id" params={{ id }} search={{ prove: position } as never}>{say('prove')}</Link>
}

/** The stations of one way side by side, each as long as its amount. */
function Chain({ way, approved }: { way: Way; approved: Step[] }) {
  const say = audit.useWords()
  const stations: { kind: 'approved' | 'award' | 'contract' | 'changed' | 'paid' | 'settled'; yuan: number | undefined; note?: string }[] = [
    { kind: 'approved', yuan: approved.length > 0 ? Math.max(...approved.map((s) => s.yuan)) : undefined },
    { kind: 'award', yuan: number(way.awarded) },
    { kind: 'contract', yuan: number(way.contracted), note: say('contracts', { n: way.contracts }) },
    { kind: 'changed', yuan: number(way.changed) },
    { kind: 'paid', yuan: number(way.paid), note: say('payments', { n: way.payments }) },
    { kind: 'settled', yuan: number(way.settled) },
  ]
  const most = Math.max(1, ...stations.slice(1).map((s) => s.yuan ?? 0))
  return (
    <figure className="audit-way">
      <figcaption>{(way.lots ?? []).join('、') || say('whole')}</figcaption>
      <ol>
        {stations.map((s) => (
          <li key={s.kind} className={s.yuan === undefined ? 'audit-none' : ''}>
            <span>{say(s.kind)}</span>
            <b>{s.yuan === undefined ? say('none') : <Amount yuan={s.yuan} />}</b>
            <small>{s.yuan === undefined ? '' : (s.note ?? '')}</small>
            <i aria-hidden="true"><u style={{ width: `${Math.min(100, ((s.yuan ?? 0) / most) * 100)}%` }} /></i>
          </li>
        ))}
      </ol>
    </figure>
  )
}

const number = (exact: string | undefined): number | undefined => (exact ? Number(exact) : undefined)
