import { BankOutlined } from '@ant-design/icons'
import { bodies } from '@/words/bodies'
import type { PageRoute } from '../page'
import { readAsked } from './asked'

export default {
  path: '/bodies',
  load: () => import('./Bodies'),
  search: readAsked,
  menu: { order: 40, icon: <BankOutlined />, title: () => bodies.say('title') },
} satisfies PageRoute
