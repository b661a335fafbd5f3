import { ApiOutlined } from '@ant-design/icons'
import { sources } from '@/words/sources'
import type { PageRoute } from '../page'

const text = (raw: Record<string, unknown>, ...names: string[]) => Object.fromEntries(names.flatMap((name) => {
  const value = raw[name]
  return (typeof value === 'string' && value) || typeof value === 'number' ? [[name, String(value)]] : []
}))

export default [
  {
    path: '/sources',
    load: () => import('./Sources'),
    search: (raw) => text(raw, 'state', 'q'),
    menu: { order: 60, icon: <ApiOutlined />, title: () => sources.say('title'), roles: ['office', 'administrator', 'supervisor', 'auditor', 'source'] },
  },
  { path: '/sources/$name', load: () => import('./Source'), search: (raw) => ({ ...text(raw, 'tab', 'request'), ...(raw.failed ? { failed: true } : {}) }) },
] satisfies PageRoute[]
