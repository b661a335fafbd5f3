import { AlertOutlined } from '@ant-design/icons'
import { warnings } from '@/words/warnings'
import type { PageRoute } from '../page'
import { readFilter } from './filter'

export default {
  path: '/warnings',
  load: () => import('./Warnings'),
  search: readFilter,
  menu: { order: 30, icon: <AlertOutlined />, title: () => warnings.say('title'), roles: ['supervisor', 'auditor'] },
} satisfies PageRoute
