import { useQuery } from '@tanstack/react-query'
import { api, must } from '@/api/client'
import { moment } from '@/format/time'
import { rules } from '@/words/rules'

const tenth = (n: number): number => Math.round(10 * n) / 10

/** What the newest edition of the peers' statistics changed, in all and of one rule. */
export function Edition({ rule }: { rule: string }) {
  const say = rules.useWords()
  const { data } = useQuery({ queryKey: ['rules', 'edition'], queryFn: () => must(api.GET('/api/v1/rules/edition')), staleTime: 60_000 })
  if (!data) return null
  const since = data.since
  const mine = (key: string) => key.startsWith(`${rule}|`) || key.startsWith(`${rule}/`)
  const lines = since ? [
    ...(since.moved ?? []).filter((one) => mine(one.key)).map((one) => `${one.key}: ${(one.quantiles ?? []).map((q) => `${Math.round(100 * q.p)}% ${tenth(q.from)} → ${tenth(q.to)}`).join('；')}`),
    ...(since.added ?? []).filter(mine).map((key) => `${key}: ${say('editionAdded')}`),
    ...(since.gone ?? []).filter(mine).map((key) => `${key}: ${say('editionGone')}`),
  ] : []
  return (
    <section>
      <h2>{say('edition')}</h2>
      {data.id ? (
        <p>
          {say('editionSays', { id: data.id, n: data.groups, at: data.at ? moment(data.at) : '' })}{' '}
          {since ? say('editionSince', { from: since.from, added: since.added?.length ?? 0, gone: since.gone?.length ?? 0, moved: since.moved?.length ?? 0, percent: since.percent, same: since.same }) : say('editionFirst')}
        </p>
      ) : <p className="quiet">{say('editionNone')}</p>}
      {lines.length ? <><h3>{say('editionMine')}</h3><ul className="rule-changes">{lines.map((line) => <li key={line}>{line}</li>)}</ul></> : null}
    </section>
  )
}
