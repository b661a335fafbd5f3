import { account } from '@/words/account'

// Each browser also calls itself what came before it: the most particular name first.
const browsers = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari']

/** device says in short what a browser called itself. */
export function device(agent: string): string {
  const browser = browsers.map((name) => new RegExp(`(${name})/(\\d+)`).exec(agent)).find(Boolean)
  const system = /Windows|HarmonyOS|Android|iPhone|iPad|Mac OS X|Linux/.exec(agent)
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS' }
  const parts = [browser ? `${names[browser[1] ?? ''] ?? browser[1]} ${browser[2]}` : '', system ? (names[system[0]] ?? system[0]) : ''].filter(Boolean)
  return parts.join(' · ') || agent || account.say('unknownAgent')
}
