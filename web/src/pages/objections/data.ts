import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, must, type Of } from '@/api/client'

export type Objection = Of<'ObjectionItem'>
export type Source = Of<'ObjectionSource'>
export type Saying = Of<'ObjectionBody'>
export type Act = Saying['act']
export type Which = 'open' | 'ended' | 'all'

/** What tenderers reported about objections, as far as it is this reader's. */
export const useObjections = (state: Which) => useQuery({ queryKey: ['objections', state], queryFn: () => must(api.GET('/api/v1/objections', { params: { query: { state } } })) })

/** What of a docket's objections this reader sees. */
export const useStanding = (id: string) => useQuery({ queryKey: ['docket', id, 'objections'], queryFn: () => must(api.GET('/api/v1/dockets/{id}/objections', { params: { path: { id } } })) })

/** useSay does an act about an objection; without one it begins one of the docket. */
export function useSay(docket: string, objection?: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Saying) =>
      must(objection ? api.POST('/api/v1/objections/{objection}/acts', { params: { path: { objection } }, body }) : api.POST('/api/v1/dockets/{id}/objections', { params: { path: { id: docket } }, body })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['objections'] })
      void queries.invalidateQueries({ queryKey: ['docket', docket, 'objections'] })
    },
  })
}
