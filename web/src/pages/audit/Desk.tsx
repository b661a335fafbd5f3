import { Link } from '@tanstack/react-router'
import { Alert } from 'antd'
import type { ReactNode } from 'react'
import { Page } from '@/parts/Page'
import { useSession } from '@/session/session'
import { audit } from '@/words/audit'
import './audit.css'

const parts = [
  { to: '/audit', key: 'money' },
  { to: '/audit/ask', key: 'ask' },
  { to: '/audit/log', key: 'log' },
] as const

/** The frame of the audit desk's pages: their names side by side; elsewhere than at the auditors' port, where the desk is. */
export function Desk({ children }: { children: ReactNode }) {
  const say = audit.useWords()
  const { me } = useSession()
  const here = me?.port === 'audit'
  return (
    <Page title={say('title')}>
      {here ? (
        <nav className="audit-parts" aria-label={say('title')}>
          {parts.map((part) => <Link key={part.to} to={part.to} activeOptions={{ exact: true, includeSearch: false }} activeProps={{ className: 'now', 'aria-current': 'page' }}>{say(part.key)}</Link>)}
        </nav>
      ) : <Alert type="info" showIcon title={say('elsewhere')} />}
      {here ? children : null}
    </Page>
  )
}
