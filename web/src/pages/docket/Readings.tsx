import { Empty, Skeleton, Table, Tag, Tooltip } from 'antd'
import type { Of } from '@/api/client'
import { moment } from '@/format/time'
import { Trouble } from '@/parts/Trouble'
import { docketWords } from '@/words/docket'
import { lang } from '@/words/words'
import { useReadings, type View } from './data'

type Reading = Of<'ReadingItem'>

/** lineOf says which line a reading is on. */
const lineOf = (r: Reading | undefined) => (r ? [r.from, r.person ?? '', r.name, r.office ?? ''].join('\n') : '')

/** together joins what one reader was shown in one quarter of an hour. */
export function together(items: Reading[]): Reading[][] {
  const rows = new Map<string, Reading[]>()
  for (const r of items) {
    const key = lineOf(r)
    rows.set(key, [...(rows.get(key) ?? []), r])
  }
  return [...rows.values()]
}

/** Who has been shown what is protected of this docket: it was in the log before they saw it. */
export function Readings({ view }: { view: View }) {
  const say = docketWords.useWords()
  const asked = useReadings(view.id)
  if (asked.isPending) return <Skeleton active paragraph={{ rows: 2 }} />
  if (asked.error) return <Trouble error={asked.error} retry={() => void asked.refetch()} />
  const rows = together(asked.data.items ?? [])
  return (
    <>
      <p>{say('readingsHint')}</p>
      {rows.length === 0 ? <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('noReadings')} /> : (
        <Table<Reading[]>
          size="small" dataSource={rows} rowKey={(r) => lineOf(r[0])} scroll={{ x: 'max-content' }} pagination={rows.length > 10 ? { pageSize: 10, showSizeChanger: false } : false}
          columns={[
            { title: say('quarter'), key: 'from', render: (_, r) => <span className="number">{moment(r[0]?.from ?? '')}</span> },
            { title: say('reader'), key: 'name', render: (_, r) => <>{r[0]?.name}{r[0]?.for_name ? <small> {say('onBehalf', { name: r[0].for_name })}</small> : null}{r[0]?.person ? null : <> <Tag>{say('program')}</Tag></>}</> },
            { title: say('post'), key: 'office', render: (_, r) => r[0]?.office || '—' },
            { title: say('shownClasses'), key: 'class', render: (_, r) => r.map((one) => (
              <Tooltip key={one.why.zh + one.class.zh} title={lang() === 'zh' ? `${one.why.zh}（${one.article.zh}）` : `${one.why.en} (${one.article.en})`}><Tag tabIndex={0}>{lang() === 'zh' ? one.class.zh : one.class.en}</Tag></Tooltip>
            )) },
          ]}
        />
      )}
    </>
  )
}
