import type { Of } from '@/api/client'

/** The states of a system, those that need a look first. */
export const states: Of<'SourceHead'>['state'][] = ['refusing', 'silent', 'never', 'quiet', 'live']
