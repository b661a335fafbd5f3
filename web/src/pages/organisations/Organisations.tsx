import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, DatePicker, Empty, Input, Skeleton, Tree } from 'antd'
import dayjs from 'dayjs'
import { type Key, useState } from 'react'
import { api, must } from '@/api/client'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { useSession } from '@/session/session'
import { organisations } from '@/words/organisations'
import { Draft } from './Draft'
import { One } from './One'
import { type Branch, grown } from './tree'
import './organisations.css'

type Node = { key: string; title: React.ReactNode; children: Node[] }

/** The tree of organisations as it was or is on a day. The office changes it; whoever is signed in reads it. */
export default function Organisations() {
  const say = organisations.useWords()
  const { role } = useSession()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { q?: string; id?: string; at?: string }
  const to = (change: Partial<typeof search>) => void navigate({ to: '/organisations', search: { ...search, ...change }, replace: true })
  const [creating, setCreating] = useState(false)
  const [open, setOpen] = useState<Key[]>()
  // A day is meant whole: as it is at its end, by the law's clock.
  const at = search.at ? `${search.at}T23:59:59+08:00` : undefined
  const list = useQuery({ queryKey: ['organisations', at ?? ''], queryFn: () => must(api.GET('/api/v1/organisations', { params: { query: at ? { at } : {} } })) })
  const all = list.data?.items ?? []
  const shown = grown(all, search.q)
  const node = (branch: Branch): Node => ({
    key: branch.unit.id,
    title: <span className="organisation-line"><span>{branch.unit.name}</span>{branch.unit.kind === 'division' ? null : <small>{say(`kind.${branch.unit.kind}` as 'kind.audit')}</small>}</span>,
    children: branch.below.map(node),
  })
  // What was searched for is seen, however deep; else the top and what stands right under it.
  const keys = (branches: Branch[]): Key[] => branches.flatMap((b) => [b.unit.id, ...keys(b.below)])
  const one = all.find((unit) => unit.id === search.id)
  return (
    <Page title={say('title')} extra={role === 'office' ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>{say('create')}</Button> : null}>
      <div className="organisation-filter">
        <Input.Search allowClear aria-label={say('find')} placeholder={say('find')} defaultValue={search.q ?? ''} onChange={(event) => to({ q: event.target.value })} />
        <DatePicker aria-label={say('day')} placeholder={say('day')} value={search.at ? dayjs(search.at) : null} onChange={(value) => to({ at: value ? value.format('YYYY-MM-DD') : '' })} />
      </div>
      {list.error ? <Trouble error={list.error} retry={() => void list.refetch()} /> : list.isPending ? <Skeleton active paragraph={{ rows: 8 }} />
        : shown.length === 0 ? <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say(all.length === 0 ? 'none' : 'noMatch')} /> : (
          <Tree
            blockNode
            motion={null}
            className="organisation-tree"
            treeData={shown.map(node)}
            expandedKeys={search.q ? keys(shown) : (open ?? shown.map((b) => b.unit.id))}
            onExpand={(next) => setOpen(next)}
            selectedKeys={search.id ? [search.id] : []}
            onSelect={(_, { node: chosen }) => to({ id: String(chosen.key) })}
          />
        )}
      {creating ? <Draft all={all} shut={() => setCreating(false)} /> : null}
      {one ? <One key={one.id} unit={one} all={all} shut={() => to({ id: '' })} /> : null}
    </Page>
  )
}
