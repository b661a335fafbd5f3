import { useQuery } from '@tanstack/react-query'
import { api, must, type Of } from '@/api/client'

export type Region = Of<'RegionItem'>
export type Branch = { value: string; title: string; children: Branch[] }

/** useRegions are the divisions of today; they hardly change, so they are asked for once. */
export const useRegions = () => useQuery({ queryKey: ['regions'], queryFn: () => must(api.GET('/api/v1/regions')), staleTime: Number.POSITIVE_INFINITY })

/** tree hangs each division under the one that holds it. */
export function tree(items: readonly Region[]): Branch[] {
  const branches = new Map(items.map((item) => [item.code, { value: item.code, title: item.name, children: [] as Branch[] }]))
  const roots: Branch[] = []
  for (const item of items) {
    const branch = branches.get(item.code)
    if (branch) (branches.get(item.above ?? '')?.children ?? roots).push(branch)
  }
  return roots
}

/** naming gives a division's name by its code: with its city before a district's, the code itself where there is none. */
export function naming(items: readonly Region[] | null | undefined): (code: string | undefined) => string {
  const names = new Map((items ?? []).map((item) => [item.code, item]))
  return (code) => {
    const own = names.get(code ?? '')
    if (!own) return code ?? ''
    const above = names.get(own.above ?? '')
    return above && !above.code.endsWith('0000') ? `${above.name}${own.name}` : own.name
  }
}
