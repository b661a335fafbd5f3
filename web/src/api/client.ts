import createClient from 'openapi-fetch'
import type { components, paths } from './schema'

/** A shape of the API by its name in the description. */
export type Of<Name extends keyof components['schemas']> = components['schemas'][Name]

/** Everything the console knows comes through this client; its types are made from the API's description. */
export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin' })

/** What the API answered instead of what was asked. */
export class Refused extends Error {
  readonly status: number
  readonly problem: Partial<Of<'ReadProblem'>>
  constructor(status: number, problem: Partial<Of<'ReadProblem'>>) {
    super(problem.title ?? `HTTP ${status}`)
    this.name = 'Refused'
    this.status = status
    this.problem = problem
  }
}

const ended = new Set<(why: string) => void>()

/** onSignedOut is told when the API no longer knows who asks, and why; it returns how to stop being told. */
export function onSignedOut(hear: (why: string) => void): () => void {
  ended.add(hear)
  return () => ended.delete(hear)
}

type Answer<T> = { data?: T; error?: unknown; response: Response }

/** must gives the data of an answer, or throws Refused with the problem that the API named. */
export async function must<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked
  if (response.ok) return data as T
  const problem: Partial<Of<'ReadProblem'>> = typeof error === 'object' && error !== null ? error : {}
  // A wrong password is a 401 too; A060 alone says that a session has ended.
  if (problem.rule === 'A060') for (const hear of ended) hear(problem.why ?? 'unknown')
  throw new Refused(response.status, problem)
}
