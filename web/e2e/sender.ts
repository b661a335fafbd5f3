import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The trading system of the stories: registered before the platform starts. */
export const system = { name: 'stories', platform: '12410000000000001A', keyID: 'stories-1', region: '410300' }

/** newKey makes the system's key and leaves its public half where the platform registers it from. */
export function newKey(folder: string): { publicFile: string; privatePEM: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const publicFile = join(folder, 'stories.pem')
  writeFileSync(publicFile, publicKey.export({ type: 'spki', format: 'pem' }))
  return { publicFile, privatePEM: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

/** A row as the standard has it. */
export type Row = { dataset: string; key: string; fields: Record<string, string> }

const two = (n: number) => String(n).padStart(2, '0')

/** stamp writes a moment as the standard does, in the law's zone. */
export function stamp(at: Date): string {
  const d = new Date(at.getTime() + 8 * 3_600_000)
  return `${d.getUTCFullYear()}${two(d.getUTCMonth() + 1)}${two(d.getUTCDate())}${two(d.getUTCHours())}${two(d.getUTCMinutes())}${two(d.getUTCSeconds())}`
}

/** send signs a batch by RFC 9421, as any vendor's system does, and sends it through the door. */
export async function send(url: string, key: KeyObject | string, rows: Row[]): Promise<void> {
  const at = new Date()
  const body = [JSON.stringify({ platform: system.platform }), ...rows.map((r) => JSON.stringify({ ...r, op: 'insert', revision: stamp(at), fields: { ...r.fields, PLATFORM_CODE: system.platform, DATA_TIMESTAMP: stamp(at) } }))].join('\n')
  const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
  const address = new URL('/exchange/v1/batches', url)
  const type = 'application/x-ndjson'
  const parameters = `("@method" "@path" "@query" "@authority" "content-digest" "content-type");created=${Math.floor(at.getTime() / 1000)};keyid="${system.keyID}";alg="ed25519"`
  const base = [`"@method": POST`, `"@path": ${address.pathname}`, '"@query": ?', `"@authority": ${address.host}`, `"content-digest": ${digest}`, `"content-type": ${type}`, `"@signature-params": ${parameters}`].join('\n')
  const response = await fetch(address, {
    method: 'POST', body,
    headers: { 'Content-Type': type, 'Content-Digest': digest, 'Signature-Input': `sig1=${parameters}`, Signature: `sig1=:${sign(null, Buffer.from(base), key).toString('base64')}:` },
  })
  const answer = (await response.json()) as { answers?: { status: string; problems?: { rule: string; en: string }[] }[] }
  const refused = answer.answers?.filter((a) => a.status !== 'accepted' && a.status !== 'duplicate') ?? []
  if (!response.ok || refused.length > 0) throw new Error(`${response.status} ${JSON.stringify(refused.length > 0 ? refused : answer).slice(0, 600)}`)
}

/** An instruction as the door tells it. */
export type Told = { id: string; cursor: string; state: string; kind: string; docket: string; text: string; office: string }

/** ask signs a request to the door by RFC 9421 and gives what it answers. */
async function ask<T>(url: string, key: KeyObject | string, method: 'GET' | 'POST', path: string, body?: string): Promise<T> {
  const address = new URL(path, url)
  const type = 'application/json'
  const covered: [string, string][] = [['"@method"', method], ['"@path"', address.pathname], ['"@query"', address.search || '?'], ['"@authority"', address.host]]
  const headers: Record<string, string> = {}
  if (body !== undefined) {
    headers['Content-Digest'] = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
    headers['Content-Type'] = type
    covered.push(['"content-digest"', headers['Content-Digest']], ['"content-type"', type])
  }
  const parameters = `(${covered.map(([name]) => name).join(' ')});created=${Math.floor(Date.now() / 1000)};keyid="${system.keyID}";alg="ed25519"`
  const base = [...covered.map(([name, value]) => `${name}: ${value}`), `"@signature-params": ${parameters}`].join('\n')
  const response = await fetch(address, { method, ...(body === undefined ? {} : { body }), headers: { ...headers, 'Signature-Input': `sig1=${parameters}`, Signature: `sig1=:${sign(null, Buffer.from(base), key).toString('base64')}:` } })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 600)}`)
  return JSON.parse(text) as T
}

/** told asks what the stories' trading system is to do, as its vendor's program would; it waits until there is something. */
export const told = async (url: string, key: KeyObject | string, after = '', wait = 20): Promise<Told[]> => (await ask<{ items: Told[] }>(url, key, 'GET', `/exchange/v1/instructions?wait=${wait}${after ? `&after=${after}` : ''}`)).items

/** answer says what the trading system does about an instruction. */
export const answer = async (url: string, key: KeyObject | string, instruction: string, step: string, text = ''): Promise<void> => {
  await ask(url, key, 'POST', '/exchange/v1/instructions', JSON.stringify({ instruction, step, ...(text ? { text } : {}) }))
}
