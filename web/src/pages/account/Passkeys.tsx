import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Input, Modal, Tag } from 'antd'
import { useState } from 'react'
import { api, must, Refused } from '@/api/client'
import { ago, day } from '@/format/time'
import { able, add } from '@/session/passkey'
import { ask, useSession } from '@/session/session'
import { account } from '@/words/account'
import { said } from './said'

/** The person's passkeys: making one on this device, taking one away. */
export function Passkeys() {
  const say = account.useWords()
  const { me } = useSession()
  const queries = useQueryClient()
  const [making, setMaking] = useState(false)
  const [label, setLabel] = useState('')
  const list = useQuery({ queryKey: ['passkeys'], queryFn: () => must(api.GET('/api/v1/account/passkeys')) })
  const after = () => {
    void queries.invalidateQueries({ queryKey: ['passkeys'] })
    void ask()
  }
  const make = useMutation({ mutationFn: () => add(label), onSuccess: () => { setMaking(false); setLabel(''); after() } })
  const drop = useMutation({ mutationFn: (id: string) => must(api.DELETE('/api/v1/account/passkeys/{id}', { params: { path: { id } } })), onSuccess: after })
  const possible = me?.ways.passkey && able()
  const told = (error: unknown) => (error instanceof Refused ? said(error) : error ? say('passkeyDeclined') : '')
  return (
    <div>
      <p>{say(possible ? 'passkeySays' : 'passkeyNot')}</p>
      <ul className="account-posts">
        {(list.data?.items ?? []).map((one) => (
          <li key={one.id}>
            <span>
              <span className="account-key">{one.label} {one.synced ? <Tag>{say('passkeySynced')}</Tag> : null}</span>
              <small className="account-quiet">{say('passkeyMade', { day: day(one.created) })}{one.used ? ` · ${say('passkeyUsed', { ago: ago(one.used) })}` : ''}</small>
            </span>
            <Button size="small" danger loading={drop.isPending && drop.variables === one.id} onClick={() => drop.mutate(one.id)}>{say('passkeyDrop')}</Button>
          </li>
        ))}
      </ul>
      <div className="account-wrong" role="alert">{told(drop.error)}</div>
      <Button disabled={!possible} onClick={() => { make.reset(); setMaking(true) }}>{say('passkeyMake')}</Button>
      <Modal open={making} title={say('passkeyMake')} onCancel={() => setMaking(false)} footer={null} mask={{ closable: false }} destroyOnHidden>
        <form className="account-form" onSubmit={(event) => { event.preventDefault(); make.mutate() }}>
          <label htmlFor="passkey-label">{say('passkeyLabel')}</label>
          <Input id="passkey-label" autoFocus required maxLength={60} placeholder={say('passkeyLabelSays')} value={label} onChange={(event) => setLabel(event.target.value)} />
          <div className="account-wrong" role="alert">{told(make.error)}</div>
          <Button type="primary" htmlType="submit" loading={make.isPending}>{say('next')}</Button>
        </form>
      </Modal>
    </div>
  )
}
