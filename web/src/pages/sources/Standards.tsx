import { Empty, Table } from 'antd'
import type { Of } from '@/api/client'
import { day } from '@/format/time'
import { sources as words } from '@/words/sources'

/** By which versions of the data standard the system sends, and from when. */
export function Standards({ list }: { list: Of<'SourceStandard'>[] }) {
  const say = words.useWords()
  return (
    <Table
      size="small" rowKey={(one) => one.version + one.from} pagination={false} dataSource={list} style={{ maxWidth: 640 }}
      locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('noStandards')} /> }}
      columns={[
        { title: say('version'), dataIndex: 'version' },
        { title: say('from'), dataIndex: 'from', render: (at: string) => day(at) },
        { title: say('to'), dataIndex: 'to', render: (at: string | undefined) => (at ? day(at) : say('noEnd')) },
        { title: say('now'), dataIndex: 'now', render: (now: boolean) => (now ? say('yes') : '—') },
      ]}
    />
  )
}
