import { Alert, Button, DatePicker, Input, Modal, Select } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { api, must, type Of } from '@/api/client'
import { said } from '@/pages/account/said'
import { people } from '@/words/people'
import { posts } from '@/words/posts'
import { term } from '@/words/trade'
import { cities, classes, roles } from './roles'

/** A new post: role, title, and what bounds this role. */
export function Grant({ person, shut }: { person: Of<'Person'>; shut: () => void }) {
  const say = people.useWords()
  const word = posts.useWords()
  const queries = useQueryClient()
  const [role, setRole] = useState<(typeof roles)[number]>('supervisor')
  const [title, setTitle] = useState('')
  const [regions, setRegions] = useState<string[]>([])
  const [sectors, setSectors] = useState<string[]>([])
  const [origins, setOrigins] = useState<string[]>([])
  const [org, setOrg] = useState('')
  const [unit, setUnit] = useState('')
  const units = useQuery({ queryKey: ['organisations', ''], queryFn: () => must(api.GET('/api/v1/organisations')) })
  const [until, setUntil] = useState<Dayjs | null>(null)
  const grant = useMutation({
    mutationFn: () => must(api.POST('/api/v1/people/{id}/posts', {
      params: { path: { id: person.id } },
      body: {
        role, title,
        ...(unit ? { unit } : {}),
        ...(role === 'supervisor' ? { regions, sectors } : {}),
        ...(role === 'source' ? { origins } : {}),
        ...(role === 'tenderer' || role === 'party' ? { org } : {}),
        // The last day counts whole, by the law's clock.
        ...(until ? { until: `${until.add(1, 'day').format('YYYY-MM-DD')}T00:00:00+08:00` } : {}),
      },
    })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['people'] })
      shut()
    },
  })
  return (
    <Modal open title={say('grant')} onCancel={shut} footer={null} mask={{ closable: false }}>
      <form className="people-form" onSubmit={(event) => { event.preventDefault(); grant.mutate() }}>
        <label htmlFor="post-role">{say('role')}</label>
        <Select id="post-role" value={role} onChange={setRole} options={roles.map((value) => ({ value, label: word(`role.${value}`) }))} />
        <label htmlFor="post-title">{say('postTitle')}</label>
        <Input id="post-title" required maxLength={100} placeholder={say('postTitleSays')} value={title} onChange={(event) => setTitle(event.target.value)} />
        <label htmlFor="post-unit">{say('unit')}</label>
        <Select
          id="post-unit" allowClear showSearch={{ optionFilterProp: 'label' }} value={unit || undefined} aria-describedby="post-unit-says"
          options={(units.data?.items ?? []).filter((one) => one.kind !== 'division').map((one) => ({ value: one.id, label: one.name }))}
          onChange={(value?: string) => {
            setUnit(value ?? '')
            const one = units.data?.items?.find((other) => other.id === value)
            if (!one) return
            if (title === '') setTitle(one.name)
            if (one.region && regions.length === 0) setRegions([one.region])
            if (one.sectors && sectors.length === 0) setSectors(one.sectors)
            if (one.code) setOrg(one.code)
          }}
        />
        <small id="post-unit-says">{say('unitSays')}</small>
        {role === 'supervisor' ? (
          <>
            <label htmlFor="post-regions">{say('regions')}</label>
            <Select id="post-regions" mode="tags" value={regions} onChange={setRegions} optionFilterProp="label" aria-describedby="post-regions-says" options={cities.map((value) => ({ value, label: `${word(`city.${value}`)} ${value}` }))} />
            <small id="post-regions-says">{say('regionsSays')}</small>
            <label htmlFor="post-sectors">{say('sectors')}</label>
            <Select id="post-sectors" mode="multiple" value={sectors} onChange={setSectors} optionFilterProp="label" options={classes.map((value) => ({ value, label: term(value) }))} />
          </>
        ) : null}
        {role === 'source' ? (
          <>
            <label htmlFor="post-origins">{say('origins')}</label>
            <Select id="post-origins" mode="tags" open={false} suffixIcon={null} value={origins} onChange={setOrigins} />
          </>
        ) : null}
        {role === 'tenderer' || role === 'party' ? (
          <>
            <label htmlFor="post-org">{say('org')}</label>
            <Input id="post-org" required maxLength={18} className="number" value={org} onChange={(event) => setOrg(event.target.value)} />
          </>
        ) : null}
        <label htmlFor="post-until">{say('until')}</label>
        <DatePicker id="post-until" value={until} onChange={(value) => setUntil(value)} />
        {grant.error ? <Alert type="error" showIcon role="alert" title={said(grant.error)} /> : null}
        <div className="people-do"><Button type="primary" htmlType="submit" loading={grant.isPending}>{say('grant')}</Button><small>{say('recorded')}</small></div>
      </form>
    </Modal>
  )
}
