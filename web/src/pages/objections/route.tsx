import { MessageOutlined } from '@ant-design/icons'
import { objections } from '@/words/objections'
import type { PageRoute } from '../page'

export default {
  path: '/objections',
  load: () => import('./Objections'),
  search: (raw) => (raw.state === 'ended' || raw.state === 'all' ? { state: raw.state } : {}),
  menu: { order: 44, icon: <MessageOutlined />, title: () => objections.say('title'), roles: ['supervisor', 'auditor', 'tenderer'] },
} satisfies PageRoute
