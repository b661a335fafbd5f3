import { AuditOutlined } from '@ant-design/icons'
import { complaints } from '@/words/complaints'
import type { PageRoute } from '../page'

export default {
  path: '/complaints',
  load: () => import('./Complaints'),
  search: (raw) => (raw.state === 'ended' || raw.state === 'all' ? { state: raw.state } : {}),
  menu: { order: 45, icon: <AuditOutlined />, title: () => complaints.say('title'), roles: ['supervisor', 'auditor', 'party'] },
} satisfies PageRoute
