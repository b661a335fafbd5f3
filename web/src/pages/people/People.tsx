import { PlusOutlined } from '@ant-design/icons'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Empty, Grid, Input, Select, Skeleton, Table, Tag } from 'antd'
import { useState } from 'react'
import { api, must, type Of } from '@/api/client'
import { day, moment } from '@/format/time'
import { Page } from '@/parts/Page'
import { Post } from '@/parts/Post'
import { Trouble } from '@/parts/Trouble'
import { people } from '@/words/people'
import { posts as postWords } from '@/words/posts'
import { Create } from './Create'
import { fits } from './fits'
import { One } from './One'
import { inForce, roles } from './roles'
import './people.css'

type Person = Of<'Person'>

/** Who has an account, with what posts; accounts are made, locked and reset here. */
export default function People() {
  const say = people.useWords()
  const role = postWords.useWords()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { q?: string; role?: string; id?: string }
  const wide = Grid.useBreakpoint().md ?? true
  const [creating, setCreating] = useState(false)
  const list = useInfiniteQuery({
    queryKey: ['people'],
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/people', { params: { query: { limit: 200, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  })
  const to = (change: Partial<typeof search>) => void navigate({ to: '/people', search: { ...search, ...change }, replace: true })
  const all = list.data?.pages.flatMap((page) => page.items ?? []) ?? []
  const shown = all.filter((person) => fits(person, search.q ?? '', search.role))
  const one = all.find((person) => person.id === search.id)

  return (
    <Page title={say('title')} extra={<Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>{say('create')}</Button>}>
      <div className="people-filter">
        <Input.Search allowClear aria-label={say('find')} placeholder={say('find')} defaultValue={search.q ?? ''} onChange={(event) => to({ q: event.target.value })} />
        <Select
          aria-label={say('role')}
          value={search.role ?? ''}
          onChange={(value: string) => to({ role: value })}
          options={[{ value: '', label: say('roleAll') }, ...roles.map((value) => ({ value, label: role(`role.${value}`) }))]}
        />
      </div>
      {list.error ? <Trouble error={list.error} retry={() => void list.refetch()} /> : list.isPending ? <Skeleton active paragraph={{ rows: 8 }} /> : (
        <Table
          size="small"
          rowKey="id"
          pagination={false}
          dataSource={shown}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say(all.length === 0 ? 'none' : 'noMatch')} /> }}
          columns={[
            { title: say('person'), key: 'person', width: wide ? 180 : 96, render: (_, person) => (
              <span className="people-name">
                <Button type="link" aria-label={say('open', { name: person.name })} onClick={() => to({ id: person.id })}>{person.name}</Button>
                <small>{person.username}</small>
              </span>
            ) },
            { title: say('posts'), key: 'posts', render: (_, person) => <Held posts={person.posts ?? []} /> },
            { title: say('state'), key: 'state', width: wide ? 150 : 84, render: (_, person) => <State person={person} /> },
            { title: say('security'), key: 'security', width: 150, responsive: ['md'], render: (_, person) => (person.renew ? say('renew') : say(person.passkeys ? 'passkey' : person.totp ? 'totp' : 'noTotp')) },
            { title: say('since'), dataIndex: 'created', className: 'number', align: 'right', width: 120, responsive: ['lg'], render: (at: string) => day(at) },
          ]}
          footer={list.hasNextPage ? () => <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>{say('more')}</Button> : undefined}
        />
      )}
      {creating ? <Create shut={() => setCreating(false)} made={(person) => { setCreating(false); to({ id: person.id }) }} /> : null}
      {one ? <One key={one.id} person={one} shut={() => void navigate({ to: '/people', search: { ...search, id: undefined }, replace: true })} /> : null}
    </Page>
  )
}

function Held({ posts }: { posts: Of<'Post'>[] }) {
  const say = people.useWords()
  const held = posts.filter((post) => inForce(post))
  if (held.length === 0) return <span className="people-quiet">{say('noPosts')}</span>
  return <div className="people-held">{held.map((post) => <Post key={post.id} post={post} />)}</div>
}

/** Locked, barred for a while, or neither. */
export function State({ person }: { person: Person }) {
  const say = people.useWords()
  if (person.locked) return <Tag className="people-locked">{say('locked')}</Tag>
  if (person.barred) return <Tag className="people-barred" title={moment(person.barred, true)}>{say('barred', { at: moment(person.barred).slice(11) })}</Tag>
  return <span>{say('active')}</span>
}
