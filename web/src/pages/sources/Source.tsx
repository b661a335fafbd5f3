import { ArrowLeftOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Grid, Select, Skeleton, Tabs } from 'antd'
import { api, must } from '@/api/client'
import { moment } from '@/format/time'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { kindOf, sources as words } from '@/words/sources'
import { Connection } from './Connection'
import { Keys } from './Keys'
import { Requests } from './Requests'
import { Standards } from './Standards'
import { State } from './State'
import { Summary } from './Summary'
import './sources.css'

/** One trading system; for its own staff the window on how they send. */
export default function Source() {
  const say = words.useWords()
  const { name } = useParams({ strict: false }) as { name: string }
  const search = useSearch({ strict: false }) as { tab?: string }
  const navigate = useNavigate()
  const found = useQuery({ queryKey: ['source', name], queryFn: () => must(api.GET('/api/v1/sources/{name}', { params: { path: { name } } })), refetchInterval: 30_000 })
  const data = found.data
  const wide = Grid.useBreakpoint().md ?? true
  const tab = search.tab ?? 'summary'
  const to = (next: string) => void navigate({ to: '/sources/$name', params: { name } as never, search: (next === 'summary' ? {} : { tab: next }) as never, replace: true })
  const parts = data ? [
    { key: 'summary', label: say('summary'), children: <Summary data={data} /> },
    ...(data.keys ? [
      { key: 'keys', label: say('keys'), children: <Keys data={data} /> },
      { key: 'requests', label: say('requests'), children: <Requests name={name} /> },
      { key: 'connection', label: say('connection'), children: <Connection name={name} /> },
    ] : []),
    { key: 'standards', label: say('standards'), children: <Standards list={data.standards ?? []} /> },
  ] : []
  return (
    <Page title={name} extra={<Link to="/sources"><ArrowLeftOutlined aria-hidden /> {say('back')}</Link>}>
      {found.error ? <Trouble error={found.error} retry={() => void found.refetch()} /> : !data ? <Skeleton active paragraph={{ rows: 10 }} /> : (
        <>
          <dl className="source-head">
            <div><dt>{say('state')}</dt><dd><State head={data} /></dd></div>
            <div><dt>{say('region')}</dt><dd>{data.region_name ?? data.region}</dd></div>
            <div><dt>{say('kind')}</dt><dd>{kindOf(data.kind)}</dd></div>
            <div><dt>{say('seen')}</dt><dd>{data.seen ? moment(data.seen, true) : '—'}{data.rule ? ` · ${data.rule}` : ''}</dd></div>
            <div><dt>{say('platforms')}</dt><dd>{(data.platforms ?? []).map((code) => <code key={code}>{code}</code>)}</dd></div>
          </dl>
          {wide ? <Tabs activeKey={tab} onChange={to} items={parts} /> : (
            <>
              <Select className="source-part" aria-label={say('part')} value={tab} onChange={to} options={parts.map((one) => ({ value: one.key, label: one.label }))} />
              {parts.find((one) => one.key === tab)?.children}
            </>
          )}
        </>
      )}
    </Page>
  )
}
