import { QuestionCircleOutlined } from '@ant-design/icons'
import { help } from '@/words/help'
import type { PageRoute } from '../page'

export default {
  path: '/help',
  load: () => import('./Help'),
  menu: { order: 90, icon: <QuestionCircleOutlined />, title: () => help.say('title') },
} satisfies PageRoute
