import { Alert, Button, Form, Input, Modal, Radio, Tag, Timeline } from 'antd'
import { useState } from 'react'
import { said } from '@/pages/account/said'
import { moment } from '@/format/time'
import { To } from '@/parts/To'
import { complaints } from '@/words/complaints'
import { both } from '@/words/words'
import { type Act, type Complaint, useAct } from './data'
import './complaints.css'

const bare: readonly Act[] = ['accept', 'resume']
const heavy: readonly Act[] = ['decline', 'suspend', 'decide', 'retract']
const tone = { met: 'success', 'not-met': 'error', unknown: 'default' } as const

/** One complaint: where it stands, what is due, what its reader may do, and what only those whom it concerns see. */
export function One({ of, docket = true }: { of: Complaint; docket?: boolean }) {
  const say = complaints.useWords()
  const [asking, setAsking] = useState<Act>()
  const act = useAct(of)
  const inner = of.inner
  const Sub = docket ? 'h2' : 'h3' // below the page's title, or below the part of a docket
  return (
    <article className="complaint" aria-label={`${say('title')} ${of.id}`}>
      <header>
        <strong>{say(`against.${of.against}`)}</strong>
        <Tag color={of.state === 'decided' || of.state === 'retracted' ? 'default' : 'processing'}>{say(`state.${of.state}`)}</Tag>
        {of.outcome ? <Tag color="warning">{say(`outcome.${of.outcome}`)}</Tag> : null}
        {of.suspended ? <Tag color="error">{say('act.suspend')}</Tag> : null}
        {of.due ? <span className={of.due.late ? 'complaint-late' : ''}>{say(`due.${of.due.what}`, { day: of.due.last })}{of.due.late ? ` · ${say('late')}` : ''}{of.due.unverified ? ` · ${say('unverified')}` : ''}{of.due.provisional ? ` · ${say('provisional')}` : ''} <small>{of.due.article}</small></span> : null}
      </header>
      <dl>
        {docket ? <><dt>{say('docket')}</dt><dd><To address={`/dockets/${of.docket}#complaints`}>{of.title || of.docket}</To></dd></> : null}
        <dt>{say('lot')}</dt><dd>{of.lot ?? say('wholeDocket')}</dd>
        <dt>{say('at')}</dt><dd className="number">{moment(of.lodged)}</dd>
        {inner ? (
          <>
            <dt>{say('by')}</dt><dd>{inner.org_name} <code>{inner.org}</code></dd>
            <dt>{say('known')}</dt><dd className="number">{inner.known}</dd>
            <dt>{say('objected')}</dt><dd className="number">{inner.objected ?? '—'}</dd>
            <dt>{say('claim')}</dt><dd className="complaint-text">{inner.claim}</dd>
          </>
        ) : null}
        {of.decision ? <><dt>{say('decision')}</dt><dd className="complaint-text">{of.decision}{of.by ? <small> — {of.by}{of.ended ? `，${moment(of.ended)}` : ''}</small> : null}</dd></> : null}
      </dl>
      {inner?.grounds?.length ? (
        <section aria-label={say('grounds')}>
          <Sub>{say('grounds')}</Sub>
          <ul className="complaint-grounds">
            {inner.grounds.map((g) => <li key={g.id}><Tag color={tone[g.result]}>{say(`result.${g.result}`)}</Tag> {both(g.words)} <small>{g.article}{g.unverified ? ` · ${say('unverified')}` : ''}</small></li>)}
          </ul>
        </section>
      ) : null}
      {inner && (inner.history ?? []).length > 1 ? (
        <section aria-label={say('history')}>
          <Sub>{say('history')}</Sub>
          <Timeline items={(inner.history ?? []).map((a) => ({ key: a.id, content: <><span className="number">{moment(a.at)}</span> {say(`act.${a.act as Act | 'lodge'}`)} <small>{[a.name, a.office].filter(Boolean).join('，')}</small>{a.act !== 'lodge' && a.text ? <div className="complaint-text">{a.text}</div> : null}</> }))} />
        </section>
      ) : null}
      {of.may?.length ? (
        <footer className="no-print">
          {(of.may as Act[]).map((kind) => (
            <Button key={kind} danger={heavy.includes(kind) && kind !== 'decide'} type={kind === 'accept' || kind === 'decide' || kind === 'supplement' ? 'primary' : 'default'} loading={act.isPending && bare.includes(kind)} onClick={() => (bare.includes(kind) ? act.mutate({ act: kind }) : setAsking(kind))}>{say(`act.${kind}`)}</Button>
          ))}
        </footer>
      ) : null}
      {act.error ? <Alert type="error" showIcon title={said(act.error)} /> : null}
      {asking ? <Ask kind={asking} busy={act.isPending} close={() => setAsking(undefined)} act={(body) => act.mutate({ act: asking, ...body }, { onSettled: () => setAsking(undefined) })} /> : null}
    </article>
  )
}

type Said = { text: string; outcome?: 'upheld' | 'partly' | 'rejected' }

function Ask({ kind, busy, close, act }: { kind: Act; busy: boolean; close: () => void; act: (body: Said) => void }) {
  const say = complaints.useWords()
  const [form] = Form.useForm<Said>()
  return (
    <Modal open title={say(`act.${kind}`)} okText={say(`act.${kind}`)} cancelText={say('cancel')} confirmLoading={busy} onCancel={close} onOk={() => form.submit()} destroyOnHidden>
      <Form form={form} layout="vertical" onFinish={act}>
        {kind === 'decide' ? (
          <Form.Item name="outcome" label={say('outcome')} rules={[{ required: true, message: say('required') }]}>
            <Radio.Group options={(['upheld', 'partly', 'rejected'] as const).map((value) => ({ value, label: say(`outcome.${value}`) }))} />
          </Form.Item>
        ) : null}
        <Form.Item name="text" label={say(kind === 'decide' ? 'decisionText' : 'text')} rules={[{ required: true, whitespace: true, message: say('required') }]}>
          <Input.TextArea rows={5} maxLength={8000} showCount />
        </Form.Item>
      </Form>
    </Modal>
  )
}
