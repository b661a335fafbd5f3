import { Link } from '@tanstack/react-router'
import { Empty, Skeleton, Table, Tag } from 'antd'
import type { Of } from '@/api/client'
import { moment } from '@/format/time'
import { docketWords } from '@/words/docket'
import { lang } from '@/words/words'
import { useFindings, type View } from './data'

type Finding = Of<'FindingItem'>

/** What deserves a look in this docket, and where to look at it. */
export function Clues({ view }: { view: View }) {
  const say = docketWords.useWords()
  const asked = useFindings(view.id)
  if (asked.isPending) return <Skeleton active paragraph={{ rows: 2 }} />
  const items = asked.data?.items ?? []
  if (items.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('noWarnings')} />
  return (
    <Table<Finding>
      size="small" dataSource={items} rowKey="key" pagination={false} scroll={{ x: 'max-content' }}
      columns={[
        { title: say('warnings'), key: 'text', render: (_, f) => <span className="cell">{lang() === 'zh' ? f.zh : f.en}</span> },
        { title: say('kind'), dataIndex: 'indicator', render: (i: string, f) => <><code>{i}</code> <Tag color={f.grade === 'fact' ? 'error' : 'warning'}>{say((f.grade === 'fact' ? 'fact' : 'clue'))}</Tag></> },
        { title: say('article'), dataIndex: 'article', render: (a: string | undefined) => <span className="cell">{a ?? '—'}</span> },
        { title: say('when'), dataIndex: 'at', render: (t: string) => <span className="number">{moment(t)}</span> },
        { title: say('open'), key: 'open', render: (_, f) => <Link to="/warnings" search={{ at: `${f.docket}/${f.key}` }}>{say('open')}</Link> },
      ]}
    />
  )
}
