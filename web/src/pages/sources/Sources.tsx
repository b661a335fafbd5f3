import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Empty, Input, Select, Skeleton, Table, Tooltip } from 'antd'
import { api, must, type Of } from '@/api/client'
import { count } from '@/format/money'
import { ago, moment } from '@/format/time'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { kindOf, sources as words } from '@/words/sources'
import { State } from './State'
import { states } from './states'
import './sources.css'

type Head = Of<'SourceHead'>

/** fits reports whether a system is meant by what was typed and chosen. */
export function fits(head: Head, q: string, state: string | undefined): boolean {
  const text = [head.name, head.region_name, head.region, ...(head.platforms ?? [])].join('\n').toLowerCase()
  return text.includes(q.trim().toLowerCase()) && (!state || head.state === state)
}

/** The trading systems: which live, which are silent, which send rubbish. */
export default function Sources() {
  const say = words.useWords()
  const search = useSearch({ strict: false }) as { state?: string; q?: string }
  const navigate = useNavigate()
  const found = useQuery({ queryKey: ['sources'], queryFn: () => must(api.GET('/api/v1/sources')), refetchInterval: 30_000 })
  const to = (change: Partial<typeof search>) => void navigate({ to: '/sources', search: { ...search, ...change } as never, replace: true })
  const all = found.data?.items ?? []
  const shown = all.filter((one) => fits(one, search.q ?? '', search.state))
  return (
    <Page title={say('title')}>
      <div className="sources-filter">
        <Input.Search allowClear aria-label={say('find')} placeholder={say('find')} defaultValue={search.q ?? ''} onChange={(event) => to({ q: event.target.value })} />
        <Select
          aria-label={say('state')} value={search.state ?? ''} onChange={(value: string) => to({ state: value })}
          options={[{ value: '', label: `${say('all')} ${all.length}` }, ...states.map((value) => ({ value, label: `${say(`state.${value}`)} ${all.filter((one) => one.state === value).length}` }))]}
        />
      </div>
      {found.error ? <Trouble error={found.error} retry={() => void found.refetch()} /> : found.isPending ? <Skeleton active paragraph={{ rows: 8 }} /> : (
        <Table
          size="small" rowKey="name" pagination={shown.length > 100 ? { pageSize: 100 } : false} dataSource={shown} scroll={{ x: 'max-content' }}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say(all.length === 0 ? 'none' : 'noMatch')} /> }}
          columns={[
            { title: say('name'), dataIndex: 'name', sorter: (a, b) => a.name.localeCompare(b.name), render: (name: string) => <Link to="/sources/$name" params={{ name } as never}>{name}</Link> },
            { title: say('state'), dataIndex: 'state', sorter: (a, b) => states.indexOf(a.state) - states.indexOf(b.state), render: (_, one) => <State head={one} /> },
            { title: say('region'), key: 'region', render: (_, one) => one.region_name ?? one.region },
            { title: say('kind'), dataIndex: 'kind', responsive: ['lg'], render: kindOf },
            { title: say('seen'), dataIndex: 'seen', sorter: (a, b) => (a.seen ?? '').localeCompare(b.seen ?? ''), render: (at: string | undefined) => (at ? <Tooltip title={moment(at, true)}><span>{ago(at)}</span></Tooltip> : '—') },
            ...(['today', 'records', 'defective', 'refused'] as const).map((name) => ({ title: say(name), dataIndex: name, align: 'right' as const, className: 'number', sorter: (a: Head, b: Head) => a[name] - b[name], render: (n: number) => count(n) })),
          ]}
        />
      )}
      <p className="sources-note">{say('openOnly')}</p>
    </Page>
  )
}
