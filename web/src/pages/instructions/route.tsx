import { NotificationOutlined } from '@ant-design/icons'
import { instructions } from '@/words/instructions'
import type { PageRoute } from '../page'
import { shows } from './shows'

export default {
  path: '/instructions',
  load: () => import('./Instructions'),
  search: (raw) => ((shows as readonly unknown[]).includes(raw.show) && raw.show !== 'open' ? { show: raw.show } : {}),
  menu: { order: 35, icon: <NotificationOutlined />, title: () => instructions.say('title'), roles: ['supervisor', 'auditor'] },
} satisfies PageRoute
