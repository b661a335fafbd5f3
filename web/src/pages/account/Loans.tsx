import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, DatePicker, Input, Modal } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { api, must, type Of } from '@/api/client'
import { day } from '@/format/time'
import { Post } from '@/parts/Post'
import { ask } from '@/session/session'
import { account } from '@/words/account'
import { said } from './said'

/** Lending the present post over a holiday, and what is lent. */
export function Loans({ now }: { now: Of<'Post'> | undefined }) {
  const say = account.useWords()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [lending, setLending] = useState(false)
  const list = useQuery({ queryKey: ['loans'], queryFn: () => must(api.GET('/api/v1/account/loans')) })
  const back = useMutation({
    mutationFn: (id: string) => must(api.DELETE('/api/v1/account/loans/{id}', { params: { path: { id } } })),
    onSuccess: () => { void queries.invalidateQueries({ queryKey: ['loans'] }); void ask() },
    onError: (error) => void message.error(said(error)),
  })
  const lasting = (list.data?.items ?? []).filter((loan) => !loan.post.withdrawn && Date.parse(loan.post.until ?? '') > Date.now())
  return (
    <div>
      <p>{say('lendSays')}</p>
      <ul className="account-posts">
        {lasting.map((loan) => (
          <li key={loan.post.id}>
            <span>
              <Post post={{ ...loan.post, lent: undefined }} />
              <small className="account-quiet">{say('lentTo', { name: loan.name, username: loan.username, from: day(loan.post.from), until: day(loan.post.until) })}</small>
            </span>
            <Button size="small" danger loading={back.isPending && back.variables === loan.post.id} onClick={() => back.mutate(loan.post.id)}>{say('takeBack')}</Button>
          </li>
        ))}
      </ul>
      {now?.lent ? <Button danger loading={back.isPending} onClick={() => back.mutate(now.id)}>{say('giveBack')}</Button> : <Button disabled={!now} onClick={() => setLending(true)}>{say('lend')}</Button>}
      {lending && now ? <Lend post={now} shut={() => setLending(false)} /> : null}
    </div>
  )
}

function Lend({ post, shut }: { post: Of<'Post'>; shut: () => void }) {
  const say = account.useWords()
  const queries = useQueryClient()
  const [username, setUsername] = useState('')
  const [from, setFrom] = useState<Dayjs | null>(null)
  const [until, setUntil] = useState<Dayjs | null>(null)
  const lend = useMutation({
    mutationFn: () => must(api.POST('/api/v1/account/loans', {
      body: {
        username,
        ...(from ? { from: `${from.format('YYYY-MM-DD')}T00:00:00+08:00` } : {}),
        // The last day counts whole, by the law's clock.
        until: `${until?.add(1, 'day').format('YYYY-MM-DD')}T00:00:00+08:00`,
      },
    })),
    onSuccess: () => { void queries.invalidateQueries({ queryKey: ['loans'] }); shut() },
  })
  return (
    <Modal open title={say('lend')} onCancel={shut} footer={null} mask={{ closable: false }}>
      <form className="account-form" onSubmit={(event) => { event.preventDefault(); if (until) lend.mutate() }}>
        <Post post={post} />
        <label htmlFor="lend-to">{say('lendTo')}</label>
        <Input id="lend-to" required autoFocus autoComplete="off" autoCapitalize="none" spellCheck={false} value={username} onChange={(event) => setUsername(event.target.value)} />
        <label htmlFor="lend-from">{say('lendFrom')}</label>
        <DatePicker id="lend-from" value={from} onChange={(value) => setFrom(value)} />
        <label htmlFor="lend-until">{say('lendUntil')}</label>
        <DatePicker id="lend-until" value={until} onChange={(value) => setUntil(value)} />
        <div className="account-wrong" role="alert">{lend.error ? said(lend.error) : ''}</div>
        <Button type="primary" htmlType="submit" loading={lend.isPending} disabled={!until || username === ''}>{say('lend')}</Button>
      </form>
    </Modal>
  )
}
