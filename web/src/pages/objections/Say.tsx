import { Alert, DatePicker, Form, Input, Modal, Radio, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { said } from '@/pages/account/said'
import { objections } from '@/words/objections'
import type { Act, Saying } from './data'

type Filled = { lot?: string; against?: NonNullable<Saying['against']>; day?: Dayjs; paused?: Dayjs | null; resumed?: Dayjs | null; objector?: string; outcome?: NonNullable<Saying['outcome']>; text: string }
type Lot = { code: string; name?: string }

const day = (d: Dayjs) => d.format('YYYY-MM-DD')

/** What is said with one act about an objection. Lots are given where it begins one. */
export function Say({ kind, lots, busy, trouble, close, send }: { kind: Act; lots?: Lot[]; busy: boolean; trouble: unknown; close: () => void; send: (body: Saying) => void }) {
  const say = objections.useWords()
  const [form] = Form.useForm<Filled>()
  const must = [{ required: true, message: say('required') }]
  const fill = (f: Filled) =>
    send({
      act: kind, text: f.text,
      ...(f.lot ? { lot: f.lot } : {}), ...(f.against ? { against: f.against } : {}), ...(f.day ? { day: day(f.day) } : {}), ...(f.paused ? { paused: day(f.paused) } : {}), ...(f.resumed ? { resumed: day(f.resumed) } : {}),
      ...(f.objector ? { objector: f.objector } : {}), ...(f.outcome ? { outcome: f.outcome } : {}),
    })
  return (
    <Modal open title={say(`act.${kind}`)} okText={say(`act.${kind}`)} cancelText={say('cancel')} confirmLoading={busy} onCancel={close} onOk={() => form.submit()} destroyOnHidden>
      <Form<Filled> form={form} layout="vertical" onFinish={fill}>
        {lots ? (
          <Form.Item name="lot" label={say('lot')}>
            <Select allowClear placeholder={say('wholeDocket')} options={lots.map((l) => ({ value: l.code, label: l.name || l.code }))} />
          </Form.Item>
        ) : null}
        {kind === 'receive' ? (
          <>
            <Form.Item name="against" label={say('against')} rules={must}>
              <Select options={(['documents', 'opening', 'candidates', 'other'] as const).map((value) => ({ value, label: say(`against.${value}`) }))} />
            </Form.Item>
            <Form.Item name="day" label={say('came')} rules={must}><DatePicker style={{ width: '100%' }} /></Form.Item>
            <Form.Item name="objector" label={say('objector')} extra={say('objectorHint')}><Input maxLength={100} /></Form.Item>
          </>
        ) : null}
        {kind === 'reply' ? (
          <>
            <Form.Item name="day" label={say('answered')} rules={must}><DatePicker style={{ width: '100%' }} /></Form.Item>
            <Form.Item name="outcome" label={say('outcome')} rules={must}>
              <Radio.Group options={(['upheld', 'partly', 'rejected'] as const).map((value) => ({ value, label: say(`outcome.${value}`) }))} />
            </Form.Item>
          </>
        ) : null}
        {kind === 'receive' || kind === 'reply' ? <Form.Item name="paused" label={say('paused')} extra={say('pausedHint')}><DatePicker style={{ width: '100%' }} /></Form.Item> : null}
        {kind === 'reply' ? <Form.Item name="resumed" label={say('resumed')}><DatePicker style={{ width: '100%' }} /></Form.Item> : null}
        <Form.Item name="text" label={say(kind === 'receive' ? 'text' : kind === 'reply' ? 'reply' : 'say')} rules={[{ required: true, whitespace: true, message: say('required') }]}>
          <Input.TextArea rows={5} maxLength={8000} showCount />
        </Form.Item>
        {trouble ? <Alert type="error" showIcon title={said(trouble)} /> : null}
      </Form>
    </Modal>
  )
}
