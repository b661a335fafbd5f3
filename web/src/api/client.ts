import createClient from 'openapi-fetch'
import type { components, paths } from './schema'

/** A shape of the API by its name in the description. */
export type Of<Name extends keyof components['schemas']> = components['schemas'][Name]

let prover: (() => Promise<boolean>) | undefined
let proving: Promise<boolean> | undefined

/** onProofNeeded names who asks the person to prove anew who they are; it returns how to stop that. */
export function onProofNeeded(ask: () => Promise<boolean>): () => void {
  prover = ask
  return () => { if (prover === ask) prover = undefined }
}

/** Sends a request; when the API wants a fresh proof of who asks (A067), the person is asked once, however many requests wait, and it is sent again. */
async function send(request: Request): Promise<Response> {
  const again = request.clone()
  const response = await fetch(request)
  if (response.status !== 403 || !prover) return response
  const problem = (await response.clone().json().catch(() => ({}))) as { rule?: string }
  if (problem.rule !== 'A067') return response
  proving ??= prover().finally(() => { proving = undefined })
  return (await proving) ? fetch(again) : response
}

/** Everything the console knows comes through this client; its types are made from the API's description. */
export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin', fetch: send })

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
