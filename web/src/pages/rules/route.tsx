import { ExperimentOutlined } from '@ant-design/icons'
import { rules } from '@/words/rules'
import type { PageRoute } from '../page'

export default {
  path: '/rules',
  load: () => import('./Rules'),
  search: (raw) => (typeof raw.rule === 'string' && /^[A-Z]\d{2}$/.test(raw.rule) ? { rule: raw.rule } : {}),
  menu: { order: 70, icon: <ExperimentOutlined />, title: () => rules.say('title'), roles: ['office', 'administrator', 'supervisor', 'auditor'] },
} satisfies PageRoute
