import { useQuery } from '@tanstack/react-query'
import { Button, Drawer, Select, Skeleton, Switch, Table, Tag } from 'antd'
import { useState } from 'react'
import { api, must } from '@/api/client'
import { moment } from '@/format/time'
import { Trouble } from '@/parts/Trouble'
import { usePrinting } from '@/parts/printing'
import { docketWords } from '@/words/docket'
import { lang } from '@/words/words'
import type { Entry, View } from './data'

const nameOf = (e: { zh?: string; en?: string; dataset: string }) => `${e.dataset} ${(lang() === 'zh' ? e.zh : e.en) ?? ''}`

/** Every record that this reader sees, with how often it was sent, where it stands in the log, and the way to its versions and its proof. */
export function Records({ view, prove }: { view: View; prove: (position: number) => void }) {
  const say = docketWords.useWords()
  const printing = usePrinting()
  const [sets, setSets] = useState<string[]>([])
  const [open, setOpen] = useState<Entry>()
  const all = view.entries ?? []
  const entries = sets.length > 0 ? all.filter((e) => sets.includes(e.dataset)) : all
  const options = [...new Map(all.map((e) => [e.dataset, e])).values()].map((e) => ({ value: e.dataset, label: nameOf(e) }))
  return (
    <>
      <Select mode="multiple" allowClear className="no-print" style={{ minWidth: 260, maxWidth: '100%', marginBottom: 8 }} placeholder={say('filter')} aria-label={say('filter')} value={sets} onChange={setSets} options={options} optionFilterProp="label" />
      <Table<Entry>
        size="small" dataSource={entries} scroll={{ x: 'max-content' }} pagination={printing ? false : { pageSize: 15, showSizeChanger: false }}
        rowKey={(e) => `${e.dataset} ${e.origin} ${e.key ?? ''} ${e.position ?? all.indexOf(e)}`}
        columns={[
          { title: say('dataset'), key: 'set', render: (_, e) => <>{nameOf(e)} {e.deleted ? <Tag color="error">{say('deleted')}</Tag> : null}</> },
          { title: say('key'), dataIndex: 'key', render: (k: string | undefined) => <code className="cell">{k ?? '—'}</code> },
          { title: say('when'), dataIndex: 'occurred', render: (t: string | undefined) => <span className="number">{moment(t) || '—'}</span> },
          { title: say('received'), dataIndex: 'received', render: (t: string | undefined) => <span className="number">{moment(t, true) || '—'}</span> },
          { title: say('position'), dataIndex: 'position', align: 'right', render: (p: number | undefined) => <span className="number">{p ?? '—'}</span> },
          { title: say('versions'), dataIndex: 'versions', align: 'right', render: (n: number | undefined, e) => (e.position === undefined || !e.received ? (n ?? '—') : <Button size="small" type={(n ?? 1) > 1 ? 'primary' : 'text'} ghost={(n ?? 1) > 1} onClick={() => setOpen(e)}>{n} · {say('compare')}</Button>) },
          { title: say('proof'), key: 'proof', className: 'no-print', render: (_, e) => (e.position === undefined ? null : <Button size="small" type="link" href="#proof" onClick={() => prove(e.position as number)}>{say('prove')}</Button>) },
        ]}
      />
      {(view.bulk ?? []).length > 0 ? (
        <>
          <h3>{say('bulk')}</h3>
          <Table size="small" pagination={false} dataSource={view.bulk ?? []} rowKey={(b) => `${b.dataset} ${b.origin} ${b.lot ?? ''}`} columns={[{ title: say('dataset'), key: 'set', render: (_, b) => nameOf(b) }, { title: say('rows'), dataIndex: 'rows', align: 'right' }]} />
        </>
      ) : null}
      <Drawer open={open !== undefined} onClose={() => setOpen(undefined)} size="large" title={open ? say('versionsOf', { name: nameOf(open) }) : ''} destroyOnHidden>
        {open?.position === undefined ? null : <Versions position={open.position} />}
      </Drawer>
    </>
  )
}

type Compared = { key: string; name: string; cells: { value: string; absent: boolean; changed: boolean }[] }

/** The versions of one record beside each other, what changed marked by more than colour. */
function Versions({ position }: { position: number }) {
  const say = docketWords.useWords()
  const [changed, setChanged] = useState(true)
  const asked = useQuery({ queryKey: ['versions', position], queryFn: () => must(api.GET('/api/v1/records/{position}/versions', { params: { path: { position } } })) })
  if (asked.isPending) return <Skeleton active />
  if (asked.error) return <Trouble error={asked.error} retry={() => void asked.refetch()} />
  const versions = asked.data.versions ?? []
  const names = versions[0]?.fields ?? []
  const lines: Compared[] = names.map((f, i) => ({
    key: f.name, name: (lang() === 'zh' ? f.zh : f.en) || f.name,
    cells: versions.map((v) => { const x = v.fields?.[i]; return { value: x?.value ?? '', absent: x?.absent ?? false, changed: x?.changed ?? false } }),
  }))
  const some = versions.length > 1
  return (
    <>
      {some ? <p><Switch size="small" checked={changed} onChange={setChanged} aria-label={say('onlyChanged')} /> {say('onlyChanged')}</p> : null}
      <Table<Compared>
        size="small" pagination={false} scroll={{ x: 'max-content' }} rowKey="key"
        dataSource={some && changed ? lines.filter((l) => l.cells.some((c) => c.changed)) : lines}
        columns={[
          { title: say('field'), dataIndex: 'name', fixed: 'left' },
          ...versions.map((v, i) => ({
            title: <><span className="number">{moment(v.received, true)}</span><br /><small>#{v.position} {v.op} {v.current ? <Tag color="success">{say('current')}</Tag> : null}{(v.defects ?? []).map((d) => <Tag key={d.rule + (d.field ?? '')}><a href={`/docs/rules/${d.rule}`}>{d.rule}</a></Tag>)}</small></>,
            key: v.position,
            render: (_: unknown, l: Compared) => { const c = l.cells[i]; return c?.absent ? <em>{say('absent')}</em> : c?.changed ? <mark className="changed">{c.value || '""'}</mark> : <span className="cell">{c?.value}</span> },
          })),
        ]}
      />
    </>
  )
}
