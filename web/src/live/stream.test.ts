import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { concerns, Live, type Ground, type LiveEvent, under } from './stream'

class Fake {
  static all: Fake[] = []
  readyState = 0
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  closed = false
  private hear = new Map<string, (event: unknown) => void>()
  url: string
  constructor(url: string) {
    this.url = url
    Fake.all.push(this)
  }
  addEventListener(kind: string, hear: (event: unknown) => void): void {
    this.hear.set(kind, hear)
  }
  close(): void {
    this.closed = true
    this.readyState = 2
  }
  tell(kind: string, lastEventId: string, data: unknown): void {
    this.hear.get(kind)?.({ lastEventId, data: JSON.stringify(data) })
  }
}

const record = (region: string, docket = 'T'): unknown => ({ id: 'r', docket, class: 'construction', region, at: '' })
const newest = (): Fake => Fake.all[Fake.all.length - 1] as Fake

let asked: string[]
let answers: Awaited<ReturnType<Ground['ask']>>[]
let ended: number
const make = (): Live => new Live({
  open: (url) => new Fake(url) as unknown as ReturnType<Ground['open']>,
  ask: (url) => {
    asked.push(url)
    const next = answers.shift()
    return next ? Promise.resolve(next) : Promise.reject(new Error('down'))
  },
  ended: () => void ended++,
})

beforeEach(() => {
  vi.useFakeTimers()
  Fake.all = []
  asked = []
  answers = []
  ended = 0
})
afterEach(() => vi.useRealTimers())

describe('Live', () => {
  test('opens one stream for all and tells each what it asked for', () => {
    const live = make()
    const here: LiveEvent[] = []
    const all: LiveEvent[] = []
    live.listen({ kinds: ['record'], region: '410300' }, (event) => here.push(event))
    live.listen({ kinds: ['record'] }, (event) => all.push(event))
    expect(Fake.all.filter((source) => !source.closed)).toHaveLength(1)
    newest().onopen?.()
    expect(live.state).toBe('open')
    newest().tell('record', '1', record('410302'))
    newest().tell('record', '2', record('410105'))
    expect([here.length, all.length]).toEqual([1, 2])
  })

  test('asks for more kinds from where it was when somebody wants them', () => {
    const live = make()
    live.listen({ kinds: ['count'] }, () => undefined)
    expect(newest().url).toBe('/api/v1/stream?kinds=count')
    newest().tell('count', '7', { records: 1, warnings: 0, at: '' })
    live.listen({ kinds: ['warning'] }, () => undefined)
    expect(newest().url).toBe('/api/v1/stream?kinds=warning%2Ccount&after=7')
    expect(Fake.all[0]?.closed).toBe(true)
  })

  test('lets the browser come again, and asks when it cannot; then tries the stream once more', async () => {
    const live = make()
    const heard: LiveEvent[] = []
    live.listen({}, (event) => heard.push(event))
    newest().tell('record', 'a', record('410302'))
    newest().onerror?.()
    expect(live.state).toBe('opening')
    newest().readyState = 2
    newest().onerror?.()
    expect(live.state).toBe('polling')
    answers = [{ events: [{ kind: 'record', data: record('410302') }], next: 'b', more: true }, { events: [], next: 'c' }]
    await vi.advanceTimersByTimeAsync(5_000)
    expect(asked.map((url) => new URLSearchParams(url.split('?')[1]).get('after'))).toEqual(['a', 'b'])
    expect(heard).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(newest().url).toContain('after=c')
    newest().onopen?.()
    expect(live.state).toBe('open')
    const before = asked.length
    await vi.advanceTimersByTimeAsync(20_000)
    expect(asked).toHaveLength(before)
  })

  test('ends with the session and says so', () => {
    const live = make()
    live.listen({}, () => undefined)
    newest().tell('ended', 'z', { why: 'withdrawn' })
    expect([live.state, ended, newest().closed]).toEqual(['off', 1, true])
  })

  test('is closed when nobody listens any more, not while one page follows another', async () => {
    const live = make()
    const stop = live.listen({ kinds: ['record'] }, () => undefined)
    stop()
    const next = live.listen({ kinds: ['record'] }, () => undefined)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(Fake.all).toHaveLength(1)
    expect(newest().closed).toBe(false)
    next()
    await vi.advanceTimersByTimeAsync(3_000)
    expect(newest().closed).toBe(true)
  })
})

test.each([
  ['410302', '410300', true], ['410302', '41', true], ['410302', '410000', true], ['410105', '410300', false], [undefined, '41', false],
])('%s under %s', (code, region, is) => expect(under(code, region)).toBe(is))

test('a reset concerns everybody', () => expect(concerns({ kind: 'reset' }, { docket: 'x', kinds: ['count'] })).toBe(true))
