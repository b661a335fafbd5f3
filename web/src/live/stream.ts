import type { Of } from '@/api/client'

export type Kind = 'record' | 'warning' | 'count'

/** What came: a row that is seen, a finding that is new or changed, how many of both; reset: what is shown must be read anew. */
export type LiveEvent =
  | { kind: 'record'; data: Of<'Note'> }
  | { kind: 'warning'; data: Of<'Warning'> }
  | { kind: 'count'; data: Of<'Tally'> }
  | { kind: 'reset' }

export type LiveFilter = { kinds?: Kind[]; region?: string | undefined; class?: string | undefined; docket?: string | undefined }

/** off: nobody listens; open: the stream stands; polling: it does not, and the API is asked now and then. */
export type LiveState = 'off' | 'opening' | 'open' | 'polling'

type Hearer = { filter: LiveFilter; hear: (event: LiveEvent) => void }
type Page = { events: { kind: string; data: unknown }[]; next: string; more?: boolean }

/** What of the browser the stream stands on, so that tests can stand in for it. */
export type Ground = {
  open: (url: string) => Pick<EventSource, 'addEventListener' | 'close' | 'readyState' | 'onopen' | 'onerror'>
  ask: (url: string) => Promise<Page>
  ended: () => void
}

const path = '/api/v1/stream'
const kinds: Kind[] = ['record', 'warning', 'count']
const pollEvery = 5_000
const tryAgain = 60_000
const lingers = 2_000

/** under says whether a region's code lies below another's: 410300 holds 410302. */
export function under(code: string | undefined, region: string): boolean {
  return (code ?? '').startsWith(region.replace(/(00)+$/, ''))
}

/** concerns says whether an event is what a filter asks for. Counts are of all that is seen. */
export function concerns(event: LiveEvent, filter: LiveFilter): boolean {
  if (event.kind === 'reset') return true
  if (filter.kinds && !filter.kinds.includes(event.kind)) return false
  if (event.kind === 'count') return true
  const { region, class: sort, docket } = event.data
  return (!filter.region || under(region, filter.region)) && (!filter.class || filter.class === sort) && (!filter.docket || filter.docket === docket)
}

/**
 * One stream for the whole app. It is open while somebody listens, tells only
 * kinds that somebody wants, goes on after a cut from the last id, and asks
 * instead when it cannot stay open.
 */
export class Live {
  private hearers = new Set<Hearer>()
  private watchers = new Set<() => void>()
  private source: ReturnType<Ground['open']> | undefined
  private last = ''
  private wanted = ''
  private failures = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private lull: ReturnType<typeof setTimeout> | undefined
  private pollingSince = 0
  private now: LiveState = 'off'

  private ground: Ground
  constructor(ground: Ground) {
    this.ground = ground
  }

  get state(): LiveState {
    return this.now
  }

  /** watch is told when the state changes; it returns how to stop being told. */
  watch = (changed: () => void): (() => void) => {
    this.watchers.add(changed)
    return () => this.watchers.delete(changed)
  }

  /** listen hears what a filter asks for; it returns how to stop. */
  listen(filter: LiveFilter, hear: (event: LiveEvent) => void): () => void {
    const hearer = { filter, hear }
    this.hearers.add(hearer)
    clearTimeout(this.lull)
    this.reopen()
    return () => {
      this.hearers.delete(hearer)
      clearTimeout(this.lull)
      // A page that gives way to the next need not cut the stream.
      this.lull = setTimeout(() => (this.hearers.size === 0 ? this.close() : this.reopen()), lingers)
    }
  }

  /** close ends the stream, until somebody listens anew. */
  close(): void {
    this.source?.close()
    this.source = undefined
    clearTimeout(this.timer)
    this.wanted = ''
    this.become('off')
  }

  private become(state: LiveState): void {
    if (this.now === state) return
    this.now = state
    for (const changed of this.watchers) changed()
  }

  private address(to: string): string {
    const query = new URLSearchParams({ kinds: this.wanted })
    if (this.last) query.set('after', this.last)
    return `${to}?${query.toString()}`
  }

  private reopen(): void {
    const asked = new Set([...this.hearers].flatMap((hearer) => hearer.filter.kinds ?? kinds))
    const wanted = kinds.filter((kind) => asked.has(kind)).join(',')
    if (wanted === this.wanted && this.now !== 'off') return
    this.wanted = wanted
    if (this.now !== 'polling') this.open()
  }

  private open(): void {
    this.source?.close()
    clearTimeout(this.timer)
    if (this.now !== 'polling') this.become('opening')
    const source = this.ground.open(this.address(path))
    this.source = source
    source.onopen = () => {
      this.failures = 0
      clearTimeout(this.timer)
      this.become('open')
    }
    source.onerror = () => {
      if (this.source !== source) return
      this.failures++
      // The browser comes again by itself, unless the answer was none to come again for.
      if (source.readyState === 2 || this.failures > 2) {
        source.close()
        this.source = undefined
        this.poll()
      } else this.become('opening')
    }
    for (const kind of [...kinds, 'reset', 'ended'] as const) {
      source.addEventListener(kind, (event) => {
        if (this.source !== source) return
        const { data, lastEventId } = event as MessageEvent<string>
        if (lastEventId) this.last = lastEventId
        if (kind === 'ended') {
          this.close()
          this.last = ''
          this.ground.ended()
        } else this.tell(kind, JSON.parse(data))
      })
    }
    // An id alone comes now and then, and is taken by the browser for its own way back only.
  }

  private tell(kind: string, data: unknown): void {
    const event = { kind, data } as LiveEvent
    for (const hearer of [...this.hearers]) if (concerns(event, hearer.filter)) hearer.hear(event)
  }

  private poll(): void {
    if (this.now !== 'polling') this.pollingSince = Date.now()
    this.become('polling')
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.ask(), pollEvery)
  }

  private async ask(): Promise<void> {
    if (this.hearers.size === 0) return
    try {
      for (let more = true; more; ) {
        const page = await this.ground.ask(this.address(`${path}/poll`))
        this.last = page.next
        more = page.more ?? false
        for (const { kind, data } of page.events) this.tell(kind, data)
      }
    } catch {
      // Asked again in its turn.
    }
    if (this.now !== 'polling') return
    if (Date.now() - this.pollingSince >= tryAgain) {
      this.pollingSince = Date.now()
      this.failures = 0
      this.open()
    }
    if (this.now === 'polling') this.timer = setTimeout(() => void this.ask(), pollEvery)
  }
}
