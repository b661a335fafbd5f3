import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, DatePicker, Input, Modal, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { api, must } from '@/api/client'
import { said } from '@/pages/account/said'
import { classes } from '@/pages/people/roles'
import { kinds, organisations } from '@/words/organisations'
import { term } from '@/words/trade'
import type { Unit } from './tree'

/** A new organisation, under `parent` where one is given, or a change of `unit` from a day on. */
export function Draft({ all, unit, parent, shut }: { all: Unit[]; unit?: Unit; parent?: Unit; shut: () => void }) {
  const say = organisations.useWords()
  const queries = useQueryClient()
  const [kind, setKind] = useState<Unit['kind']>(unit?.kind ?? 'department')
  const [name, setName] = useState(unit?.name ?? '')
  const [under, setUnder] = useState(unit?.parent ?? parent?.id ?? '')
  const [region, setRegion] = useState(unit?.region ?? parent?.region ?? '')
  const [sectors, setSectors] = useState<string[]>(unit?.sectors ?? [])
  const [code, setCode] = useState(unit?.code ?? '')
  const [from, setFrom] = useState<Dayjs | null>(null)
  const save = useMutation({
    mutationFn: () => {
      const body = {
        kind, name,
        ...(under ? { parent: under } : {}), ...(region ? { region } : {}), ...(kind === 'department' ? { sectors } : {}), ...(code ? { code } : {}),
        ...(from ? { from: `${from.format('YYYY-MM-DD')}T00:00:00+08:00` } : {}),
      }
      return unit ? must(api.PUT('/api/v1/organisations/{id}', { params: { path: { id: unit.id } }, body })) : must(api.POST('/api/v1/organisations', { body }))
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['organisations'] })
      void queries.invalidateQueries({ queryKey: ['organisation'] })
      shut()
    },
  })
  return (
    <Modal open title={unit ? `${say('change')} · ${unit.name}` : say('create')} onCancel={shut} footer={null} mask={{ closable: false }}>
      <form className="organisation-form" onSubmit={(event) => { event.preventDefault(); save.mutate() }}>
        <label htmlFor="unit-kind">{say('kind')}</label>
        <Select id="unit-kind" disabled={unit !== undefined} value={kind} onChange={setKind} options={kinds.map((value) => ({ value, label: say(`kind.${value}`) }))} />
        <label htmlFor="unit-name">{say('name')}</label>
        <Input id="unit-name" required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
        <label htmlFor="unit-parent">{say('parent')}</label>
        <Select id="unit-parent" showSearch={{ optionFilterProp: 'label' }} value={under} onChange={setUnder} options={[{ value: '', label: say('top') }, ...all.filter((other) => other.id !== unit?.id).map((other) => ({ value: other.id, label: other.name }))]} />
        <label htmlFor="unit-region">{say('region')}</label>
        <Input id="unit-region" className="number" maxLength={6} aria-describedby="unit-region-says" value={region} onChange={(event) => setRegion(event.target.value)} />
        <small id="unit-region-says">{say('regionSays')}</small>
        {kind === 'department' ? (
          <>
            <label htmlFor="unit-sectors">{say('sectors')}</label>
            <Select id="unit-sectors" mode="multiple" value={sectors} onChange={setSectors} options={classes.map((value) => ({ value, label: term(value) }))} />
          </>
        ) : null}
        <label htmlFor="unit-code">{say('code')}</label>
        <Input id="unit-code" className="number" maxLength={18} value={code} onChange={(event) => setCode(event.target.value)} />
        <label htmlFor="unit-from">{say('from')}</label>
        <DatePicker id="unit-from" value={from} onChange={(value) => setFrom(value)} />
        {save.error ? <Alert type="error" showIcon role="alert" title={said(save.error)} /> : null}
        <div className="organisation-do"><Button type="primary" htmlType="submit" loading={save.isPending}>{say('save')}</Button><small>{say('recorded')}</small></div>
      </form>
    </Modal>
  )
}
