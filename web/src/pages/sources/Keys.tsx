import { PlusOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Empty, Input, Modal, Select, Table } from 'antd'
import { useId, useState } from 'react'
import { api, must, type Of, Refused } from '@/api/client'
import { ago, day, moment } from '@/format/time'
import { Name } from '@/parts/Name'
import { lang } from '@/words/words'
import { sources as words } from '@/words/sources'

type Detail = Of<'SourceDetail'>

/** The public keys of a system: which hold, until when; one more, one less. */
export function Keys({ data }: { data: Detail }) {
  const say = words.useWords()
  const [adding, setAdding] = useState(false)
  const { modal, message } = App.useApp()
  const queries = useQueryClient()
  const valid = (data.keys ?? []).filter((one) => one.state === 'valid').length
  const end = useMutation({
    mutationFn: (key: string) => must(api.DELETE('/api/v1/sources/{name}/keys/{key}', { params: { path: { name: data.name, key } } })),
    onSuccess: (next) => queries.setQueryData(['source', data.name], next),
    onError: (error) => void message.error(says(error)),
  })
  const ask = (key: Of<'SourceKey'>) => void modal.confirm({
    title: say('endSure', { id: key.id }), content: key.state === 'valid' && valid === 1 ? say('endLast') : null,
    okText: say('endKey'), okButtonProps: { danger: true }, cancelText: say('cancel'), onOk: () => end.mutateAsync(key.id).catch(() => undefined),
  })
  return (
    <>
      {data.may_change ? <div className="source-do"><Button type="primary" icon={<PlusOutlined />} disabled={valid >= 2} onClick={() => setAdding(true)}>{say('addKey')}</Button><span>{say('addSays')}</span></div> : null}
      <Table
        size="small" rowKey="id" pagination={false} dataSource={data.keys ?? []} scroll={{ x: 'max-content' }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('noKeys')} /> }}
        columns={[
          { title: say('keyId'), dataIndex: 'id', render: (id: string) => <code>{id}</code> },
          { title: say('state'), dataIndex: 'state', render: (state: Of<'SourceKey'>['state']) => say(`key.${state}`) },
          { title: say('algorithm'), dataIndex: 'algorithm' },
          { title: say('from'), dataIndex: 'from', render: (at: string) => <span className="number">{moment(at)}</span> },
          { title: say('to'), dataIndex: 'to', render: (at: string | undefined) => (at ? moment(at) : say('noEnd')) },
          { title: say('used'), dataIndex: 'seen', render: (at: string | undefined) => (at ? <span title={moment(at, true)}>{ago(at)}</span> : '—') },
          { title: say('fingerprint'), dataIndex: 'fingerprint', render: (text: string) => <code><Name text={text} length={20} /></code> },
          ...(data.may_change ? [{ title: say('endKey'), key: 'end', render: (_: unknown, one: Of<'SourceKey'>) => (one.state === 'ended' ? day(one.to) : <Button size="small" danger aria-label={`${say('endKey')} ${one.id}`} onClick={() => ask(one)}>{say('endKey')}</Button>) }] : []),
        ]}
      />
      {adding ? <Add name={data.name} shut={() => setAdding(false)} /> : null}
    </>
  )
}

// What the API said is wrong with a field comes in both languages, "English / 中文".
function says(error: unknown): string {
  if (!(error instanceof Refused)) return String(error)
  const said = error.problem.errors?.[0]?.message ?? error.problem.title ?? error.message
  const [en, zh] = said.split(' / ')
  return (lang() === 'zh' && zh ? zh : en) ?? said
}

function Add({ name, shut }: { name: string; shut: () => void }) {
  const say = words.useWords()
  const queries = useQueryClient()
  const [id, setId] = useState('')
  const [algorithm, setAlgorithm] = useState<Of<'SourceKey'>['algorithm']>('ed25519')
  const [pem, setPem] = useState('')
  const [months, setMonths] = useState(12)
  const at = useId()
  const add = useMutation({
    mutationFn: () => {
      const until = new Date()
      until.setMonth(until.getMonth() + months)
      return must(api.POST('/api/v1/sources/{name}/keys', { params: { path: { name } }, body: { id: id.trim(), algorithm, public_pem: pem, until: until.toISOString() } }))
    },
    onSuccess: (next) => {
      queries.setQueryData(['source', name], next)
      shut()
    },
  })
  return (
    <Modal open title={say('addKey')} onCancel={shut} onOk={() => add.mutate()} okText={say('save')} cancelText={say('cancel')} confirmLoading={add.isPending} okButtonProps={{ disabled: !id.trim() || !pem.trim() }}>
      <div className="source-form">
        <label htmlFor={`${at}id`}>{say('keyId')}</label>
        <Input id={`${at}id`} value={id} onChange={(event) => setId(event.target.value)} placeholder={`${name}-2`} aria-describedby={`${at}ids`} autoComplete="off" />
        <small id={`${at}ids`}>{say('idSays')}</small>
        <label htmlFor={`${at}al`}>{say('algorithm')}</label>
        <Select id={`${at}al`} value={algorithm} onChange={setAlgorithm} options={(['ed25519', 'sm2-sm3', 'ecdsa-p256-sha256'] as const).map((value) => ({ value, label: value }))} />
        <label htmlFor={`${at}pem`}>{say('pem')}</label>
        <Input.TextArea id={`${at}pem`} rows={5} value={pem} onChange={(event) => setPem(event.target.value)} aria-describedby={`${at}pems`} style={{ fontFamily: 'monospace' }} />
        <small id={`${at}pems`}>{say('pemSays')}</small>
        <label htmlFor={`${at}un`}>{say('until')}</label>
        <Select id={`${at}un`} value={months} onChange={setMonths} options={([3, 12, 36] as const).map((value) => ({ value, label: say(`until.${value}`) }))} />
        {add.error ? <Alert type="error" showIcon role="alert" title={says(add.error)} /> : null}
      </div>
    </Modal>
  )
}
