import { afterEach, describe, expect, test } from 'vitest'
import { device } from '@/pages/account/device'
import { said } from '@/pages/account/said'
import { Refused } from '@/api/client'
import { reach } from '@/parts/Post'
import { speak } from '@/words/words'
import { fits } from './fits'
import { standing } from './roles'

afterEach(() => speak('zh'))

const now = Date.parse('2026-11-25T08:00:00Z')
const post = { id: 'o1', role: 'supervisor', title: '洛阳市发展和改革委员会', regions: ['410300', '4110'], from: '2026-01-01T00:00:00Z' }

describe('standing', () => {
  test.each([
    [{}, 'inForce'],
    [{ withdrawn: '2026-02-01T00:00:00Z' }, 'withdrawn'],
    [{ until: '2026-11-25T08:00:00Z' }, 'over'],
    [{ until: '2026-11-25T08:00:01Z' }, 'inForce'],
    [{ from: '2026-11-25T08:00:30Z' }, 'inForce'], // the server's clock is a little ahead
    [{ from: '2026-11-26T08:00:00Z' }, 'toCome'],
  ])('%o', (change, says) => expect(standing({ ...post, ...change }, now)).toBe(says))
})

describe('reach', () => {
  test('names cities, leaves other codes, says all sectors', () => expect(reach(post)).toBe('洛阳、4110 · 所有行业'))
  test('in English too', () => {
    speak('en')
    expect(reach({ ...post, regions: ['*'], sectors: ['land'] })).toBe('everywhere · Land use rights')
  })
  test('an auditor has no bounds', () => expect(reach({ ...post, role: 'auditor', regions: null })).toBe(''))
})

describe('fits', () => {
  const person = { id: 'p', username: 'luo.yang', name: '罗洋', locked: false, created: '', totp: false, renew: false, passkeys: 0, posts: [post] }
  test.each([
    ['', undefined, true], ['LUO', undefined, true], ['罗', undefined, true], ['发展', 'supervisor', true], ['发展', 'auditor', false], ['郑州', undefined, false],
  ])('%s as %s', (q, role, says) => expect(fits(person, q, role)).toBe(says))
  test('a withdrawn post is held no more', () => expect(fits({ ...person, posts: [{ ...post, withdrawn: '2026-02-01T00:00:00Z' }] }, '', 'supervisor')).toBe(false))
})

describe('device', () => {
  test.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0', 'Edge 141 · Windows'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox 140 · Linux'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1', 'Safari 604 · iPhone'],
    ['curl/8.5.0', 'curl/8.5.0'],
    ['', '未知设备'],
  ])('%s', (agent, says) => expect(device(agent)).toBe(says))
})

describe('said', () => {
  const weak = new Refused(422, { errors: [{ field: 'body.new', message: 'password / 密码: too short, take at least 10 characters / 至少 10 个字符' }] })
  test('speaks the language of the screen', () => {
    expect(said(weak)).toBe('密码：至少 10 个字符')
    speak('en')
    expect(said(weak)).toBe('password: too short, take at least 10 characters')
  })
  test('else its title and what to do', () => expect(said(new Refused(409, { title: '用户名已被使用 / The username is taken', mend: '换一个用户名 / Take another' }))).toBe('用户名已被使用。换一个用户名'))
  test('no answer', () => expect(said(new TypeError('fetch'))).toBe('网络不通或服务未启动。'))
})
