import { Button, Result } from 'antd'
import { Refused } from '@/api/client'
import { lang } from '@/words/words'
import { shell } from '@/words/shell'

// The API says its problems in both languages, "中文 / English".
function half(text: string | undefined): string {
  const [zh, en] = (text ?? '').split(' / ')
  return (lang() === 'en' ? (en ?? zh) : zh) ?? ''
}

/** What went wrong and the way out: what the API said, what to do, the request's id, and a button to try again. */
export function Trouble({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const say = shell.useWords()
  const refused = error instanceof Refused ? error : undefined
  return (
    <Result
      status={refused?.status === 404 ? '404' : 'warning'}
      title={refused ? half(refused.problem.title) || refused.message : say('failed')}
      subTitle={
        <>
          <div>{refused ? half(refused.problem.mend) : say('failedNet')}</div>
          {refused?.problem.detail ? <div>{refused.problem.detail}</div> : null}
          {refused?.problem.request_id ? <code>{say('request', { id: refused.problem.request_id })}</code> : null}
        </>
      }
      extra={retry ? <Button type="primary" onClick={retry}>{say('retry')}</Button> : null}
    />
  )
}
