import { ApartmentOutlined } from '@ant-design/icons'
import { organisations } from '@/words/organisations'
import type { PageRoute } from '../page'

export default {
  path: '/organisations',
  load: () => import('./Organisations'),
  menu: { order: 82, icon: <ApartmentOutlined />, title: () => organisations.say('menu'), roles: ['office', 'administrator', 'supervisor', 'auditor'] },
  search: (raw) => ({
    ...(typeof raw.q === 'string' && raw.q ? { q: raw.q } : {}),
    ...(typeof raw.id === 'string' && raw.id ? { id: raw.id } : {}),
    ...(typeof raw.at === 'string' && /^\d{4}-\d\d-\d\d$/.test(raw.at) ? { at: raw.at } : {}),
  }),
} satisfies PageRoute
