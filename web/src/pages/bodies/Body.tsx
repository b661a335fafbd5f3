import { ArrowLeftOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, Skeleton, Table } from 'antd'
import { api, must, type Of } from '@/api/client'
import { count } from '@/format/money'
import { day, moment } from '@/format/time'
import { Amount } from '@/parts/Amount'
import { Name } from '@/parts/Name'
import { Page } from '@/parts/Page'
import { Shut } from '@/parts/Shut'
import { Trouble } from '@/parts/Trouble'
import { bodies } from '@/words/bodies'
import { network } from '@/words/network'
import { lang, useLang } from '@/words/words'
import { naming, useRegions } from '../dockets/regions'
import { sentence } from '../warnings/Detail'
import { Grade } from '../warnings/Grade'
import { Score } from '../warnings/Score'
import '../warnings/warnings.css'
import { Roles } from './Roles'

type Party = Of<'PartyPage'>
const kinds = [['rival', 'rival'], ['buyer', 'buyer'], ['supplier', 'supplier'], ['agency', 'agencies'], ['client', 'client']] as const

function Years({ years }: { years: NonNullable<Party['years']> }) {
  const say = bodies.useWords()
  const most = Math.max(...years.map((one) => one.dockets), 1)
  return (
    <Table
      size="small"
      pagination={false}
      rowKey="year"
      dataSource={years}
      columns={[
        { title: say('year'), dataIndex: 'year', render: (year: number) => (year ? String(year) : say('yearNone')) },
        { title: say('dockets'), dataIndex: 'dockets', className: 'number', align: 'right' as const, render: (n: number) => count(n) },
        { title: <span className="unseen">{say('share')}</span>, key: 'bar', width: 140, responsive: ['sm'], render: (_, one) => <span className="body-bar" style={{ width: `${(100 * one.dockets) / most}%` }} aria-hidden="true" /> },
        { title: say('yearAmount'), dataIndex: 'fen', className: 'number', align: 'right' as const, render: (fen: number) => <Amount yuan={fen ? fen / 100 : undefined} /> },
        { title: say('roles'), dataIndex: 'roles', responsive: ['md'], render: (roles: Record<string, number>) => <Roles roles={roles} /> },
      ]}
    />
  )
}

function Partners({ partners }: { partners: NonNullable<Party['partners']> }) {
  const say = bodies.useWords()
  return (
    <div className="body-partners">
      {kinds.map(([kind, title]) => {
        const list = partners.filter((one) => one.kind === kind)
        if (list.length === 0) return null
        const wins = kind === 'rival' || kind === 'buyer'
        return (
          <section key={kind}>
            <h3>{say(title)}</h3>
            <Table
              size="small"
              pagination={list.length > 10 ? { pageSize: 10, size: 'small', showSizeChanger: false } : false}
              rowKey={(one) => `${one.code ?? ''} ${one.name}`}
              dataSource={list}
              scroll={{ x: 'max-content' }}
              columns={[
                { title: say('name'), key: 'name', render: (_, one) => <Link to="/bodies" search={one.code ? { code: one.code } : { name: one.name }}><Name text={one.name} length={20} /></Link> },
                { title: say('together'), dataIndex: 'dockets', className: 'number', align: 'right' as const },
                ...(wins ? [{ title: say('wins'), dataIndex: 'wins', className: 'number', align: 'right' as const, render: (n?: number) => n ?? 0 }] : []),
                ...(kind === 'rival' ? [{ title: say('theirs'), dataIndex: 'theirs', className: 'number', align: 'right' as const, render: (n?: number) => n ?? 0 }] : []),
              ]}
            />
          </section>
        )
      })}
    </div>
  )
}

function Clues({ items }: { items: NonNullable<Party['warnings']> }) {
  const say = bodies.useWords()
  const zh = useLang() === 'zh'
  if (items.length === 0) return <p className="quiet">{say('cluesNone')}</p>
  return (
    <>
      <p className="quiet">{say('cluesSays')}</p>
      <ul className="body-clues">
        {items.map((one) => (
          <li key={`${one.docket}/${one.key}`}>
            <Grade grade={one.grade} state={one.state} />
            <Link to="/warnings" search={{ at: `${one.docket}/${one.key}`, docket: one.docket, status: 'all' }}>{one.indicator} {zh ? one.indicator_zh : one.indicator_en}</Link>{' '}
            {sentence(zh ? one.zh : one.en)} <span className="quiet">{one.title} · {moment(one.at)}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

function Register({ entries }: { entries: NonNullable<Of<'Body'>['entries']> }) {
  const say = bodies.useWords()
  const zh = useLang() === 'zh'
  return (
    <div className="body-register">
      {entries.map((entry, i) => (
        <details key={`${entry.dataset} ${entry.key ?? ''} ${i}`} open={i === 0}>
          <summary>{entry.dataset} {zh ? entry.zh : entry.en} · {moment(entry.received)} · {say('fields', { n: entry.fields?.length ?? 0 })}</summary>
          <dl>
            {(entry.fields ?? []).map((field) => (
              <div key={field.name}><dt title={field.name}>{(lang() === 'zh' ? field.zh : field.en) || field.name}</dt><dd>{field.value || <Shut state={field.state} opens={field.opens} article={field.article} />}</dd></div>
            ))}
          </dl>
        </details>
      ))}
    </div>
  )
}

/** One company, buyer or agency: dockets by role, years, partners, clues, registers. */
export function Body({ code, name }: { code: string | undefined; name: string | undefined }) {
  const say = bodies.useWords()
  useLang()
  const { data, error, isPending, refetch } = useQuery({ queryKey: ['party', code ?? '', name ?? ''], queryFn: () => must(api.GET('/api/v1/parties', { params: { query: code ? { code } : { name: name ?? '' } } })) })
  const nameOf = naming(useRegions().data?.items)
  const back = <Link to="/bodies" search={name ? { q: name } : {}}><ArrowLeftOutlined aria-hidden /> {say('back')}</Link>
  if (isPending) return <Page title={name ?? code ?? say('title')} extra={back}><Skeleton active paragraph={{ rows: 12 }} /></Page>
  if (error) return <Page title={name ?? code ?? say('title')} extra={back}><Trouble error={error} retry={() => void refetch()} /></Page>
  const dockets = data.dockets ?? []
  const others = (data.names ?? []).filter((one) => one !== data.name)
  return (
    <Page title={data.name} extra={back}>
      <div className="body-head">
        {data.code ? <code>{data.code}</code> : <span className="quiet">{say('codeNone')}</span>} <Roles roles={data.roles} />
        {others.length > 0 ? <span className="quiet">{say('alsoNamed', { names: others.join('、') })}</span> : null}
      </div>
      {data.roles.bidder ? <p><Link to="/network" search={{ body: data.code || data.name }}>{network.say('draw')}</Link></p> : null}
      {(data.codes ?? []).length > 0 ? (
        <Alert type="warning" showIcon title={say('several')} description={(data.codes ?? []).map((one) => <Link key={one} className="body-code" to="/bodies" search={{ code: one }}>{one}</Link>)} />
      ) : null}
      {data.more ? <Alert type="info" showIcon title={say('moreThan')} /> : null}

      {(data.years ?? []).length > 0 ? <><h2>{say('years')}</h2><Years years={data.years ?? []} /></> : null}

      <h2>{say('clues')}</h2>
      {data.score ? <Score score={data.score} of="body" /> : null}
      <Clues items={data.warnings ?? []} />

      {dockets.length > 0 ? (
        <>
          <h2>{say('dockets')}</h2>
          <p className="quiet">{data.total > dockets.length ? say('docketsCut', { n: count(data.total), m: count(dockets.length) }) : say('docketsSays', { n: count(data.total) })}</p>
          <Table<Of<'PartyDocket'>>
            size="small"
            rowKey="id"
            dataSource={dockets}
            pagination={dockets.length > 20 ? { pageSize: 20, size: 'small', showSizeChanger: false } : false}
            scroll={{ x: 'max-content' }}
            columns={[
              { title: say('docketTitle'), key: 'title', render: (_, one) => <Link to={`/dockets/${encodeURIComponent(one.id)}`}><Name text={one.title || one.id} length={30} /></Link> },
              { title: say('roles'), dataIndex: 'roles', render: (roles: string[]) => <Roles roles={roles} /> },
              { title: say('amount'), key: 'amount', className: 'number', align: 'right' as const, render: (_, one) => <Amount yuan={one.amount ? one.amount.fen / 100 : undefined} /> },
              { title: say('last'), key: 'last', className: 'number', align: 'right' as const, render: (_, one) => day(one.last) },
              { title: say('region'), dataIndex: 'region', render: (code: string) => nameOf(code) },
              { title: say('warningsN'), key: 'warnings', className: 'number', align: 'right' as const, render: (_, one) => (one.warnings ? count(one.warnings.fact + one.warnings.clue) : '') },
            ]}
          />
        </>
      ) : null}

      {(data.partners ?? []).length > 0 ? <><h2>{say('partners')}</h2><p className="quiet">{say('sameTender')}</p><Partners partners={data.partners ?? []} /></> : null}

      <h2>{say('register')}</h2>
      {data.register?.entries?.length ? <Register entries={data.register.entries} /> : <p className="quiet">{say('registerNone')}</p>}
    </Page>
  )
}
