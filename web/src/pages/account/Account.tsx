import { App, Button, Card, Input, Popconfirm, Skeleton, Table, Tag } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, must, type Of, Refused } from '@/api/client'
import { ago, moment } from '@/format/time'
import { Page } from '@/parts/Page'
import { Post } from '@/parts/Post'
import { Trouble } from '@/parts/Trouble'
import { another } from '@/session/Person'
import { ask, useSession } from '@/session/session'
import { account } from '@/words/account'
import { device } from './device'
import { Factor } from './Factor'
import { Loans } from './Loans'
import { Passkeys } from './Passkeys'
import { said } from './said'
import './account.css'

/** The person's own: posts, password, second factor, sessions. */
export default function Account() {
  const say = account.useWords()
  const { me } = useSession()
  if (!me?.person) return null
  return (
    <Page title={say('title')}>
      <div className="account">
        <div className="account-column">
          <Card title={<h2>{say('me')}</h2>} size="small">
            <p>{say('meSays')}</p>
            <Posts posts={me.posts ?? []} now={me.post?.id} />
          </Card>
          <Card title={<h2>{say('loans')}</h2>} size="small"><Loans now={me.post} /></Card>
          <Card title={<h2>{say('passkeys')}</h2>} size="small"><Passkeys /></Card>
          <Card title={<h2>{say('factor')}</h2>} size="small"><Factor on={me.factor?.totp ?? false} left={me.factor?.recovery ?? 0} /></Card>
        </div>
        <Card title={<h2>{say('password')}</h2>} size="small"><Password /></Card>
        <Sessions />
      </div>
    </Page>
  )
}

function Posts({ posts, now }: { posts: Of<'Post'>[]; now: string | undefined }) {
  const say = account.useWords()
  return (
    <ul className="account-posts">
      {posts.map((post) => (
        <li key={post.id}>
          <Post post={post} />
          {post.id === now ? <Tag>{say('now')}</Tag> : <Button size="small" onClick={() => void another(post.id)}>{say('switch')}</Button>}
        </li>
      ))}
    </ul>
  )
}

function Password() {
  const say = account.useWords()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [old, setOld] = useState('')
  const [fresh, setFresh] = useState('')
  const [again, setAgain] = useState('')
  const change = useMutation({
    mutationFn: () => must(api.PUT('/api/v1/account/password', { body: { old, new: fresh } })),
    onSuccess: () => {
      setOld('')
      setFresh('')
      setAgain('')
      void message.success(say('saved'))
      void queries.invalidateQueries({ queryKey: ['sessions'] })
    },
  })
  const differ = again !== '' && again !== fresh
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (fresh === again) change.mutate()
  }
  return (
    <form onSubmit={send} className="account-form">
      <p>{say('passwordSays')}</p>
      <label htmlFor="old">{say('old')}</label>
      <Input.Password id="old" autoComplete="current-password" required value={old} onChange={(event) => setOld(event.target.value)} />
      <label htmlFor="fresh">{say('fresh')}</label>
      <Input.Password id="fresh" autoComplete="new-password" required minLength={10} value={fresh} onChange={(event) => setFresh(event.target.value)} />
      <label htmlFor="again">{say('again')}</label>
      <Input.Password id="again" autoComplete="new-password" required status={differ ? 'error' : ''} aria-invalid={differ} value={again} onChange={(event) => setAgain(event.target.value)} />
      <div className="account-wrong" role="alert">{differ ? say('differ') : change.error ? said(change.error) : ''}</div>
      <Button type="primary" htmlType="submit" loading={change.isPending} disabled={old === '' || fresh === '' || fresh !== again}>{say('save')}</Button>
    </form>
  )
}

function Sessions() {
  const say = account.useWords()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const list = useQuery({ queryKey: ['sessions'], queryFn: () => must(api.GET('/api/v1/sessions')) })
  const end = useMutation({
    mutationFn: async (which: string) => {
      if (which === 'all' || which === 'others') await must(api.DELETE('/api/v1/sessions', { params: { query: { others: which === 'others' } } }))
      else await must(api.DELETE('/api/v1/sessions/{id}', { params: { path: { id: which } } }))
    },
    onSuccess: () => {
      void message.success(say('ended'))
      void queries.invalidateQueries({ queryKey: ['sessions'] })
      void ask()
    },
    onError: (error) => { if (!(error instanceof Refused && error.status === 401)) void message.error(said(error)) },
  })
  const items = list.data?.items ?? []
  return (
    <Card
      className="account-wide"
      size="small"
      title={<h2>{say('sessions')}</h2>}
    >
      <div className="account-do">
        <p>{say('sessionsSays')}</p>
        <span className="account-extra">
          <Button size="small" disabled={items.length < 2} onClick={() => end.mutate('others')}>{say('endOthers')}</Button>
          <Popconfirm title={say('endAllSure')} okText={say('endAll')} cancelText={say('cancel')} onConfirm={() => end.mutate('all')}>
            <Button size="small" danger>{say('endAll')}</Button>
          </Popconfirm>
        </span>
      </div>
      {list.error ? <Trouble error={list.error} retry={() => void list.refetch()} /> : list.isPending ? <Skeleton active /> : (
        <Table
          size="small"
          rowKey="id"
          pagination={false}
          dataSource={items}
          columns={[
            { title: say('where'), key: 'where', render: (_, one) => <span title={one.agent}>{device(one.agent)} {one.this ? <Tag>{say('this')}</Tag> : null}</span> },
            { title: say('address'), dataIndex: 'ip', responsive: ['md'], render: (ip: string) => <code>{ip}</code> },
            { title: say('post'), key: 'post', responsive: ['sm'], render: (_, one) => one.post?.title ?? <span className="account-quiet">{say('pending')}</span> },
            { title: say('began'), dataIndex: 'created', responsive: ['md'], render: (at: string) => <span className="number">{moment(at)}</span> },
            { title: say('seen'), dataIndex: 'seen', render: (at: string) => <span title={moment(at, true)}>{ago(at)}</span> },
            { title: <span className="unseen">{say('end')}</span>, key: 'end', render: (_, one) => (one.this ? null : <Button size="small" onClick={() => end.mutate(one.id)}>{say('end')}</Button>) },
          ]}
        />
      )}
    </Card>
  )
}
