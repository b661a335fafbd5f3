import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { api, must, type Of } from '@/api/client'
import { useLive } from '@/live/live'
import type { View } from './view'

export type Overview = Of<'Overview'>

const often = 4_000

/** useOverview reads the figures of a view, and reads them again soon after something came. */
export function useOverview(view: View) {
  const queries = useQueryClient()
  const waits = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useLive({ kinds: ['count'] }, (event) => {
    if (event.kind === 'record' || waits.current) return
    waits.current = setTimeout(() => {
      waits.current = undefined
      void queries.invalidateQueries({ queryKey: ['overview'] })
    }, often)
  })
  useEffect(() => () => clearTimeout(waits.current), [])
  return useQuery({
    queryKey: ['overview', view],
    queryFn: () => must(api.GET('/api/v1/overview', { params: { query: view } })),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })
}

/** useMap reads the outlines once. */
export const useMap = () => useQuery({ queryKey: ['map'], queryFn: () => must(api.GET('/api/v1/map')), staleTime: Infinity })

/** useSince counts what came while this is on the screen. */
export function useSince(): { records: number; warnings: number } {
  const [since, setSince] = useState({ records: 0, warnings: 0 })
  useLive({ kinds: ['count'] }, (event) => {
    if (event.kind === 'count') setSince((was) => ({ records: was.records + event.data.records, warnings: was.warnings + event.data.warnings }))
  })
  return since
}
