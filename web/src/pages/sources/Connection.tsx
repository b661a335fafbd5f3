import { CheckCircleOutlined, CloseCircleOutlined, ExclamationCircleOutlined, QuestionCircleOutlined, ReloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Skeleton } from 'antd'
import { api, must } from '@/api/client'
import { moment } from '@/format/time'
import { Trouble } from '@/parts/Trouble'
import { both, useLang } from '@/words/words'
import { sources as words } from '@/words/sources'

const signs = { good: <CheckCircleOutlined />, warning: <ExclamationCircleOutlined />, bad: <CloseCircleOutlined />, unknown: <QuestionCircleOutlined /> }

/** How far requests come, step by step, each with its cause and what to do. */
export function Connection({ name }: { name: string }) {
  const say = words.useWords()
  useLang()
  const found = useQuery({ queryKey: ['connection', name], queryFn: () => must(api.GET('/api/v1/sources/{name}/connection', { params: { path: { name } } })) })
  if (found.error) return <Trouble error={found.error} retry={() => void found.refetch()} />
  if (!found.data) return <Skeleton active paragraph={{ rows: 8 }} />
  return (
    <>
      <div className="source-do">
        <Button icon={<ReloadOutlined />} loading={found.isFetching} onClick={() => void found.refetch()}>{say('again')}</Button>
        <span>{say('connectionSays')} {say('address')}：<code>{found.data.address.startsWith('/') ? location.origin + found.data.address : found.data.address}</code></span>
      </div>
      <ol className="steps" aria-live="polite">
        {(found.data.steps ?? []).map((step) => (
          <li key={step.step} className={`step step-${step.state}`}>
            <span className="step-sign" aria-hidden="true">{signs[step.state]}</span>
            <div>
              <b>{say(`step.${step.step}`)}</b> <span className="step-state">{say(`is.${step.state}`)}</span>
              <p>{both(step)}</p>
              {step.mend_zh ? <p className="step-mend">{both({ zh: step.mend_zh, en: step.mend_en ?? '' })}</p> : null}
              {step.seen ? <small>{moment(step.seen, true)} {step.request ? <Link to="/sources/$name" params={{ name } as never} search={{ tab: 'requests', request: step.request } as never}>{step.request}</Link> : null}</small> : null}
              {step.base ? <pre className="source-pre" tabIndex={0} aria-label={say('base')}>{step.base}</pre> : null}
              {step.sent ? <pre className="source-pre" tabIndex={0} aria-label={say('sent')}>{step.sent}</pre> : null}
            </div>
          </li>
        ))}
      </ol>
    </>
  )
}
