import { Link } from '@tanstack/react-router'
import { Empty, Table, Tag } from 'antd'
import { Amount } from '@/parts/Amount'
import { Name } from '@/parts/Name'
import { Shut } from '@/parts/Shut'
import { moment, stamp } from '@/format/time'
import { docketWords } from '@/words/docket'
import { both } from '@/words/words'
import { rowsOf, useSheet, value, type View } from './data'

type Line = { key: string; name: string; code: string; yuan?: number; days: string; submitted: string; points: string; rank: number; outcome: string[] }

/** minute writes one of the standard's times without its seconds, '' when it is none. */
function minute(text: string): string {
  const shown = stamp(text)
  return shown === text ? '' : shown.slice(0, 16)
}

/** The bids of each lot side by side: price beside the limit, days, time, points, rank and what became of them. What is sealed is said with its article. */
export function Bids({ view }: { view: View }) {
  const say = docketWords.useWords()
  const money = useSheet(view.id).data?.money ?? []
  const lots = view.lots ?? []
  if (lots.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('noBids')} />
  return lots.map((lot) => {
    const of = (sets: string[]) => rowsOf(view, ...sets).filter((e) => { const l = value(e, 'BID_SECTION_CODE') || value(e, 'BID_SECTION_CODES'); return !l || l.includes(lot.code) })
    const results = of(['9017'])
    const candidates = of(['510'])
    const winners = of(['513']).map((e) => value(e, 'WIN_BIDDER_NAME'))
    const limit = money.find((m) => m.kind === 'control' && (!m.lot || m.lot.includes(lot.code)))?.yuan
    const lines: Line[] = of(['507', '557']).filter((e) => value(e, 'BIDDER_NAME')).map((e) => {
      const name = value(e, 'BIDDER_NAME')
      const price = money.find((m) => m.kind === 'bid' && m.key === e.key && m.party === name)?.yuan
      const result = results.find((r) => value(r, 'BIDDER_NAME') === name)
      const place = candidates.find((c) => value(c, 'WIN_CANDIDATE_NAME') === name)
      const points = result ? ['PRICE_POINTS', 'QUALIFICATION_POINTS', 'BUSINESS_POINTS', 'TECHNICAL_POINTS', 'OTHER_POINTS'].map((p) => Number(value(result, p) || 0)).reduce((a, b) => a + b, 0) : undefined
      return {
        key: e.key ?? name, name, code: value(e, 'BIDDER_ORG_CODE'), ...(price === undefined ? {} : { yuan: price }),
        days: value(e, 'TIME_LIMIT'), submitted: minute(value(e, 'CHECKIN_TIME')), points: points === undefined ? '' : points.toFixed(2), rank: Number((result && value(result, 'RANK')) || 999),
        outcome: [
          ...(winners.includes(name) ? ['winner'] : []),
          ...(place ? [`candidate ${value(place, 'WIN_CANDIDATE_ORDER')}`] : []),
          ...(result && value(result, 'IS_VETO') === '1' ? ['vetoed'] : []),
        ],
      }
    }).sort((a, b) => a.rank - b.rank || (a.yuan ?? Infinity) - (b.yuan ?? Infinity))
    return (
      <div key={lot.code} className="lot">
        <h3>{lot.name || lot.code} <Tag>{both(lot.moment_words)}</Tag></h3>
        {lot.failed ? <p>{say('failed', { n: lot.failed.bidders })}（{moment(lot.failed.at)}）</p> : null}
        {(lot.closed ?? []).map((part) => <p key={part.part}>{both(part.words)}：<Shut state={part.state} opens={part.opens} article={part.article} /></p>)}
        {lines.length === 0 ? null : (
          <Table<Line>
            size="small" pagination={lines.length > 50 ? { pageSize: 50 } : false} dataSource={lines} rowKey="key" scroll={{ x: 'max-content' }}
            columns={[
              { title: say('bidder'), dataIndex: 'name', fixed: 'left', render: (name: string, line) => (line.code ? <Link to="/bodies" search={{ code: line.code }}><Name text={name} /></Link> : <Name text={name} />) },
              { title: say('price'), dataIndex: 'yuan', align: 'right', sorter: (a, b) => (a.yuan ?? 0) - (b.yuan ?? 0), render: (yuan: number | undefined) => <Amount yuan={yuan} /> },
              { title: say('ofControl'), key: 'of', align: 'right', render: (_, line) => <span className="number">{limit && line.yuan ? `${((line.yuan / limit) * 100).toFixed(2)}%` : '—'}</span> },
              { title: say('days'), dataIndex: 'days', align: 'right', render: (d: string) => <span className="number">{d || '—'}</span> },
              { title: say('submitted'), dataIndex: 'submitted', render: (t: string) => <span className="number">{t || '—'}</span> },
              { title: say('points'), dataIndex: 'points', align: 'right', render: (p: string) => <span className="number">{p || '—'}</span> },
              { title: say('rank'), dataIndex: 'rank', align: 'right', render: (r: number) => <span className="number">{r === 999 ? '—' : r}</span> },
              { title: say('outcome'), dataIndex: 'outcome', render: (o: string[]) => o.map((w) => { const [word, n] = w.split(' '); return <Tag key={w} color={word === 'winner' ? 'success' : word === 'vetoed' ? 'error' : 'default'}>{say(word as 'winner', { n: n ?? '' })}</Tag> }) },
            ]}
          />
        )}
      </div>
    )
  })
}
