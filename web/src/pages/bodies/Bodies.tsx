import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Empty, Input, Skeleton, Table, Tabs } from 'antd'
import { api, must, type Of } from '@/api/client'
import { count } from '@/format/money'
import { Name } from '@/parts/Name'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { bodies } from '@/words/bodies'
import { type Asked, looksLikeCode } from './asked'
import { Body } from './Body'
import './bodies.css'
import { Expert } from './Expert'
import { Roles } from './Roles'

function Found({ q }: { q: string }) {
  const say = bodies.useWords()
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['bodies', q],
    initialPageParam: '',
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/search', { params: { query: { q, kind: 'body', limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })
  if (isPending) return <Skeleton active paragraph={{ rows: 8 }} />
  if (error) return <Trouble error={error} retry={() => void refetch()} />
  const items = data.pages.flatMap((page) => page.bodies ?? [])
  const first = data.pages[0]
  if (items.length === 0) return <Empty description={<><div>{say('none')}</div><div>{say('noneMend')}</div></>} />
  return (
    <>
      {first ? <p className="number" role="status">{first.more ? say('totalMore', { n: count(first.total) }) : say('total', { n: count(first.total) })}</p> : null}
      <Table<Of<'BodyItem'>>
        size="small"
        pagination={false}
        rowKey={(item) => `${item.code ?? ''} ${item.name}`}
        dataSource={items}
        scroll={{ x: 'max-content' }}
        columns={[
          { title: say('name'), key: 'name', render: (_, item) => <Link to="/bodies" search={item.code ? { code: item.code } : { name: item.name }}><Name text={item.name} length={32} /></Link> },
          { title: say('code'), key: 'code', render: (_, item) => (item.code ? <code>{item.code}</code> : <span className="quiet">{say('codeNone')}</span>) },
          { title: say('roles'), key: 'roles', render: (_, item) => <Roles roles={item.roles} /> },
        ]}
      />
      {hasNextPage ? <Button block loading={isFetchingNextPage} onClick={() => void fetchNextPage()} style={{ marginTop: 8 }}>{say('more')}</Button> : null}
    </>
  )
}

/** Companies, buyers, agencies and experts: a search, and a page each. */
export default function Bodies() {
  const say = bodies.useWords()
  const asked = useSearch({ strict: false }) as Asked
  const navigate = useNavigate()
  if (asked.code || asked.name) return <Body key={`${asked.code ?? ''} ${asked.name ?? ''}`} code={asked.code} name={asked.name} />
  const experts = asked.tab === 'experts' || asked.expert !== undefined
  const go = (search: Asked) => void navigate({ to: '/bodies', search })
  return (
    <Page title={say('title')}>
      <Tabs
        activeKey={experts ? 'experts' : 'bodies'}
        onChange={(tab) => go(tab === 'experts' ? { tab: 'experts' } : {})}
        items={[
          {
            key: 'bodies',
            label: say('bodiesTab'),
            children: (
              <>
                <Input.Search
                  key={asked.q ?? ''}
                  className="bodies-search"
                  aria-label={say('search')}
                  placeholder={`${say('search')} · ${say('searchHint')}`}
                  defaultValue={asked.q}
                  enterButton={say('find')}
                  maxLength={200}
                  allowClear
                  onSearch={(text) => go(looksLikeCode(text.trim()) ? { code: text.trim().toUpperCase() } : text.trim() ? { q: text.trim() } : {})}
                />
                {asked.q ? <Found q={asked.q} /> : <Empty description={say('begin')} />}
              </>
            ),
          },
          {
            key: 'experts',
            label: say('expertsTab'),
            children: (
              <>
                <Input.Search
                  key={asked.expert ?? ''}
                  className="bodies-search"
                  aria-label={say('expertName')}
                  placeholder={say('expertHint')}
                  defaultValue={asked.expert}
                  enterButton={say('find')}
                  maxLength={50}
                  allowClear
                  onSearch={(text) => go(text.trim() ? { expert: text.trim() } : { tab: 'experts' })}
                />
                {experts ? <Expert name={asked.expert} /> : null}
              </>
            ),
          },
        ]}
      />
    </Page>
  )
}
