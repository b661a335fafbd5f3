import { FolderOpenOutlined } from '@ant-design/icons'
import { dockets } from '@/words/dockets'
import type { PageRoute } from '../page'
import { read, write } from './filter'

export default {
  path: '/dockets',
  load: () => import('./Dockets'),
  search: (raw) => write(read(raw)),
  menu: { order: 20, icon: <FolderOpenOutlined />, title: () => dockets.say('title') },
} satisfies PageRoute
