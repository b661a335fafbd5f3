import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Form, Input, InputNumber, Modal, Radio, Select } from 'antd'
import { api, must, type Of } from '@/api/client'
import { instructions } from '@/words/instructions'
import { said, term } from './said'

type Body = Of<'GiveBody'>

/** Asks what a trading system is to do, and gives it, or proposes it where two persons are needed. */
export function Give({ docket, page, close }: { docket: string; page: Of<'DocketInstructions'>; close: () => void }) {
  const say = instructions.useWords()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [form] = Form.useForm<Body>()
  const kind = Form.useWatch('kind', form)
  const rules = page.rules ?? []
  const targets = page.targets ?? []
  const lots = page.lots ?? []
  const rule = rules.find((one) => one.kind === kind)
  const give = useMutation({
    mutationFn: (body: Body) => must(api.POST('/api/v1/dockets/{id}/instructions', { params: { path: { id: docket } }, body })),
    onSuccess: (one) => { void message.success(say(one.state === 'proposed' ? 'proposed' : 'given')); void queries.invalidateQueries({ queryKey: ['instructions'] }); close() },
  })
  return (
    <Modal
      open title={say('give')} okText={rule?.persons === 2 ? say('propose') : say('give')} cancelText={say('cancel')} confirmLoading={give.isPending}
      okButtonProps={{ disabled: targets.length === 0 }} onCancel={close} onOk={() => form.submit()} destroyOnHidden
    >
      {targets.length === 0 ? <Alert type="warning" showIcon title={say('noTarget')} /> : null}
      <Form
        form={form} layout="vertical" initialValues={{ kind: 'ask', to: targets[0]?.platform, lot: lots.length === 1 ? lots[0] : '' }}
        onFinish={({ lot, days, ...rest }) => give.mutate({ ...rest, ...(lot ? { lot } : {}), ...(days ? { days } : {}) })}
      >
        <Form.Item name="kind" label={say('kind')}>
          <Radio.Group optionType="button" className="instruction-kinds" options={rules.map((one) => ({ value: one.kind, label: say(`kind.${one.kind}` as 'kind.ask') }))} />
        </Form.Item>
        {rule ? (
          <p className="quiet">
            {say('rule', { acknowledge: term(rule.acknowledge), execute: term(rule.execute) })}{rule.verified ? '' : ` · ${say('unverified')}`}
            <br />{say('article')} {rule.article}
          </p>
        ) : null}
        {rule?.persons === 2 ? <Alert type="info" showIcon title={say('two')} style={{ marginBottom: 12 }} /> : null}
        {targets.length > 1 ? <Form.Item name="to" label={say('to')}><Select options={targets.map((one) => ({ value: one.platform, label: `${one.source} ${one.platform}` }))} /></Form.Item> : <Form.Item name="to" hidden><Input /></Form.Item>}
        <Form.Item name="lot" label={say('lot')}><Select options={[{ value: '', label: say('whole') }, ...lots.map((code) => ({ value: code, label: code }))]} /></Form.Item>
        <Form.Item name="text" label={say('text')} extra={say('textHint')} rules={[{ required: true, whitespace: true, message: say('textMissing') }]}>
          <Input.TextArea autoSize={{ minRows: 3, maxRows: 10 }} maxLength={2000} />
        </Form.Item>
        <Form.Item name="days" label={say('days')}><InputNumber min={1} max={60} precision={0} /></Form.Item>
      </Form>
      {give.error ? <p role="alert" className="instruction-said">{said(give.error)}</p> : null}
    </Modal>
  )
}
