import { Collapse, Descriptions, Empty, Table, Tag } from 'antd'
import { useState } from 'react'
import { Shut } from '@/parts/Shut'
import { usePrinting } from '@/parts/printing'
import { docketWords } from '@/words/docket'
import { lang } from '@/words/words'
import { type Entry, type Field, useStages, type View } from './data'

// Every record carries these; they say how it came, not what it says.
const frame = new Set(['TENDER_PROJECT_CODE', 'UNIFIED_DEAL_CODE', 'UNIFIED_DEAL_CODES', 'PLATFORM_CODE', 'PUB_SERVICE_PLAT_CODE', 'DATA_TIMESTAMP', 'TRADE_PLAT', 'PUB_SERVICE_PLAT'])

const label = (f: Field) => (lang() === 'zh' ? f.zh : f.en) || f.name

/** One field as this reader sees it. */
export function Cell({ field }: { field: Field | undefined }) {
  if (!field) return <>—</>
  if (field.state && field.state !== 'masked') return <Shut state={field.state} opens={field.opens} article={field.article} />
  if (/^https?:\/\/\S+$/.test(field.value ?? '')) return <a href={field.value} target="_blank" rel="noreferrer noopener">{field.value}</a>
  return <span className="cell">{field.value}</span>
}

/** The records of one data set: the fields of a single one, a table of several. */
export function Rows({ entries }: { entries: Entry[] }) {
  const say = docketWords.useWords()
  const printing = usePrinting()
  const first = entries[0]
  if (!first) return null
  const shown = (e: Entry) => (e.fields ?? []).filter((f) => !frame.has(f.name))
  if (entries.length === 1) {
    return (
      <>
        {first.deleted ? <Tag color="error">{say('deleted')}</Tag> : null}
        <Descriptions size="small" bordered column={{ xs: 1, md: 2 }} items={shown(first).map((f) => ({ key: f.name, label: label(f), children: <Cell field={f} /> }))} />
      </>
    )
  }
  const columns = [...new Map(entries.flatMap(shown).map((f) => [f.name, f])).values()]
  return (
    <Table<Entry>
      size="small" dataSource={entries} rowKey={(e) => `${e.origin} ${e.key ?? ''} ${e.position ?? entries.indexOf(e)}`} scroll={{ x: 'max-content' }}
      pagination={entries.length > 10 && !printing ? { pageSize: 10, showSizeChanger: false } : false}
      columns={columns.map((c) => ({ title: label(c), key: c.name, ellipsis: false, render: (_: unknown, e: Entry) => <Cell field={e.fields?.find((f) => f.name === c.name)} /> }))}
    />
  )
}

/** Everything that this reader sees, by the steps of its class: the opening record, committee and scores, contract, payments and all else. */
export function Content({ view }: { view: View }) {
  const say = docketWords.useWords()
  const printing = usePrinting()
  const [open, setOpen] = useState<string[]>([])
  const stages = useStages(view.id).data
  if (!stages) return null
  const steps = stages.lots?.[0]?.steps ?? []
  const entries = view.entries ?? []
  const placed = new Set(steps.flatMap((s) => s.sets ?? []))
  const rest = [...new Set(entries.map((e) => e.dataset))].filter((set) => !placed.has(set))
  const groups = [
    ...steps.map((s) => ({ key: s.step, title: lang() === 'zh' ? s.words.zh : s.words.en, sets: s.sets ?? [] })),
    { key: 'rest', title: say('records'), sets: rest },
  ].map((g) => ({ ...g, entries: entries.filter((e) => g.sets.includes(e.dataset)) })).filter((g) => g.entries.length > 0)
  if (groups.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} />
  return (
    <Collapse
      size="small" destroyOnHidden={false} activeKey={printing ? groups.map((g) => g.key) : open} onChange={setOpen}
      items={groups.map((g) => ({
        key: g.key,
        label: <>{g.title} <Tag>{g.entries.length}</Tag></>,
        children: g.sets.map((set) => {
          const of = g.entries.filter((e) => e.dataset === set)
          const first = of[0]
          return first ? <section key={set} className="rows"><h3>{lang() === 'zh' ? first.zh : first.en} <code>{set}</code></h3><Rows entries={of} /></section> : null
        }),
      }))}
    />
  )
}
