import { DownloadOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, App, Button, Checkbox, Dropdown, Empty, Input, Modal, Select, Table } from 'antd'
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { api, must, type Of, Refused } from '@/api/client'
import { count } from '@/format/money'
import { moment } from '@/format/time'
import { Trouble } from '@/parts/Trouble'
import { audit } from '@/words/audit'
import { both, lang } from '@/words/words'
import { cell, half } from './answer'
import { Desk } from './Desk'

type Answer = Of<'AuditAnswer'>
type Question = Of<'AuditQuestion'>

const formats = ['csv', 'xlsx', 'parquet'] as const

/** Questions of an auditor's own over a snapshot, with the documented tables beside. */
export default function Ask() {
  return <Desk><Inside /></Desk>
}

function Inside() {
  const say = audit.useWords()
  const id = useId()
  const box = useRef<HTMLTextAreaElement | null>(null)
  const [sql, setSQL] = useState('')
  const [personal, setPersonal] = useState(false)
  const [from, setFrom] = useState<Question>()
  const [keeping, setKeeping] = useState(false)
  const snapshots = useQuery({ queryKey: ['audit', 'snapshots'], queryFn: () => must(api.GET('/api/v1/audit/snapshots')), refetchInterval: (query) => (query.state.data?.making ? 1000 : false) })
  const [at, setAt] = useState<string>()
  const questions = useQuery({ queryKey: ['audit', 'questions'], queryFn: () => must(api.GET('/api/v1/audit/questions')) })
  const begin = useMutation({ mutationFn: () => must(api.POST('/api/v1/audit/snapshots')), onSuccess: () => { setAt(undefined); void snapshots.refetch() } })
  const asked = useMutation({ mutationFn: () => must(api.POST('/api/v1/audit/queries', { body: { sql, ...(at ? { snapshot: at } : {}), ...(personal ? { personal } : {}) } })) })
  const taken = useQuery({ queryKey: ['audit', 'exports'], queryFn: () => must(api.GET('/api/v1/audit/exports')), refetchInterval: (query) => (query.state.data?.items?.some((one) => one.state === 'running') ? 1000 : false) })
  const take = useMutation({
    mutationFn: (format: 'csv' | 'xlsx' | 'parquet') => must(api.POST('/api/v1/audit/exports', { body: { sql, format, ...(at ? { snapshot: at } : {}), ...(personal ? { personal } : {}) } })),
    onSuccess: () => void taken.refetch(),
  })
  const list = snapshots.data?.items ?? []
  const put = (text: string) => {
    const area = box.current
    const [start, end] = [area?.selectionStart ?? sql.length, area?.selectionEnd ?? sql.length]
    setSQL(sql.slice(0, start) + text + sql.slice(end))
    area?.focus()
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && sql.trim() !== '' && list.length > 0) {
      event.preventDefault()
      asked.mutate()
    }
  }
  const kept = questions.data?.items ?? []
  const name = (q: Question) => (q.words ? both(q.words) : q.shared && !q.mine ? `${q.name}（${q.by}）` : (q.name ?? ''))
  if (snapshots.error) return <Trouble error={snapshots.error} retry={() => void snapshots.refetch()} />
  return (
    <div className="audit-ask">
      <div className="audit-ask-main">
        <div className="audit-asked">
          <Select
            aria-label={say('questions')} placeholder={say('questions')} showSearch={{ optionFilterProp: 'label' }} value={from?.id ?? null} className="audit-questions"
            options={kept.map((q) => ({ value: q.id, label: name(q) }))}
            onChange={(key: string | null) => { const q = kept.find((one) => one.id === key); if (q) { setFrom(q); setSQL(q.sql) } }}
          />
          <Button onClick={() => setKeeping(true)} disabled={sql.trim() === ''}>{say('keep')}</Button>
          {from?.mine ? <Drop question={from} done={() => setFrom(undefined)} /> : null}
        </div>
        <label htmlFor={id}>{say('sql')}</label>
        <Input.TextArea id={id} ref={(area) => { box.current = area?.resizableTextArea?.textArea ?? null }} className="audit-sql" autoSize={{ minRows: 6, maxRows: 24 }} spellCheck={false} autoCapitalize="none" value={sql} onChange={(event) => setSQL(event.target.value)} onKeyDown={keys} aria-describedby={`${id}says`} />
        <p id={`${id}says`} className="audit-quiet">{say('sqlSays', { within: snapshots.data?.within ?? 0, rows: count(snapshots.data?.rows ?? 0) })}</p>
        <div className="audit-asked">
          <Button type="primary" onClick={() => asked.mutate()} loading={asked.isPending} disabled={sql.trim() === '' || list.length === 0}>{say('run')}</Button>
          <Dropdown trigger={['click']} disabled={sql.trim() === '' || list.length === 0} menu={{ items: formats.map((f) => ({ key: f, label: say(f) })), onClick: ({ key }) => take.mutate(key as 'csv') }}>
            <Button icon={<DownloadOutlined />} loading={take.isPending}>{say('takeOut')}</Button>
          </Dropdown>
          <Checkbox checked={personal} onChange={(event) => setPersonal(event.target.checked)}>{say('personal')}</Checkbox>
          <Select
            aria-label={say('snapshot')} placeholder={say('noSnapshot')} value={at ?? list[0]?.id ?? null} onChange={(key: string | null) => setAt(key ?? undefined)} className="audit-snapshot"
            options={list.map((s) => ({ value: s.id, label: say('asOf', { at: moment(s.at), n: count(s.dockets), position: count(s.position) }) }))}
          />
          <Button onClick={() => begin.mutate()} loading={begin.isPending || (snapshots.data?.making ?? false)}>{say('take')}</Button>
        </div>
        {list.length === 0 && !snapshots.data?.making ? <Alert type="info" showIcon title={say('noSnapshotSays')} /> : null}
        {snapshots.data?.failed ? <Alert type="error" showIcon title={half(snapshots.data.failed, lang())} /> : null}
        {take.error ? <Wrong error={take.error} /> : null}
        {(taken.data?.items ?? []).length > 0 ? <Taken list={taken.data?.items ?? []} /> : null}
        <div aria-live="polite">{asked.error ? <Wrong error={asked.error} /> : asked.data ? <Shown answer={asked.data} /> : null}</div>
      </div>
      <Tables put={put} />
      {keeping ? <Keep sql={sql} from={from?.mine ? from : undefined} shut={() => setKeeping(false)} done={setFrom} /> : null}
    </div>
  )
}

/** What was taken out and can be fetched still. */
function Taken({ list }: { list: Of<'Taken'>[] }) {
  const say = audit.useWords()
  return (
    <details className="audit-taken" open>
      <summary>{say('taken', { n: list.length })}</summary>
      <ul aria-live="polite">
        {list.map((one) => (
          <li key={one.id}>
            <span className="number">{moment(one.asked.at)}</span> {say(one.format)} <code>{(one.asked.sql ?? '').slice(0, 60)}</code>{' '}
            {one.state === 'done' ? <><a href={`/api/v1/audit/exports/${one.id}/file`} download>{say('fetch', { rows: count(one.rows) })}</a> <small title={one.sha256}>SHA-256 {(one.sha256 ?? '').slice(0, 12)}…</small></> : one.state === 'failed' ? <span className="audit-failed">{half(one.error ?? '', lang())}</span> : say('making')}
          </li>
        ))}
      </ul>
      <p className="audit-quiet">{say('takenSays')}</p>
    </details>
  )
}

/** What is wrong with a question, in its own words; else what went wrong. */
function Wrong({ error }: { error: unknown }) {
  const said = error instanceof Refused ? error.problem.errors?.[0]?.message : undefined
  return said ? <Alert type="error" showIcon title={half(said, lang())} /> : <Trouble error={error} />
}

function Shown({ answer }: { answer: Answer }) {
  const say = audit.useWords()
  const names = answer.columns ?? []
  const rows = (answer.rows ?? []).map((values, at) => ({ at, values: values as unknown[] }))
  return (
    <>
      <p className="audit-quiet">{say(answer.more ? 'rowsMore' : 'rows', { n: count(rows.length), ms: count(answer.millis), position: count(answer.snapshot.position) })} {say('logged', { id: answer.asked.id.slice(0, 8) })}</p>
      <Table
        size="small" dataSource={rows} rowKey="at" scroll={{ x: 'max-content' }} pagination={rows.length > 100 ? { pageSize: 100, showSizeChanger: false } : false}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('noRows')} /> }}
        columns={names.map((name, i) => ({
          title: name, key: `${i} ${name}`, align: rows.length > 0 && rows.every((r) => typeof r.values[i] === 'number' || r.values[i] === null) ? 'right' as const : 'left' as const,
          render: (_: unknown, row: { values: unknown[] }) => {
            const text = cell(row.values[i])
            if (row.values[i] === null) return <span className="audit-quiet">NULL</span>
            return (name === 'docket' || name === 'id') && text !== '' ? <Link to="/audit/dockets/$id" params={{ id: text }}>{text}</Link> : <span className="audit-cell">{text}</span>
          },
        }))}
      />
    </>
  )
}

/** The documented tables; a name pressed goes into the question. */
function Tables({ put }: { put: (text: string) => void }) {
  const say = audit.useWords()
  const tables = useQuery({ queryKey: ['audit', 'tables'], queryFn: () => must(api.GET('/api/v1/audit/tables')), staleTime: Number.POSITIVE_INFINITY })
  const all = tables.data ? [...(tables.data.items ?? []), tables.data.personal] : []
  return (
    <aside className="audit-tables" aria-label={say('tables')}>
      <h2>{say('tables')}</h2>
      {all.map((table) => (
        <details key={table.name}>
          <summary><code>{table.name}</code> <small>{both(table.words)}</small></summary>
          <Button size="small" onClick={() => put(table.name)}>{say('put', { name: table.name })}</Button>
          <ul>{(table.columns ?? []).map((c) => <li key={c.name}><button type="button" onClick={() => put(c.name)}><code>{c.name}</code></button> <small>{both(c)}</small></li>)}</ul>
        </details>
      ))}
    </aside>
  )
}

function Keep({ sql, from, shut, done }: { sql: string; from: Question | undefined; shut: () => void; done: (q: Question) => void }) {
  const say = audit.useWords()
  const id = useId()
  const queries = useQueryClient()
  const [name, setName] = useState(from?.name ?? '')
  const [shared, setShared] = useState(from?.shared ?? false)
  const keep = useMutation({
    mutationFn: () => {
      const body = { name, sql, shared }
      return must(from ? api.PUT('/api/v1/audit/questions/{id}', { params: { path: { id: from.id } }, body }) : api.POST('/api/v1/audit/questions', { body }))
    },
    onSuccess: (q) => { void queries.invalidateQueries({ queryKey: ['audit', 'questions'] }); done(q); shut() },
  })
  return (
    <Modal open title={say('keep')} onCancel={shut} okText={say('keep')} onOk={() => keep.mutate()} okButtonProps={{ disabled: name.trim() === '', loading: keep.isPending }}>
      <label htmlFor={id}>{say('name')}</label>
      <Input id={id} autoFocus maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
      <p><Checkbox checked={shared} onChange={(event) => setShared(event.target.checked)}>{say('shared')}</Checkbox></p>
      {keep.error ? <Wrong error={keep.error} /> : null}
    </Modal>
  )
}

function Drop({ question, done }: { question: Question; done: () => void }) {
  const say = audit.useWords()
  const { modal } = App.useApp()
  const queries = useQueryClient()
  const drop = useMutation({
    mutationFn: () => must(api.DELETE('/api/v1/audit/questions/{id}', { params: { path: { id: question.id } } })),
    onSuccess: () => { void queries.invalidateQueries({ queryKey: ['audit', 'questions'] }); done() },
  })
  return <Button danger loading={drop.isPending} onClick={() => void modal.confirm({ title: say('dropSure', { name: question.name ?? '' }), okText: say('drop'), onOk: () => drop.mutateAsync() })}>{say('drop')}</Button>
}
