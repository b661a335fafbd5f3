import { AutoComplete, Button, Form, Input, Modal } from 'antd'
import type { Of } from '@/api/client'
import { warnings } from '@/words/warnings'

/** What is being asked of the person: the reason, to whom, a comment. */
export type Asking = 'dismiss' | 'confirm' | 'assign' | 'comment' | undefined

type Props = {
  asking: 'dismiss' | 'confirm' | 'assign' | 'comment'
  busy: boolean
  assigned: string
  offices: string[]
  reasons: string[]
  close: () => void
  act: (body: Omit<Of<'ActBody'>, 'digest'>) => void
}

/** Asks for what an act needs before it is done. */
export function ActDialog({ asking, busy, assigned, offices, reasons, close, act }: Props) {
  const say = warnings.useWords()
  const [form] = Form.useForm<{ text?: string; to?: string }>()
  const titles = { dismiss: say('dismissTitle'), confirm: say('confirmTitle'), assign: say('assignTitle'), comment: say('commentTitle') }
  return (
    <Modal
      open
      title={titles[asking]}
      okText={say(asking)}
      confirmLoading={busy}
      onCancel={close}
      onOk={() => form.submit()}
      destroyOnHidden
      afterOpenChange={(open) => {
        if (open) document.querySelector<HTMLElement>('.act-first textarea, .act-first input, textarea.act-first')?.focus()
      }}
    >
      <Form form={form} layout="vertical" initialValues={{ to: assigned }} onFinish={({ text, to }) => act({ act: asking, ...(asking === 'assign' ? { to: to ?? '' } : { text: text ?? '' }) })}>
        {asking === 'dismiss' ? <p>{say('dismissSays')}</p> : asking === 'confirm' ? <p>{say('confirmSays')}</p> : null}
        {asking === 'assign' ? (
          <Form.Item name="to" label={say('assignTo')} extra={say('assignEmpty')}>
            <AutoComplete className="act-first" maxLength={100} options={offices.map((office) => ({ value: office }))} />
          </Form.Item>
        ) : (
          <Form.Item name="text" label={asking === 'dismiss' ? say('reason') : asking === 'confirm' ? say('confirmText') : say('commentText')} rules={[{ required: true, whitespace: true, message: say('reasonMissing') }]}>
            <Input.TextArea className="act-first" rows={4} maxLength={2000} showCount />
          </Form.Item>
        )}
        {asking === 'dismiss' && reasons.length > 0 ? (
          <div className="act-reasons">
            <span>{say('reasonOf')}</span>
            {reasons.map((reason) => <Button key={reason} size="small" onClick={() => form.setFieldValue('text', reason)}>{reason}</Button>)}
          </div>
        ) : null}
      </Form>
    </Modal>
  )
}
