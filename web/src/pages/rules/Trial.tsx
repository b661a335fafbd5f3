import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input, Table } from 'antd'
import { useId, useState } from 'react'
import { api, must, type Of } from '@/api/client'
import { Trouble } from '@/parts/Trouble'
import { rules } from '@/words/rules'
import { Propose } from './Changes'
import { draft, percent } from './say'

type Change = Of<'TrialChange'>

function Changes({ title, list }: { title: string; list: readonly Change[] }) {
  const say = rules.useWords()
  return (
    <section>
      <h3>{title}</h3>
      {list.length === 0 ? <p className="quiet">{say('none')}</p> : <ul className="rule-changes">{list.map((one) => <li key={`${one.docket} ${one.lot} ${one.indicator}`}><Link to={`/dockets/${encodeURIComponent(one.docket)}`}>{one.docket}</Link>{one.lot ? <small className="number"> {one.lot}</small> : null}</li>)}</ul>}
    </section>
  )
}

/** Tries other settings of a rule on the dockets that are here; nothing is changed. */
export function Trial({ rule }: { rule: Of<'RuleItem'> }) {
  const say = rules.useWords()
  const id = useId()
  const [lines, setLines] = useState(() => draft(rule, new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10)))
  const trial = useMutation({ mutationFn: () => must(api.POST('/api/v1/rules/trial', { body: { lines } })) })
  const answer = trial.data
  return (
    <section aria-labelledby={`${id}h`}>
      <h2 id={`${id}h`}>{say('trial')}</h2>
      <p>{say('trialSays')}</p>
      <label htmlFor={id}>{say('lines_')}</label>
      <Input.TextArea id={id} className="rule-lines" autoSize={{ minRows: 4, maxRows: 16 }} spellCheck={false} value={lines} onChange={(event) => setLines(event.target.value)} />
      <p><Button type="primary" loading={trial.isPending} disabled={lines.trim() === ''} onClick={() => trial.mutate()}>{say('try')}</Button> <span aria-live="polite">{trial.isPending ? say('trying') : answer ? `${say('looked', { n: answer.dockets })}${answer.whole ? '' : say('part')}` : ''}</span></p>
      {trial.error ? <Trouble error={trial.error} retry={() => trial.mutate()} /> : null}
      {answer ? (
        <>
          <Table
            size="small" pagination={false} rowKey="indicator" dataSource={answer.results ?? []}
            columns={[
              { title: say('rule'), dataIndex: 'indicator' },
              { title: say('now'), key: 'now', className: 'number', align: 'right' as const, render: (_, one) => `${one.now.fired} / ${one.now.fired + one.now.clear} · ${percent(one.now.share)}` },
              { title: say('then'), key: 'then', className: 'number', align: 'right' as const, render: (_, one) => `${one.then.fired} / ${one.then.fired + one.then.clear} · ${percent(one.then.share)}` },
            ]}
          />
          <div className="rule-two"><Changes title={say('come')} list={answer.come ?? []} /><Changes title={say('gone')} list={answer.gone ?? []} /></div>
        </>
      ) : null}
      <Propose lines={lines} />
    </section>
  )
}
