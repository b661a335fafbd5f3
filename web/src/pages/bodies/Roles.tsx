import { Tag } from 'antd'
import { count } from '@/format/money'
import { bodies } from '@/words/bodies'

const order = ['tenderer', 'agency', 'bidder', 'candidate', 'winner', 'contractor', 'party'] as const
type Role = (typeof order)[number]
const known = (role: string): role is Role => (order as readonly string[]).includes(role)

/** In how many dockets a body has which role. */
export function Roles({ roles }: { roles: Record<string, number> | string[] }) {
  const say = bodies.useWords()
  const pairs: [string, number | undefined][] = Array.isArray(roles) ? roles.map((role) => [role, undefined]) : Object.entries(roles)
  const at = (role: string) => (known(role) ? order.indexOf(role) : 99)
  return (
    <span className="roles">
      {pairs.sort((a, b) => at(a[0]) - at(b[0])).map(([role, n]) => <Tag key={role}>{known(role) ? say(role) : role}{n === undefined ? '' : ` ${count(n)}`}</Tag>)}
    </span>
  )
}
