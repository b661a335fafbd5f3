import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { api, must, type Of } from '@/api/client'
import { moment } from '@/format/time'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { rules } from '@/words/rules'
import { term } from '@/words/trade'
import { useLang } from '@/words/words'
import { ChangeList } from './Changes'
import { Edition } from './Edition'
import './rules.css'
import { content, percent } from './say'
import { Trial } from './Trial'

type Rule = Of<'RuleItem'>

/** Every rule with how often it fires; one of them with its formula, its settings and a place to try others. */
export default function Rules() {
  const say = rules.useWords()
  const zh = useLang() === 'zh'
  const { rule } = useSearch({ strict: false }) as { rule?: string }
  const navigate = useNavigate()
  const { data, error, isPending, refetch } = useQuery({ queryKey: ['rules'], queryFn: () => must(api.GET('/api/v1/rules')), staleTime: 60_000 })
  if (isPending) return <Page title={say('title')}><Skeleton active paragraph={{ rows: 14 }} /></Page>
  if (error) return <Page title={say('title')}><Trouble error={error} retry={() => void refetch()} /></Page>
  const items = data.items ?? []
  const chosen = items.find((one) => one.id === rule)
  return (
    <Page title={say('title')} extra={<Link to="/rules/learned">{say('learned')}</Link>}>
      <p className="quiet">{say('says', { n: data.dockets, at: moment(data.at), most: 100 * data.most })}</p>
      <div className="rules">
        <div className="rules-list" tabIndex={0} role="region" aria-label={say('title')}>
          <table>
            <thead><tr><th scope="col">{say('rule')}</th><th scope="col">{say('strength')}</th><th scope="col" className="right">{say('judged')}</th><th scope="col" className="right">{say('share')}</th></tr></thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.id} className={one.id === rule ? 'now' : ''}>
                  <th scope="row"><Link to="/rules" search={{ rule: one.id }} aria-current={one.id === rule ? 'true' : undefined}>{one.id} {zh ? one.zh : one.en}</Link></th>
                  <td>{one.strength ? say(`strength.${one.strength}` as 'strength.clue') : null}</td>
                  <td className="right number">{one.rate.fired} / {one.rate.fired + one.rate.clear}</td>
                  <td className="right number">{one.over ? <strong className="over">{say('over')} </strong> : null}{one.rate.fired + one.rate.clear ? percent(one.rate.share) : '—'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <div className="rules-one">{chosen ? <One key={chosen.id} rule={chosen} /> : <p className="quiet">{say('choose')} {items[0] ? <button type="button" className="rules-first" onClick={() => void navigate({ to: '/rules', search: { rule: items[0]?.id } as never })}>{items[0].id}</button> : null}</p>}</div>
      </div>
      <ChangeList />
    </Page>
  )
}

function One({ rule }: { rule: Rule }) {
  const say = rules.useWords()
  const zh = useLang() === 'zh'
  const outside = rule.outside
  const others = [outside?.cardinal ? `Cardinal ${outside.cardinal}` : '', ...(outside?.ocp ?? []).map((n) => `OCP ${n}`), ...(outside?.article40 ?? []).map((n) => say('article40', { n })), outside?.practice ?? ''].filter(Boolean)
  return (
    <article>
      <h2>{rule.id} {zh ? rule.zh : rule.en}</h2>
      <dl className="rule-facts">
        <div><dt>{say('formula')}</dt><dd>{zh ? rule.formula_zh : rule.formula_en}</dd></div>
        {rule.article ? <div><dt>{say('article')}</dt><dd>{rule.article}</dd></div> : null}
        <div><dt>{say('advice')}</dt><dd>{zh ? rule.advice_zh : rule.advice_en}</dd></div>
        <div><dt>{say('needs')}</dt><dd>{(rule.needs ?? []).map((need) => `${need.dataset} ${(need.fields ?? []).join(', ')}`.trim()).join('; ') || (rule.datasets ?? []).join(', ')}{rule.rate.insufficient ? ` (${say('lacks')} ${rule.rate.insufficient})` : ''}</dd></div>
        {(rule.innocent ?? []).length ? <div><dt>{say('innocent')}</dt><dd><ul>{(rule.innocent ?? []).map((pair) => <li key={pair?.[1]}>{pair?.[zh ? 0 : 1]}</li>)}</ul></dd></div> : null}
        {others.length ? <div><dt>{say('outside')}</dt><dd>{others.join('; ')}</dd></div> : null}
      </dl>
      <p><Link to="/warnings" search={{ indicator: rule.id, status: 'all' }}>{say('warnings')}</Link></p>
      {(rule.lines ?? []).length ? (
        <section className="rule-settings" tabIndex={0} role="region" aria-label={say('lines')}>
          <h2>{say('lines')}</h2>
          <table>
            <thead><tr><th scope="col">{say('line')}</th><th scope="col">{say('where')}</th><th scope="col">{say('value')}</th><th scope="col">{say('source')}</th></tr></thead>
            <tbody>{(rule.lines ?? []).map((line) => <tr key={line.id}><th scope="row">{line.id}@{line.date}</th><td>{line.region || say('everywhere')} / {line.class ? term(line.class) : say('everywhere')}</td><td><code>{content(line)}</code></td><td>{line.source}</td></tr>)}</tbody>
          </table>
        </section>
      ) : null}
      <Edition rule={rule.id} />
      <Trial rule={rule} />
    </article>
  )
}
