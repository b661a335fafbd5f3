import { UserOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { Button, Dropdown, Grid, type MenuProps } from 'antd'
import { api, must } from '@/api/client'
import { middle } from '@/parts/Name'
import { Post } from '@/parts/Post'
import { posts } from '@/words/posts'
import { signOut, useSession } from './session'

/** another lets the session go on in another post: what the former one saw leaves this window's memory with it. */
export async function another(post: string): Promise<void> {
  await must(api.POST('/api/v1/session/post', { body: { post } }))
  location.assign('/console/')
}

/** Who is signed in and in what post, at the right of the head; opens on the other posts, the account and the way out. */
export function Person() {
  const say = posts.useWords()
  const navigate = useNavigate()
  const wide = Grid.useBreakpoint().md ?? true
  const { me } = useSession()
  if (!me?.person || !me.post) return null
  const others = (me.posts ?? []).filter((post) => post.id !== me.post?.id)
  const items: MenuProps['items'] = [
    { key: 'me', type: 'group', label: <Post post={me.post} /> },
    ...(others.length > 0 ? [{ key: 'switch', type: 'group' as const, label: say('switch'), children: others.map((post) => ({ key: post.id, label: <Post post={post} />, onClick: () => void another(post.id) })) }] : []),
    { type: 'divider' },
    { key: 'account', label: say('account'), onClick: () => void navigate({ to: '/account' }) },
    { key: 'out', label: say('out'), onClick: () => void signOut() },
  ]
  return (
    <Dropdown trigger={['click']} menu={{ items, style: { maxWidth: 340 } }} placement="bottomRight">
      <Button type="text" icon={<UserOutlined />} aria-haspopup="menu" aria-label={say('me', { name: me.person.name, title: me.post.title })}>
        {wide ? <>{me.person.name} <small style={{ color: 'var(--mj-color-text-tertiary)' }}>{middle(me.post.title, 16)}</small></> : null}
      </Button>
    </Dropdown>
  )
}
