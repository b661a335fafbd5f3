import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Alert, Button, Checkbox, Descriptions, Drawer, Empty, Input, Skeleton, Table, Tag } from 'antd'
import { api, must, type Of, Refused } from '@/api/client'
import { count } from '@/format/money'
import { moment } from '@/format/time'
import { Name } from '@/parts/Name'
import { Trouble } from '@/parts/Trouble'
import { both, useLang } from '@/words/words'
import { sources as words } from '@/words/sources'

/** What was sent and what became of it, the newest first. */
export function Requests({ name }: { name: string }) {
  const say = words.useWords()
  const search = useSearch({ strict: false }) as { failed?: boolean; request?: string }
  const navigate = useNavigate()
  const failed = search.failed ?? false
  const to = (change: { failed?: boolean | undefined; request?: string | undefined }) => void navigate({ to: '/sources/$name', params: { name } as never, search: Object.fromEntries(Object.entries({ tab: 'requests', ...search, ...change }).filter(([, value]) => value)) as never, replace: true })
  const list = useInfiniteQuery({
    queryKey: ['requests', name, failed],
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/sources/{name}/requests', { params: { path: { name }, query: { limit: 50, ...(failed ? { failed } : {}), ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    refetchInterval: 15_000,
  })
  const all = list.data?.pages.flatMap((page) => page.items ?? []) ?? []
  const number = { align: 'right' as const, className: 'number' }
  return (
    <>
      <div className="sources-filter">
        <Input.Search allowClear aria-label={say('requestId')} placeholder={say('requestId')} enterButton={say('lookUp')} onSearch={(id) => to({ request: id.trim() })} />
        <Checkbox checked={failed} onChange={(event) => to({ failed: event.target.checked })}>{say('failedOnly')}</Checkbox>
      </div>
      <p className="sources-note">{say('logSays')}</p>
      {list.error ? <Trouble error={list.error} retry={() => void list.refetch()} /> : list.isPending ? <Skeleton active paragraph={{ rows: 8 }} /> : (
        <Table
          size="small" rowKey="id" pagination={false} dataSource={all} scroll={{ x: 'max-content' }}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('noRequests')} /> }}
          columns={[
            { title: say('at'), dataIndex: 'at', render: (at: string) => <span className="number">{moment(at, true)}</span> },
            { title: say('requestId'), dataIndex: 'id', render: (id: string) => <Button type="link" size="small" className="source-id" onClick={() => to({ request: id })}><code><Name text={id} length={13} /></code></Button> },
            { title: say('route'), dataIndex: 'route', render: (route: string, one) => <>{route.replace('/exchange/v1/', '')} {one.dry_run ? <Tag>{say('dry')}</Tag> : null}</> },
            { title: say('status'), dataIndex: 'status', ...number, render: (status: number, one) => <span className={status >= 400 ? 'tone-high' : ''}>{status}{one.rule ? ` ${one.rule}` : ''}</span> },
            { title: say('accepted'), dataIndex: 'accepted', ...number, render: count },
            { title: say('defective'), dataIndex: 'defective', ...number, render: count },
            { title: say('duplicate'), dataIndex: 'duplicate', ...number, render: count },
            { title: say('refused'), dataIndex: 'refused', ...number, render: count },
            { title: say('bytes'), dataIndex: 'bytes', ...number, render: (n: number | undefined, one) => (one.sealed ? <span title={say('sealedToo')}>—</span> : n ? count(n) : '—') },
            { title: say('ms'), dataIndex: 'ms', ...number, render: (n: number | undefined) => (n ? n.toFixed(1) : '—') },
            { title: say('key'), dataIndex: 'key', render: (id: string | undefined) => (id ? <code>{id}</code> : '—') },
          ]}
          footer={list.hasNextPage ? () => <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>{say('more')}</Button> : undefined}
        />
      )}
      {search.request ? <One name={name} id={search.request} shut={() => to({ request: undefined })} /> : null}
    </>
  )
}

function One({ name, id, shut }: { name: string; id: string; shut: () => void }) {
  const say = words.useWords()
  useLang()
  const found = useQuery({ queryKey: ['request', name, id], queryFn: () => must(api.GET('/api/v1/sources/{name}/requests/{id}', { params: { path: { name, id } } })) })
  const none = found.error instanceof Refused && found.error.status === 404
  return (
    <Drawer open size="large" onClose={shut} title={say('request', { id })}>
      {none ? <Alert type="info" showIcon title={say('notFound')} /> : found.error ? <Trouble error={found.error} retry={() => void found.refetch()} /> : !found.data ? <Skeleton active /> : <Shown one={found.data} />}
    </Drawer>
  )
}

function Shown({ one }: { one: Of<'RequestDetail'> }) {
  const say = words.useWords()
  const reason = both(one)
  return (
    <>
      <Descriptions
        size="small" column={1} bordered
        items={[
          { key: 'at', label: say('at'), children: moment(one.at, true) },
          { key: 'route', label: say('route'), children: <code>{one.route}</code> },
          { key: 'status', label: say('status'), children: `${one.status}${one.rule ? ` ${one.rule}` : ''}` },
          ...(reason ? [{ key: 'reason', label: say('reason'), children: reason }] : []),
          { key: 'accepted', label: say('accepted'), children: count(one.accepted) },
          { key: 'defective', label: say('defective'), children: count(one.defective) },
          { key: 'duplicate', label: say('duplicate'), children: count(one.duplicate) },
          { key: 'refused', label: say('refused'), children: count(one.refused) },
          ...((one.rules ?? []).length > 0 ? [{ key: 'rules', label: say('rule'), children: (one.rules ?? []).map((r) => <div key={r.rule}><a href={`/docs/rules#${r.rule}`}>{r.rule}</a> × {count(r.records)}</div>) }] : []),
          { key: 'key', label: say('key'), children: one.key ? <code>{one.key}</code> : '—' },
          ...(one.skew === undefined ? [] : [{ key: 'skew', label: say('skew'), children: say('seconds', { n: one.skew }) }]),
          ...(one.bytes ? [{ key: 'bytes', label: say('bytes'), children: count(one.bytes) }] : []),
        ]}
      />
      {one.base ? <><h3>{say('base')}</h3><p className="sources-note">{say('compare')}</p><pre className="source-pre" tabIndex={0}>{one.base}</pre></> : null}
      {one.sent ? <><h3>{say('sent')}</h3><pre className="source-pre" tabIndex={0}>{one.sent}</pre></> : null}
    </>
  )
}
