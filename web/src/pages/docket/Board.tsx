import { CheckCircleOutlined, ClockCircleOutlined, ExclamationCircleOutlined, EyeInvisibleOutlined, LockOutlined, MinusCircleOutlined, WarningOutlined } from '@ant-design/icons'
import { Skeleton } from 'antd'
import { day } from '@/format/time'
import { Trouble } from '@/parts/Trouble'
import { docketWords } from '@/words/docket'
import { both } from '@/words/words'
import { useStages, type View } from './data'

const icons = {
  came: <CheckCircleOutlined />, late: <ExclamationCircleOutlined />, missing: <WarningOutlined />, awaited: <ClockCircleOutlined />,
  open: <MinusCircleOutlined />, sealed: <LockOutlined />, closed: <EyeInvisibleOutlined />,
} as const

/** What has come, what is missing and what is late, lot by lot, each step with the day of its first event. */
export function Board({ view }: { view: View }) {
  const say = docketWords.useWords()
  const stages = useStages(view.id)
  if (stages.isPending) return <Skeleton active paragraph={{ rows: 2 }} />
  if (stages.error) return <Trouble error={stages.error} retry={() => void stages.refetch()} />
  const first = (sets: string[] | null, lot: string): string => {
    const times = (view.events ?? []).filter((e) => sets?.includes(e.dataset) && (!e.lot || !lot || e.lot === lot)).map((e) => e.at).sort()
    return day(times[0])
  }
  return (stages.data.lots ?? []).slice(0, 60).map((lot) => (
    <div key={lot.code} className="board">
      <h3>{lot.name || lot.code || say('whole')}</h3>
      <ol>
        {(lot.steps ?? []).filter((s) => s.state !== 'open').map((step) => (
          <li key={step.step} className={`step-${step.state}`}>
            <span className="step-sign" aria-hidden="true">{icons[step.state as keyof typeof icons]}</span>
            <strong>{both(step.words)}</strong>
            <span>{say(`step_${step.state}` as 'step_came')}{step.rows > 0 ? ` · ${say('stepCame', { n: step.rows })}` : ''}</span>
            {step.state === 'came' ? <time>{first(step.sets, lot.code)}</time> : null}
          </li>
        ))}
      </ol>
    </div>
  ))
}
