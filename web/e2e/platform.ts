import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newKey, system } from './sender'

/** program is the built platform. */
export const program = process.env.MINGJING_BIN ?? join(dirname(fileURLToPath(import.meta.url)), '../../bin/mingjing')

/** free asks the system for a port that nobody has. */
async function free(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

/**
 * Starts a simulated province in a folder of its own, waits until its history
 * is in and folded, and leaves its address and what it printed in the environment. With
 * MINGJING_URL set, the stories run against that platform instead; what it
 * printed is then expected in MINGJING_SAID.
 */
export default async function platform(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.MINGJING_URL) return undefined
  const data = mkdtempSync(join(tmpdir(), 'mingjing-e2e-'))
  const url = `http://127.0.0.1:${await free()}`
  const key = newKey(data)
  execFileSync(program, ['source', 'add', '--data', data, '--name', system.name, '--platform', system.platform, '--region', system.region, '--key', key.publicFile, '--key-id', system.keyID], { stdio: 'pipe' })
  process.env.MINGJING_STORIES_KEY = key.privatePEM
  const audit = `localhost:${await free()}`
  const child = spawn(program, ['demo', '--data', data, '--listen', url.slice('http://'.length), '--audit-listen', audit, '--dockets', process.env.DOCKETS ?? '150', '--pace', '7200'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => { said += chunk.toString() })
  child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString() })
  let over = false
  const ended = new Promise<void>((resolve) => child.on('exit', () => { over = true; resolve() }))
  const until = Date.now() + 240_000
  for (;;) {
    if (over || Date.now() > until) throw new Error(`the platform did not come up:\n${said}`)
    if (said.includes('all of it is folded')) break
    await new Promise((next) => setTimeout(next, 500))
  }
  process.env.MINGJING_URL = url
  process.env.MINGJING_SAID = said
  process.env.MINGJING_AUDIT_URL = `https://${audit}`
  process.env.MINGJING_AUDIT_CARD = join(data, 'audit-port', 'audit') // with .pem and .key
  return async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(data, { recursive: true, force: true })
  }
}
