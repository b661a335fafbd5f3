import { useQuery } from '@tanstack/react-query'
import { Empty, Input, Table } from 'antd'
import { useState } from 'react'
import { api, must, type Of } from '@/api/client'
import { moment } from '@/format/time'
import { Trouble } from '@/parts/Trouble'
import { audit } from '@/words/audit'
import { Desk } from './Desk'

type Asking = Of<'Asking'>

/** What auditors asked and took out, from the log. */
export default function Log() {
  return <Desk><Inside /></Desk>
}

function Inside() {
  const say = audit.useWords()
  const [month, setMonth] = useState(moment(new Date()).slice(0, 7))
  const whole = /^\d{4}-\d{2}$/.test(month)
  const log = useQuery({ queryKey: ['audit', 'log', month], queryFn: () => must(api.GET('/api/v1/audit/queries', { params: { query: { month } } })), enabled: whole, staleTime: 0 })
  return (
    <>
      <p>{say('logSays')}</p>
      <div className="audit-asked"><Input type="month" aria-label={say('month')} value={month} onChange={(event) => setMonth(event.target.value)} className="audit-month" /></div>
      {log.error ? <Trouble error={log.error} retry={() => void log.refetch()} /> : (
        <Table<Asking>
          size="small" loading={log.isPending && whole} dataSource={log.data?.items ?? []} rowKey="id" scroll={{ x: 'max-content' }} pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('noAskings')} /> }}
          columns={[
            { title: say('when'), dataIndex: 'at', render: (t: string) => <span className="number">{moment(t, true)}</span> },
            { title: say('whoAsked'), dataIndex: 'name', render: (n: string, a) => <>{n} <small className="audit-quiet">{a.office}</small></> },
            { title: say('what'), dataIndex: 'act', render: (act: string, a) => <>{say(`act.${act}` as 'act.query')}{a.personal ? ` · ${say('withPersonal')}` : ''}</> },
            { title: say('question'), dataIndex: 'sql', render: (sql: string | undefined, a) => <code className="audit-cell">{sql ?? a.docket}</code> },
            { title: say('number'), dataIndex: 'id', render: (id: string) => <code>{id.slice(0, 8)}</code> },
          ]}
        />
      )}
    </>
  )
}
