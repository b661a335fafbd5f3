import { Alert, Button, DatePicker, Form, Input, Select, Skeleton } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { said } from '@/pages/account/said'
import { type Lodging, useLodge, useStanding } from '@/pages/complaints/data'
import { One } from '@/pages/complaints/One'
import { Trouble } from '@/parts/Trouble'
import { complaints } from '@/words/complaints'
import type { View } from './data'

/** What of the complaints about a docket its reader sees; a party lodges one here. */
export function Complained({ view }: { view: View }) {
  const say = complaints.useWords()
  const asked = useStanding(view.id)
  const [lodging, setLodging] = useState(false)
  if (asked.isPending) return <Skeleton active paragraph={{ rows: 1 }} />
  if (asked.error) return <Trouble error={asked.error} retry={() => void asked.refetch()} />
  const items = asked.data.items ?? []
  return (
    <>
      {asked.data.suspended ? <Alert type="warning" showIcon title={say('suspended')} style={{ marginBottom: 12 }} /> : null}
      {items.map((one) => <One key={one.id} of={one} docket={false} />)}
      {items.length === 0 ? <p>{say('noneHere')}</p> : null}
      {asked.data.may_lodge && !lodging ? <Button className="no-print" type="primary" onClick={() => setLodging(true)}>{say('lodge')}</Button> : null}
      {lodging ? <Lodge view={view} close={() => setLodging(false)} /> : null}
    </>
  )
}

type Filled = { lot?: string; against: Lodging['against']; known: Dayjs; objected?: Dayjs | null; text: string }
const day = (d: Dayjs) => d.format('YYYY-MM-DD')

function Lodge({ view, close }: { view: View; close: () => void }) {
  const say = complaints.useWords()
  const lodge = useLodge(view.id)
  const must = [{ required: true, message: say('required') }]
  const send = (f: Filled) => lodge.mutate({ against: f.against, known: day(f.known), text: f.text, ...(f.lot ? { lot: f.lot } : {}), ...(f.objected ? { objected: day(f.objected) } : {}) }, { onSuccess: close })
  return (
    <Form<Filled> layout="vertical" className="complaint-lodge" onFinish={send}>
      <Form.Item name="lot" label={say('lot')}>
        <Select allowClear placeholder={say('wholeDocket')} options={(view.lots ?? []).map((l) => ({ value: l.code, label: l.name || l.code }))} />
      </Form.Item>
      <Form.Item name="against" label={say('against')} rules={must}>
        <Select options={(['documents', 'opening', 'candidates', 'other'] as const).map((value) => ({ value, label: say(`against.${value}`) }))} />
      </Form.Item>
      <Form.Item name="known" label={say('known')} rules={must}><DatePicker style={{ width: '100%' }} /></Form.Item>
      <Form.Item name="objected" label={say('objected')} extra={say('objectedHint')}><DatePicker style={{ width: '100%' }} /></Form.Item>
      <Form.Item name="text" label={say('claim')} rules={[{ required: true, whitespace: true, message: say('required') }]}><Input.TextArea rows={6} maxLength={8000} showCount /></Form.Item>
      {lodge.error ? <Alert type="error" showIcon title={said(lodge.error)} style={{ marginBottom: 12 }} /> : null}
      <Button type="primary" htmlType="submit" loading={lodge.isPending}>{say('lodge')}</Button> <Button onClick={close}>{say('cancel')}</Button>
    </Form>
  )
}
