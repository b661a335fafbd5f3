import { AutoComplete, Button, Checkbox, DatePicker, InputNumber, Select, TreeSelect, Input } from 'antd'
import dayjs from 'dayjs'
import { type ReactNode, useMemo } from 'react'
import { dockets } from '@/words/dockets'
import { term } from '@/words/trade'
import { type Asked, classes, moments, stages } from './filter'
import { tree, useRegions } from './regions'

/** All that the list may be narrowed by. */
export function Filters({ asked, ask }: { asked: Asked; ask: (change: Partial<Asked>) => void }) {
  const say = dockets.useWords()
  const regions = useRegions()
  const branches = useMemo(() => tree(regions.data?.items ?? []), [regions.data])
  const warnings = [{ value: 'any', label: say('warningAny') }, { value: 'fact', label: say('warningFact') }, { value: 'clue', label: say('warningClue') }]
  return (
    <div className="dockets-filters">
      <Field id="f-region" label={say('region')}>
        <TreeSelect
          id="f-region" allowClear multiple treeCheckable showCheckedStrategy="SHOW_PARENT" maxTagCount={2} showSearch treeNodeFilterProp="title" listHeight={320}
          value={asked.region ?? []} treeData={branches} loading={regions.isPending} onChange={(codes: string[]) => ask({ region: codes })}
        />
      </Field>
      <Field id="f-class" label={say('class')}>
        <Select id="f-class" mode="multiple" allowClear maxTagCount={2} optionFilterProp="label" value={asked.class ?? []} onChange={(value: string[]) => ask({ class: value })} options={classes.map((value) => ({ value, label: term(value) }))} />
      </Field>
      <Field id="f-stage" label={say('stage')}>
        <Select id="f-stage" mode="multiple" allowClear maxTagCount={2} optionFilterProp="label" value={asked.stage ?? []} onChange={(value) => ask({ stage: value })} options={stages.map((value) => ({ value, label: say(value) }))} />
      </Field>
      <Field id="f-moment" label={say('moment')}>
        <Select id="f-moment" mode="multiple" allowClear maxTagCount={2} optionFilterProp="label" value={asked.moment ?? []} onChange={(value) => ask({ moment: value })} options={moments.map((value) => ({ value, label: term(value) }))} />
      </Field>
      <Field id="f-from" label={say('time')}>
        <DatePicker.RangePicker
          id={{ start: 'f-from', end: 'f-to' }} allowEmpty={[true, true]} placeholder={[say('from'), say('to')]}
          value={[asked.from ? dayjs(asked.from) : null, asked.to ? dayjs(asked.to) : null]}
          onChange={(range) => ask({ from: range?.[0]?.format('YYYY-MM-DD') ?? '', to: range?.[1]?.format('YYYY-MM-DD') ?? '' })}
        />
      </Field>
      <Field id="f-min" label={say('amountFrom')}><Wan id="f-min" yuan={asked.min} change={(min) => ask({ min })} /></Field>
      <Field id="f-max" label={say('amountTo')}><Wan id="f-max" yuan={asked.max} change={(max) => ask({ max })} /></Field>
      <Field id="f-warning" label={say('warning')}>
        <AutoComplete
          id="f-warning" key={asked.warning ?? ''} allowClear placeholder={say('warningSays')} options={warnings}
          defaultValue={warnings.find((one) => one.value === asked.warning)?.label ?? asked.warning ?? ''}
          onSelect={(value: string) => ask({ warning: value })} onClear={() => ask({ warning: '' })}
          onBlur={(event) => { const typed = (event.target as HTMLInputElement).value.trim().toUpperCase(); if (/^[A-Z]\d{2}$/.test(typed)) ask({ warning: typed }) }}
        />
      </Field>
      <Field id="f-source" label={say('source')}>
        <Input id="f-source" key={asked.source ?? ''} allowClear maxLength={64} className="number" defaultValue={asked.source ?? ''} onBlur={(event) => ask({ source: event.target.value })} onPressEnter={(event) => ask({ source: event.currentTarget.value })} onClear={() => ask({ source: '' })} />
      </Field>
      <div className="dockets-late"><Checkbox checked={asked.late ?? false} onChange={(event) => ask({ late: event.target.checked ? true : undefined })}>{say('lateOnly')}</Checkbox></div>
      <div className="dockets-clear"><Button onClick={() => ask({ region: [], class: [], stage: [], moment: [], from: '', to: '', min: 0, max: 0, warning: '', source: '', late: undefined, q: '' })}>{say('clear')}</Button></div>
    </div>
  )
}

function Field({ id, label, children }: { id: string; label: string; children: ReactNode }) {
  return (
    <div className="dockets-field">
      <label htmlFor={id}>{label}</label>
      {children}
    </div>
  )
}

// People speak of such sums in 万元; the address has yuan.
function Wan({ id, yuan, change }: { id: string; yuan: number | undefined; change: (yuan: number) => void }) {
  const take = (typed: string) => {
    const n = Number(typed.replaceAll(',', ''))
    change(Number.isFinite(n) && n > 0 ? Math.round(n * 1e4) : 0)
  }
  return <InputNumber id={id} key={yuan ?? 0} min={0} controls={false} className="number" {...(yuan ? { defaultValue: yuan / 1e4 } : {})} onBlur={(event) => take(event.target.value)} onPressEnter={(event) => take(event.currentTarget.value)} />
}
