import type { Of } from '@/api/client'
import { moment, stamp } from '@/format/time'
import { Name } from '@/parts/Name'
import { Shut } from '@/parts/Shut'
import { warnings } from '@/words/warnings'
import { lang, useLang } from '@/words/words'

type Exhibit = Of<'Exhibit'>
type Field = NonNullable<Exhibit['fields']>[number]

function Value({ field }: { field: Field }) {
  if (field.value) return <span title={stamp(field.value) === field.value ? undefined : field.value}>{stamp(field.value)}</span>
  return field.state ? <Shut state={field.state} opens={field.opens} article={field.article} /> : <span aria-hidden="true">—</span>
}

function Fields({ fields, used }: { fields: Field[]; used?: boolean }) {
  return (
    <dl className={used ? 'exhibit-used' : undefined}>
      {fields.map((field) => (
        <div key={field.name}>
          <dt title={field.name}>{(lang() === 'zh' ? field.zh : field.en) || field.name}</dt>
          <dd><Value field={field} /></dd>
        </div>
      ))}
    </dl>
  )
}

function One({ exhibit }: { exhibit: Exhibit }) {
  const say = warnings.useWords()
  useLang()
  const fields = exhibit.fields ?? []
  const names = exhibit.used ?? []
  const used = fields.filter((field) => names.includes(field.name))
  const others = fields.filter((field) => !names.includes(field.name))
  return (
    <article className="exhibit">
      <header>
        <h3>{exhibit.dataset} {lang() === 'zh' ? exhibit.zh : exhibit.en}</h3>
        <small>
          {exhibit.source ? <><Name text={exhibit.source} length={18} /> · </> : null}
          {exhibit.received ? say('received', { at: moment(exhibit.received) }) : moment(exhibit.occurred)}
          {exhibit.position !== undefined ? <> · {say('position', { n: exhibit.position })}</> : null}
          {(exhibit.versions ?? 1) > 1 ? <> · {say('versions', { n: exhibit.versions ?? 1 })}</> : null}
          {exhibit.deleted ? <> · {say('rowDeleted')}</> : null}
        </small>
      </header>
      <h4>{say('used')}</h4>
      {used.length > 0 ? <Fields fields={used} used /> : <p className="exhibit-whole">{say('wholeRow')}</p>}
      {others.length > 0 ? (
        <details open={used.length === 0}>
          <summary>{say('others', { n: others.length })}</summary>
          <Fields fields={others} />
        </details>
      ) : null}
    </article>
  )
}

/** The records that a clue rests on, side by side, the fields used first. */
export function Evidence({ exhibits, omitted }: { exhibits: Exhibit[]; omitted: number }) {
  const say = warnings.useWords()
  if (exhibits.length === 0) return <p>{say('evidenceNone')}</p>
  return (
    <>
      <div className="exhibits" tabIndex={0} role="group" aria-label={say('evidence')}>
        {exhibits.map((exhibit, i) => <One key={`${exhibit.dataset}-${exhibit.key ?? ''}-${i}`} exhibit={exhibit} />)}
      </div>
      {omitted > 0 ? <p>{say('omitted', { n: omitted })}</p> : null}
    </>
  )
}
