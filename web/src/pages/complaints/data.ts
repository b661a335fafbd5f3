import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, must, type Of } from '@/api/client'

export type Complaint = Of<'ComplaintItem'>
export type Act = 'return' | 'supplement' | 'decline' | 'accept' | 'suspend' | 'resume' | 'decide' | 'retract'
export type Which = 'open' | 'ended' | 'all'

/** The complaints that this reader lodged or handles. */
export const useComplaints = (state: Which) => useQuery({ queryKey: ['complaints', state], queryFn: () => must(api.GET('/api/v1/complaints', { params: { query: { state } } })) })

/** What of the complaints about a docket this reader sees. */
export const useStanding = (id: string) => useQuery({ queryKey: ['docket', id, 'complaints'], queryFn: () => must(api.GET('/api/v1/dockets/{id}/complaints', { params: { path: { id } } })) })

/** useSaid reads all complaints anew after something was done. */
function useSaid(docket: string) {
  const queries = useQueryClient()
  return () => {
    void queries.invalidateQueries({ queryKey: ['complaints'] })
    void queries.invalidateQueries({ queryKey: ['docket', docket] })
  }
}

export function useAct(of: Complaint) {
  const said = useSaid(of.docket)
  return useMutation({
    mutationFn: (body: { act: Act; text?: string; outcome?: 'upheld' | 'partly' | 'rejected' }) => must(api.POST('/api/v1/complaints/{complaint}/acts', { params: { path: { complaint: of.id } }, body })),
    onSuccess: said,
  })
}

export type Lodging = { lot?: string; against: 'documents' | 'opening' | 'candidates' | 'other'; known: string; objected?: string; text: string }

export function useLodge(docket: string) {
  const said = useSaid(docket)
  return useMutation({
    mutationFn: (body: Lodging) => must(api.POST('/api/v1/dockets/{id}/complaints', { params: { path: { id: docket } }, body })),
    onSuccess: said,
  })
}
