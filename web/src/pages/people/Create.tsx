import { Alert, Button, Input, Modal } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must, type Of } from '@/api/client'
import { said } from '@/pages/account/said'
import { people } from '@/words/people'
import { Once } from './Once'

/** A new account: who it is for; then the password, this once. */
export function Create({ shut, made }: { shut: () => void; made: (person: Of<'Person'>) => void }) {
  const say = people.useWords()
  const queries = useQueryClient()
  const [username, setUsername] = useState('')
  const [name, setName] = useState('')
  const make = useMutation({
    mutationFn: () => must(api.POST('/api/v1/people', { body: { username, name } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['people'] }),
  })
  if (make.data) return <Once title={say('made')} made={make.data} shut={() => made(make.data.person)} />
  return (
    <Modal open title={say('create')} onCancel={shut} footer={null} mask={{ closable: false }}>
      <form className="people-form" onSubmit={(event) => { event.preventDefault(); make.mutate() }}>
        <label htmlFor="new-name">{say('name')}</label>
        <Input id="new-name" autoFocus required maxLength={60} autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />
        <label htmlFor="new-username">{say('username')}</label>
        <Input id="new-username" required maxLength={40} autoComplete="off" autoCapitalize="none" spellCheck={false} aria-describedby="new-username-says" value={username} onChange={(event) => setUsername(event.target.value)} />
        <small id="new-username-says">{say('usernameSays')}</small>
        {make.error ? <Alert type="error" showIcon role="alert" title={said(make.error)} /> : null}
        <div className="people-do"><Button type="primary" htmlType="submit" loading={make.isPending}>{say('make')}</Button><small>{say('recorded')}</small></div>
      </form>
    </Modal>
  )
}
