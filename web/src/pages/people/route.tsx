import { TeamOutlined } from '@ant-design/icons'
import { posts } from '@/words/posts'
import type { PageRoute } from '../page'

export default {
  path: '/people',
  load: () => import('./People'),
  menu: { order: 80, icon: <TeamOutlined />, title: () => posts.say('people'), roles: ['office', 'administrator'] },
  search: (raw) => ({
    ...(typeof raw.q === 'string' && raw.q ? { q: raw.q } : {}),
    ...(typeof raw.role === 'string' && raw.role ? { role: raw.role } : {}),
    ...(typeof raw.id === 'string' && raw.id ? { id: raw.id } : {}),
  }),
} satisfies PageRoute
