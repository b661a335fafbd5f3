import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, must } from '@/api/client'
import { network } from '@/words/network'
import './network.css'

/** Indicators about bodies over many lots: their warnings rest on other dockets too. */
export const ofBodies = ['D11', 'G01', 'G02', 'G03', 'G04', 'H03', 'H06', 'I03', 'I04']

/** The lots of other dockets on which a warning rests, and the way to the network of its bodies. */
export function Behind({ docket, warning, subjects }: { docket: string; warning: string; subjects: string[] }) {
  const say = network.useWords()
  const { data } = useQuery({ queryKey: ['behind', docket, warning], queryFn: () => must(api.GET('/api/v1/warnings/{docket}/{key}/behind', { params: { path: { docket, key: warning } } })) })
  return (
    <section>
      <h2>{say('behind')}</h2>
      <p>{subjects.map((one) => <Link key={one} to="/network" search={{ body: one }} style={{ marginInlineEnd: 14 }}>{say('draw')}：{one}</Link>)}</p>
      {data ? (
        <>
          <p>{say('behindSays', { edition: data.edition ?? '', n: data.of })}</p>
          {(data.lots ?? []).length === 0 ? <p className="quiet">{say('behindNone')}</p> : (
            <ul className="net-lots">
              {(data.lots ?? []).map((one) => (
                <li key={`${one.docket} ${one.lot ?? ''}`}>
                  {one.day} <Link to={`/dockets/${encodeURIComponent(one.docket)}`}>{one.title || one.docket}</Link> <span className="quiet">{one.lot} · {(one.refs ?? []).map((ref) => `${ref.dataset} ${ref.field ?? ''}`).join('、')}</span>
                </li>
              ))}
            </ul>
          )}
        </>
      ) : null}
    </section>
  )
}
