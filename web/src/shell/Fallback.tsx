import { Button, Result, Skeleton } from 'antd'
import { Refused } from '@/api/client'
import { Trouble } from '@/parts/Trouble'
import { shell } from '@/words/shell'

/** While a page comes: its shape, not a wheel. */
export function Waiting() {
  return <div className="page" aria-busy="true"><Skeleton active paragraph={{ rows: 8 }} /></div>
}

/** An address that leads nowhere. */
export function Missing() {
  const say = shell.useWords()
  return <Result status="404" title={say('notFound')} subTitle={say('notFoundMend')} extra={<Button type="primary" href="/console/">{say('home')}</Button>} />
}

/** A page that failed: what the API said, or that the page itself broke. */
export function Broken({ error, reset }: { error: unknown; reset: () => void }) {
  const say = shell.useWords()
  if (error instanceof Refused) return <Trouble error={error} retry={reset} />
  return <Result status="error" title={say('broken')} subTitle={say('brokenMend')} extra={<Button type="primary" onClick={() => location.reload()}>{say('reload')}</Button>} />
}
