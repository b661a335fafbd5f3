import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Empty, Input, Select, Table, Tag } from 'antd'
import { api, must, type Of } from '@/api/client'
import { count } from '@/format/money'
import { classes } from '@/pages/dockets/filter'
import { naming, useRegions } from '@/pages/dockets/regions'
import { Amount } from '@/parts/Amount'
import { Name } from '@/parts/Name'
import { Trouble } from '@/parts/Trouble'
import { audit } from '@/words/audit'
import { term } from '@/words/trade'
import { Desk } from './Desk'
import { sum } from './sum'

type Line = Of<'AuditDocket'>

/** All dockets with the sums of their money, and where these differ. */
export default function Money() {
  return <Desk><Inside /></Desk>
}

function Inside() {
  const say = audit.useWords()
  const navigate = useNavigate()
  const asked = useSearch({ strict: false }) as { q?: string; class?: string }
  const region = naming(useRegions().data?.items)
  const list = useInfiniteQuery({
    queryKey: ['audit', 'dockets', asked.q ?? '', asked.class ?? ''],
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/audit/dockets', { params: { query: { limit: 50, ...(asked.q ? { q: asked.q } : {}), ...(asked.class ? { class: [asked.class] } : {}), ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })
  const ask = (change: { q?: string; class?: string }) => {
    const next = { ...asked, ...change }
    void navigate({ to: '/audit', search: Object.fromEntries(Object.entries(next).filter(([, v]) => v)) as never, replace: true })
  }
  const lines = list.data?.pages.flatMap((page) => page.items ?? []) ?? []
  const first = list.data?.pages[0]
  return (
    <>
      <p>{say('says')}</p>
      <div className="audit-asked">
        <Input.Search allowClear defaultValue={asked.q ?? ''} aria-label={say('search')} placeholder={say('search')} onSearch={(q) => ask({ q: q.trim() })} />
        <Select allowClear aria-label={say('class')} placeholder={say('class')} value={asked.class} onChange={(c?: string) => ask({ class: c ?? '' })} options={classes.map((c) => ({ value: c, label: term(c) }))} />
        {first ? <span aria-live="polite">{say(first.more ? 'totalMore' : 'total', { n: count(first.total) })}</span> : null}
      </div>
      {list.error ? <Trouble error={list.error} retry={() => void list.refetch()} /> : null}
      {list.error ? null : (
        <>
          <Table<Line>
            size="small" pagination={false} loading={list.isPending || list.isPlaceholderData} dataSource={lines} rowKey="id" scroll={{ x: 'max-content' }}
            locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('empty')} /> }}
            columns={[
              { title: say('docket'), dataIndex: 'title', render: (title: string | undefined, line) => <span className="audit-docket"><Link to="/audit/dockets/$id" params={{ id: line.id }}><Name text={title || say('untitled')} length={30} /></Link><small>{line.id} · {term(line.class)} · {region(line.region)}</small></span> },
              { title: say('award'), align: 'right', render: (_, line) => <Amount yuan={sum(line.ways, 'awarded')} /> },
              { title: say('contract'), align: 'right', render: (_, line) => <Amount yuan={sum(line.ways, 'contracted')} /> },
              { title: say('changed'), align: 'right', render: (_, line) => <Amount yuan={sum(line.ways, 'changed')} /> },
              { title: say('paid'), align: 'right', render: (_, line) => <Amount yuan={sum(line.ways, 'paid')} /> },
              { title: say('settled'), align: 'right', render: (_, line) => <Amount yuan={sum(line.ways, 'settled')} /> },
              { title: say('differences'), render: (_, line) => <span className="audit-tags">{(line.differences ?? []).map((kind) => <Tag key={kind} color="warning">{say(kind as 'paid-without-contract')}</Tag>)}</span> },
            ]}
          />
          {list.hasNextPage ? <div className="audit-more"><Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>{say('more')}</Button></div> : null}
        </>
      )}
    </>
  )
}
