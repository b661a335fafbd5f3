import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Input, Modal, Popconfirm, Select } from 'antd'
import { useState } from 'react'
import { api, must, type Of } from '@/api/client'
import { said } from '@/pages/account/said'
import { useSession } from '@/session/session'
import { people } from '@/words/people'

/** By which a person comes in besides: what the office bound to the account. */
export function Bindings({ person, may }: { person: Of<'Person'>; may: boolean }) {
  const say = people.useWords()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [binding, setBinding] = useState(false)
  const list = person.bindings ?? []
  const unbind = useMutation({
    mutationFn: (id: string) => must(api.DELETE('/api/v1/people/{id}/bindings/{binding}', { params: { path: { id: person.id, binding: id } } })),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['people'] }),
    onError: (error) => void message.error(said(error)),
  })
  return (
    <>
      <div className="people-posts-head">
        <h2>{say('bindings')}</h2>
        {may ? <Button size="small" onClick={() => setBinding(true)}>{say('bind')}</Button> : null}
      </div>
      {list.length === 0 ? <p className="people-quiet">{say('noBindings')}</p> : null}
      <ul className="people-bindings">
        {list.map((one) => (
          <li key={one.id}>
            <span style={{ overflowWrap: 'anywhere' }}>{one.label}<br /><small className="people-quiet">{say(`way.${one.kind}` as 'way.oidc')}</small></span>
            {may ? (
              <Popconfirm title={say('unbindSure')} okText={say('unbind')} okButtonProps={{ danger: true }} onConfirm={() => unbind.mutate(one.id)}><Button size="small">{say('unbind')}</Button></Popconfirm>
            ) : null}
          </li>
        ))}
      </ul>
      {binding ? <Bind person={person} shut={() => setBinding(false)} /> : null}
    </>
  )
}

function Bind({ person, shut }: { person: Of<'Person'>; shut: () => void }) {
  const say = people.useWords()
  const queries = useQueryClient()
  const { me } = useSession()
  const ways = me?.ways.sso ?? []
  const [way, setWay] = useState(ways[0]?.id ?? '')
  const [text, setText] = useState('')
  const bind = useMutation({
    mutationFn: () => must(api.POST('/api/v1/people/{id}/bindings', { params: { path: { id: person.id } }, body: way ? { sso: way, subject: text } : { certificate: text } })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['people'] })
      shut()
    },
  })
  return (
    <Modal open title={say('bind')} onCancel={shut} footer={null} mask={{ closable: false }}>
      <form className="people-form" onSubmit={(event) => { event.preventDefault(); bind.mutate() }}>
        <label htmlFor="bind-way">{say('way')}</label>
        <Select id="bind-way" value={way} onChange={(value) => { setWay(value); setText('') }} options={[...ways.map((one) => ({ value: one.id, label: one.name })), { value: '', label: say('way.certificate') }]} />
        <label htmlFor="bind-text">{say(way ? 'subject' : 'certificate')}</label>
        {way ? <Input id="bind-text" required maxLength={255} autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} />
          : <Input.TextArea id="bind-text" required rows={8} className="number" spellCheck={false} placeholder="-----BEGIN CERTIFICATE-----" value={text} onChange={(event) => setText(event.target.value)} />}
        {bind.error ? <Alert type="error" showIcon role="alert" title={said(bind.error)} /> : null}
        <div className="people-do"><Button type="primary" htmlType="submit" loading={bind.isPending}>{say('bind')}</Button><small>{say('recorded')}</small></div>
      </form>
    </Modal>
  )
}
