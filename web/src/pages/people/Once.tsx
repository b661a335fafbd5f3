import { Alert, App, Button, Modal } from 'antd'
import type { Of } from '@/api/client'
import { people } from '@/words/people'

/** A password that is shown this once. */
export function Once({ title, made, shut }: { title: string; made: Of<'NewPerson'>; shut: () => void }) {
  const say = people.useWords()
  const { message } = App.useApp()
  const copy = async () => {
    await navigator.clipboard.writeText(made.password)
    void message.success(say('copied'))
  }
  return (
    <Modal open title={title} onCancel={shut} mask={{ closable: false }} footer={<Button type="primary" onClick={shut}>{say('done')}</Button>}>
      <dl className="people-once">
        <dt>{say('name')}</dt><dd>{made.person.name}</dd>
        <dt>{say('username')}</dt><dd><code>{made.person.username}</code></dd>
        <dt>{say('password')}</dt><dd><code>{made.password}</code> <Button size="small" onClick={() => void copy()}>{say('copy')}</Button></dd>
      </dl>
      <Alert type="warning" showIcon title={say('passwordOnce')} />
    </Modal>
  )
}
