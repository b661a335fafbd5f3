import { Empty, Table } from 'antd'
import type { Of } from '@/api/client'
import { money as asMoney } from '@/format/money'
import { day } from '@/format/time'
import { Amount } from '@/parts/Amount'
import { Name } from '@/parts/Name'
import { docketWords } from '@/words/docket'
import { useSheet, type View } from './data'

type Step = Of<'MoneyStep'>

/** The way of the money, from approval to the last payment: one bar a kind, then every amount with its record. */
export function Money({ view, prove }: { view: View; prove: (position: number) => void }) {
  const say = docketWords.useWords()
  const steps = useSheet(view.id).data?.money ?? []
  if (steps.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('noMoney')} />
  const kinds = [...new Set(steps.map((s) => s.kind))]
  // Of bids their range counts, of all else the sum.
  const bars = kinds.map((kind) => {
    const of = steps.filter((s) => s.kind === kind).map((s) => s.yuan)
    return kind === 'bid' ? { kind, low: Math.min(...of), high: Math.max(...of), n: of.length } : { kind, low: 0, high: of.reduce((a, b) => a + b, 0), n: of.length }
  })
  const most = Math.max(...bars.map((b) => b.high), 1)
  const sum = (kind: string) => bars.find((b) => b.kind === kind)?.high
  const contract = sum('contract')
  const paid = sum('paid')
  return (
    <>
      <div className="money" aria-hidden="true">
        {bars.map((b) => (
          <div key={b.kind}>
            <span>{say(b.kind as 'paid')}</span>
            <div><b style={{ left: `${(b.low / most) * 100}%`, width: `max(3px, ${((b.high - b.low) / most) * 100}%)` }} /></div>
            <span className="number">{b.kind === 'bid' && b.n > 1 ? `${asMoney(b.low)} – ${asMoney(b.high)}` : asMoney(b.high)}</span>
          </div>
        ))}
      </div>
      {contract && paid ? <p>{say('paidOf', { paid: asMoney(paid), share: `${((paid / contract) * 100).toFixed(1)}%` })}</p> : null}
      <Table<Step>
        size="small" pagination={steps.length > 30 ? { pageSize: 30 } : false} dataSource={steps} rowKey={(s) => `${s.dataset} ${s.key ?? ''} ${s.kind} ${s.position ?? ''} ${s.party ?? ''} ${s.exact}`} scroll={{ x: 'max-content' }}
        columns={[
          { title: say('kind'), dataIndex: 'kind', render: (k: string) => say(k as 'paid') },
          { title: say('amount'), dataIndex: 'yuan', align: 'right', render: (yuan: number) => <Amount yuan={yuan} /> },
          { title: say('who'), dataIndex: 'party', render: (p: string | undefined) => (p ? <Name text={p} /> : '—') },
          { title: say('when'), dataIndex: 'at', render: (t: string | undefined) => <span className="number">{day(t) || '—'}</span> },
          { title: say('record'), dataIndex: 'position', render: (p: number | undefined, s) => <>{s.dataset} {p === undefined ? null : <a href="#proof" onClick={() => prove(p)}>{say('prove')}</a>}</> },
        ]}
      />
    </>
  )
}
