import { useQuery } from '@tanstack/react-query'
import { api, must, type Of } from '@/api/client'

export type View = Of<'Docket'>
export type Entry = Of<'Entry'>
export type Field = Of<'Field'>

const at = (id: string) => ({ params: { path: { id } } })

/** The docket as this reader sees it. */
export const useDocket = (id: string) => useQuery({ queryKey: ['docket', id], queryFn: () => must(api.GET('/api/v1/dockets/{id}', at(id))) })

/** Its stage board with the legal periods. */
export const useStages = (id: string) => useQuery({ queryKey: ['docket', id, 'stages'], queryFn: () => must(api.GET('/api/v1/dockets/{id}/stages', at(id))) })

/** Its money and bodies. */
export const useSheet = (id: string) => useQuery({ queryKey: ['docket', id, 'sheet'], queryFn: () => must(api.GET('/api/v1/dockets/{id}/sheet', at(id))) })

/** Its findings, none for who may not see them. */
export const useFindings = (id: string) => useQuery({ queryKey: ['docket', id, 'findings'], queryFn: () => must(api.GET('/api/v1/findings', { params: { query: { docket: id, limit: 200 } } })) })

/** Who was shown what is protected of it; for its supervisors and auditors. */
export const useReadings = (id: string) => useQuery({ queryKey: ['docket', id, 'readings'], queryFn: () => must(api.GET('/api/v1/dockets/{id}/readings', at(id))) })

/** value gives a shown field of an entry, '' when it is not shown. */
export function value(entry: Entry, name: string): string {
  return entry.fields?.find((f) => f.name === name)?.value ?? ''
}

/** rowsOf gives the standing entries of some data sets. */
export const rowsOf = (view: View, ...sets: string[]): Entry[] => (view.entries ?? []).filter((e) => !e.deleted && sets.includes(e.dataset))
