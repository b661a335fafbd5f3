import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, must, type Of, Refused } from '@/api/client'
import { Name } from '@/parts/Name'
import { Trouble } from '@/parts/Trouble'
import { warnings } from '@/words/warnings'
import { apart, type Stretch } from './apart'

type Pair = Of<'LikenessPair'>
type Bidder = Of<'LikenessBidder'>
type Quote = Of<'LikenessQuote'>

/** The indicators that rest on the files of bids. */
export const ofFiles = ['D12', 'E01', 'E02', 'E03', 'E04', 'F02']

const traits = { author: 'byAuthor', last_by: 'byLast', company: 'byCompany', template: 'byTemplate', created: 'byCreated', modified: 'byModified', session: 'bySession', sessions: 'bySession', pictures: 'byPicture' } as const

function Side({ bidder, quote, parts }: { bidder: Bidder | undefined; quote: Quote; parts?: Stretch[] }) {
  const say = warnings.useWords()
  return (
    <div>
      <small><Name text={bidder?.name ?? ''} length={24} /> · {say('inFile', { n: quote.file + 1, from: quote.from })}</small>
      <blockquote>{parts ? parts.map((part, at) => (part.same ? <mark key={at}>{part.text}</mark> : <span key={at}>{part.text}</span>)) : quote.text}</blockquote>
    </div>
  )
}

function Both({ pair, bidders, a, b, says }: { pair: Pair; bidders: Bidder[]; a: Quote; b: Quote; says: string }) {
  const [left, right] = useMemo(() => apart(a.text, b.text), [a.text, b.text])
  return (
    <section className="alike-both">
      <h4>{says}</h4>
      <div className="alike-sides">
        <Side bidder={bidders[pair.a]} quote={a} parts={left} />
        <Side bidder={bidders[pair.b]} quote={b} parts={right} />
      </div>
    </section>
  )
}

function One({ pair, bidders, open }: { pair: Pair; bidders: Bidder[]; open: boolean }) {
  const say = warnings.useWords()
  const kinds = { verbatim: say('verbatim'), altered: say('altered'), reordered: say('reordered') }
  return (
    <details open={open} className="alike-pair">
      <summary>{bidders[pair.a]?.name} — {bidders[pair.b]?.name}：{say('shared', { a: pair.shared_a, b: pair.shared_b })}</summary>
      {(pair.same_files ?? []).map((digest) => <p key={digest}>{say('sameFile')} <code>{digest.slice(0, 16)}…</code></p>)}
      {(pair.passages ?? []).map((one) => (
        <Both key={`${one.a.file}:${one.a.from}`} pair={pair} bidders={bidders} a={one.a} b={one.b} says={`${kinds[one.kind]} · ${say('equal', { n: one.equal })}${one.numbers_changed ? ` · ${say('numbers', { n: one.numbers_changed })}` : ''}`} />
      ))}
      {(pair.rare ?? []).map((one) => (
        <Both key={`r${one.kind}${one.a.file}:${one.a.from}`} pair={pair} bidders={bidders} a={one.a} b={one.b} says={one.kind === 'slip' ? say('slip', { instead: one.instead ?? '' }) : say('token')} />
      ))}
      {(pair.traits ?? []).length > 0 ? (
        <ul>{(pair.traits ?? []).map((one) => <li key={one.name + one.value}>{say(traits[one.name as keyof typeof traits] ?? 'byOther')}：<code>{one.value}</code></li>)}</ul>
      ) : null}
      {pair.bill ? (
        <>
          <p>{say('bill', { compared: pair.bill.compared, identical: pair.bill.identical, ratio: pair.bill.ratio_items, errors: pair.bill.errors })}</p>
          <ul>
            {(pair.bill.examples ?? []).map((one) => (
              <li key={one.what + one.a.place + one.b.place}>{one.what === 'error' ? say('wrong') : say('equalPrice')}：{one.a.code} {one.a.name} — {one.a.quantity} × {one.a.price} = {one.a.amount}；{one.b.quantity} × {one.b.price} = {one.b.amount}</li>
            ))}
          </ul>
        </>
      ) : null}
    </details>
  )
}

/** What the files of a lot's bids share, side by side, as far as this reader may read the files. */
export function Alike({ docket, lot, subjects }: { docket: string; lot: string; subjects: string[] }) {
  const say = warnings.useWords()
  const { data, error, refetch } = useQuery({
    queryKey: ['likeness', docket, lot],
    retry: false,
    queryFn: () => must(api.GET('/api/v1/dockets/{id}/lots/{lot}/likeness', { params: { path: { id: docket, lot } } })),
  })
  if (error instanceof Refused && error.status === 404) return <p className="clue-quiet">{say('alikeNone')}</p>
  if (error) return <Trouble error={error} retry={() => void refetch()} />
  if (!data) return null
  const bidders = data.bidders ?? []
  const about = (at: number) => subjects.includes(bidders[at]?.who ?? '')
  const pairs = [...(data.pairs ?? [])].filter((pair) => subjects.length === 0 || (about(pair.a) && about(pair.b))).sort((p, q) => q.shared_a + q.shared_b - p.shared_a - p.shared_b)
  return (
    <>
      <p className="clue-quiet">{say('alikeSays', { n: (data.tender ?? []).filter((file) => !file.problem).length })}{data.problem ? ` ${say('alikePart')}` : ''}</p>
      {bidders.flatMap((bidder) => (bidder.names ?? []).map((name) => (
        <section className="alike-both" key={bidder.who + name.who + name.form}>
          <h4>{say('named', { n: name.times })}</h4>
          <Side bidder={bidder} quote={name.place} />
        </section>
      )))}
      {pairs.map((pair, at) => <One key={`${pair.a}-${pair.b}`} pair={pair} bidders={bidders} open={at === 0} />)}
    </>
  )
}
