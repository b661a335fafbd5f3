import { AccountBookOutlined } from '@ant-design/icons'
import { audit } from '@/words/audit'
import type { PageRoute } from '../page'

const search = (raw: Record<string, unknown>) => ({
  ...(typeof raw.q === 'string' && raw.q !== '' ? { q: raw.q } : {}),
  ...(typeof raw.class === 'string' && raw.class !== '' ? { class: raw.class } : {}),
})

export default [
  { path: '/audit', load: () => import('./Money'), search, menu: { order: 5, icon: <AccountBookOutlined />, title: () => audit.say('title'), port: 'audit' } },
  { path: '/audit/ask', load: () => import('./Ask') },
  { path: '/audit/log', load: () => import('./Log') },
  { path: '/audit/dockets/$id', load: () => import('./Trail') },
] satisfies PageRoute[]
