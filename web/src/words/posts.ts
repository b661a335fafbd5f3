import { catalogue } from './words'

const words = {
  'role.office': ['省公管办', 'Office'],
  'role.supervisor': ['行政监督', 'Supervisor'],
  'role.auditor': ['审计', 'Auditor'],
  'role.tenderer': ['招标人', 'Tenderer'],
  'role.party': ['交易当事人', 'Party to trades'],
  'role.source': ['交易系统', 'Trading system'],
  'role.administrator': ['运维', 'Administrator'],
  everySector: ['所有行业', 'all sectors'],
  until: ['至 {{day}}', 'until {{day}}'],
  from: ['{{day}} 起', 'from {{day}}'],
  lent: ['代 {{name}}', 'for {{name}}'],
  account: ['账号与安全', 'Account and security'],
  people: ['人员与岗位', 'People and posts'],
  switch: ['切换岗位', 'Switch post'],
  out: ['退出登录', 'Sign out'],
  me: ['{{name}}，{{title}}', '{{name}}, {{title}}'],
  'city.*': ['全省', 'everywhere'],
  'city.410100': ['郑州', 'Zhengzhou'], 'city.410200': ['开封', 'Kaifeng'], 'city.410300': ['洛阳', 'Luoyang'], 'city.410400': ['平顶山', 'Pingdingshan'],
  'city.410500': ['安阳', 'Anyang'], 'city.410600': ['鹤壁', 'Hebi'], 'city.410700': ['新乡', 'Xinxiang'], 'city.410800': ['焦作', 'Jiaozuo'],
  'city.410900': ['濮阳', 'Puyang'], 'city.411000': ['许昌', 'Xuchang'], 'city.411100': ['漯河', 'Luohe'], 'city.411200': ['三门峡', 'Sanmenxia'],
  'city.411300': ['南阳', 'Nanyang'], 'city.411400': ['商丘', 'Shangqiu'], 'city.411500': ['信阳', 'Xinyang'], 'city.411600': ['周口', 'Zhoukou'],
  'city.411700': ['驻马店', 'Zhumadian'], 'city.419001': ['济源', 'Jiyuan'],
} as const

/** Words about people and posts that several pages use. */
export const posts = catalogue('posts', words)

/** isCity reports whether a region's code has a name here. */
export const isCity = (code: string): boolean => `city.${code}` in words
