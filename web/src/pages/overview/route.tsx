import { DashboardOutlined } from '@ant-design/icons'
import { overview } from '@/words/overview'
import type { PageRoute } from '../page'
import { readView } from './view'

export default [
  {
    path: '/',
    load: () => import('./Overview'),
    search: readView,
    menu: { order: 10, icon: <DashboardOutlined />, title: () => overview.say('title') },
  },
  { path: '/wall', load: () => import('./Wall'), search: readView, bare: true },
] satisfies PageRoute[]
