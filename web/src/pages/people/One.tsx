import { Alert, App, Button, Drawer, Grid, Popconfirm } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must, type Of } from '@/api/client'
import { day } from '@/format/time'
import { said } from '@/pages/account/said'
import { Post } from '@/parts/Post'
import { useSession } from '@/session/session'
import { people } from '@/words/people'
import { Bindings } from './Bindings'
import { Grant } from './Grant'
import { Once } from './Once'
import { State } from './People'
import { standing } from './roles'

/** One account: its state, its posts, what may be done to it. */
export function One({ person, shut }: { person: Of<'Person'>; shut: () => void }) {
  const say = people.useWords()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const wide = Grid.useBreakpoint().md ?? true
  const { me, role } = useSession()
  const [granting, setGranting] = useState(false)
  const self = me?.person?.id === person.id
  const path = { params: { path: { id: person.id } } }
  const after = { onSuccess: () => { void queries.invalidateQueries({ queryKey: ['people'] }) }, onError: (error: unknown) => void message.error(said(error)) }
  const lock = useMutation({ mutationFn: (locked: boolean) => must(api.PUT('/api/v1/people/{id}/lock', { ...path, body: { locked } })), ...after })
  const reset = useMutation({ mutationFn: () => must(api.POST('/api/v1/people/{id}/reset', path)), ...after })
  const withdraw = useMutation({ mutationFn: (post: string) => must(api.DELETE('/api/v1/people/{id}/posts/{post}', { params: { path: { id: person.id, post } } })), ...after })
  const list = [...(person.posts ?? [])].reverse()
  return (
    <Drawer open onClose={shut} size={wide ? 480 : '100%'} title={say('details', { name: person.name })}>
      <p className="people-head"><code>{person.username}</code> <State person={person} /> <span>{person.renew ? say('renew') : say(person.totp ? 'totp' : 'noTotp')}</span></p>
      {self ? <Alert type="info" showIcon title={say('yours')} /> : (
        <div className="people-do">
          {person.locked || person.barred
            ? <Button onClick={() => lock.mutate(false)} loading={lock.isPending}>{say(person.locked ? 'unlock' : 'lift')}</Button>
            : null}
          {person.locked ? null : (
            <Popconfirm title={say('lockSure')} okText={say('lock')} okButtonProps={{ danger: true }} onConfirm={() => lock.mutate(true)}><Button danger>{say('lock')}</Button></Popconfirm>
          )}
          <Popconfirm title={say('resetSure')} okText={say('reset')} onConfirm={() => reset.mutate()}><Button loading={reset.isPending}>{say('reset')}</Button></Popconfirm>
        </div>
      )}
      <div className="people-posts-head">
        <h2>{say('posts')}</h2>
        {role === 'office' && !self ? <Button type="primary" size="small" onClick={() => setGranting(true)}>{say('grant')}</Button> : null}
      </div>
      {role === 'administrator' ? <p className="people-quiet">{say('adminOnly')}</p> : null}
      {list.length === 0 ? <p className="people-quiet">{say('noPosts')}</p> : null}
      <ul className="people-posts">
        {list.map((post) => {
          const now = standing(post)
          return (
            <li key={post.id} className={now === 'inForce' || now === 'toCome' ? '' : 'past'}>
              <Post post={post} />
              <span className="people-standing">
                <small>{say(now, { day: day(post.withdrawn) })}</small>
                {role === 'office' && !self && (now === 'inForce' || now === 'toCome') ? (
                  <Popconfirm title={say('withdrawSure')} okText={say('withdraw')} okButtonProps={{ danger: true }} onConfirm={() => withdraw.mutate(post.id)}>
                    <Button size="small">{say('withdraw')}</Button>
                  </Popconfirm>
                ) : null}
              </span>
            </li>
          )
        })}
      </ul>
      <Bindings person={person} may={role === 'office' && !self} />
      <p className="people-quiet">{say('recorded')}</p>
      {granting ? <Grant person={person} shut={() => setGranting(false)} /> : null}
      {reset.data ? <Once title={say('resetDone')} made={reset.data} shut={() => reset.reset()} /> : null}
    </Drawer>
  )
}
