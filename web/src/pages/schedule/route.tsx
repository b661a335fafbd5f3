import { ScheduleOutlined } from '@ant-design/icons'
import { schedule } from '@/words/schedule'
import type { PageRoute } from '../page'
import { states } from './days'

export default {
  path: '/schedule',
  load: () => import('./Schedule'),
  search: (raw) => ({
    ...(typeof raw.day === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(raw.day) ? { day: raw.day } : {}),
    ...(raw.region && /^\d{6}$/.test(String(raw.region)) ? { region: String(raw.region) } : {}),
    ...((states as readonly unknown[]).includes(raw.state) ? { state: raw.state } : {}),
  }),
  menu: { order: 25, icon: <ScheduleOutlined />, title: () => schedule.say('title') },
} satisfies PageRoute
