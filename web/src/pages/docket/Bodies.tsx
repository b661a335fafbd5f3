import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Table, Tag } from 'antd'
import { api, must, type Of } from '@/api/client'
import { Name } from '@/parts/Name'
import { docketWords } from '@/words/docket'
import { term } from '@/words/trade'
import { useSheet, type View } from './data'

type Body = Of<'SheetBody'>

/** Who took part, in which roles, and in how many other dockets that this reader sees. */
export function Bodies({ view }: { view: View }) {
  const say = docketWords.useWords()
  const bodies = useSheet(view.id).data?.bodies ?? []
  const counted = useQueries({
    queries: bodies.slice(0, 40).map((b) => ({
      queryKey: ['body dockets', b.code ?? b.name],
      staleTime: 60_000,
      queryFn: () => must(api.GET('/api/v1/search', { params: { query: { q: `"${b.code ?? b.name}"`, limit: 1 } } })),
    })),
  })
  return (
    <Table<Body>
      size="small" dataSource={bodies} rowKey={(b) => `${b.name} ${b.code ?? ''}`} pagination={bodies.length > 20 ? { pageSize: 20 } : false} scroll={{ x: 'max-content' }}
      columns={[
        { title: say('name'), dataIndex: 'name', render: (name: string, b) => (b.code ? <Link to="/bodies" search={{ code: b.code }}><Name text={name} length={34} /></Link> : <Name text={name} length={34} />) },
        { title: say('roles'), dataIndex: 'roles', render: (roles: string[]) => roles.map((r) => <Tag key={r}>{term(r)}</Tag>) },
        {
          title: say('others'), key: 'others', align: 'right', render: (_, b) => {
            const found = counted[bodies.indexOf(b)]?.data
            const n = found ? Math.max(found.total - 1, 0) : undefined
            return n === undefined ? '…' : <Link className="number" to="/dockets" search={{ q: b.code ?? b.name }}>{n}{found?.more ? '+' : ''}</Link>
          },
        },
      ]}
    />
  )
}
