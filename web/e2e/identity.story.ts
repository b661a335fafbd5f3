import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, type Page, test } from '@playwright/test'

const program = process.env.MINGJING_BIN ?? join(dirname(fileURLToPath(import.meta.url)), '../../bin/mingjing')
const own = '只有我知道的密码 7'

/** A platform of its own, at localhost (browsers take no passkeys at an IP address), where a proof of who asks is good for a second only. */
async function house(): Promise<{ url: string; first: string; stop: () => Promise<void> }> {
  const data = mkdtempSync(join(tmpdir(), 'mingjing-identity-'))
  const said = execFileSync(program, ['person', 'add', '--data', data, '--username', 'office', '--name', '龚管', '--role', 'office', '--title', '省公管办']).toString()
  execFileSync(program, ['person', 'add', '--data', data, '--username', 'deputy', '--name', '代理', '--role', 'auditor', '--title', '省审计厅'])
  const child = spawn(program, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--proof-for', '1s'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const port = await new Promise<string>((tell, fail) => {
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      const found = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(out)
      if (found?.[1]) tell(found[1])
    })
    child.on('exit', () => fail(new Error(`the platform ended: ${out}`)))
  })
  return {
    url: `http://localhost:${port}`, first: /password (\S+)/.exec(said)?.[1] ?? '',
    stop: async () => {
      const ended = new Promise((next) => child.on('exit', next))
      child.kill('SIGTERM')
      await ended
      rmSync(data, { recursive: true, force: true })
    },
  }
}

async function out(page: Page): Promise<void> {
  await page.locator('header button[aria-haspopup=menu]').click()
  await page.getByText('退出登录').click()
  await expect(page.getByText('您已退出登录')).toBeVisible()
}

test('a passkey: made after a proof, signs in without a password, proves anew, is taken away', async ({ page }) => {
  const { url, first, stop } = await house()
  try {
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    await devtools.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } })
    await page.goto(`${url}/console/account`)
    await page.locator('#username').fill('office')
    await page.locator('#password').fill(first)
    await page.keyboard.press('Enter')
    await page.locator('#fresh').fill(own)
    await page.locator('#again').fill(own)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('button', { name: '新建通行密钥' })).toBeEnabled()

    // The sign-in is too long ago to be a proof: it asks, a wrong password is none, the right one goes on.
    await page.waitForTimeout(1_200)
    await page.getByRole('button', { name: '新建通行密钥' }).click()
    await page.locator('#passkey-label').fill('单位电脑')
    await page.keyboard.press('Enter')
    await expect(page.getByText('请再次验证身份')).toBeVisible()
    await page.locator('#proof-password').fill('wrong')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog').getByText(/未能登录/)).toBeVisible()
    await page.locator('#proof-password').fill(own)
    await page.keyboard.press('Enter')
    await expect(page.locator('.account-key').getByText('单位电脑')).toBeVisible()

    await out(page)
    await page.getByRole('button', { name: '使用通行密钥登录' }).click()
    await expect(page.locator('#main')).toBeVisible()

    // By the passkey what was asked for goes on too.
    await page.goto(`${url}/console/people`)
    await page.waitForTimeout(1_200)
    await page.getByRole('button', { name: '新建账号' }).click()
    await page.locator('#new-name').fill('秦试')
    await page.locator('#new-username').fill('qin')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: '使用通行密钥' }).click()
    await expect(page.locator('.people-once code').last()).toBeVisible()

    // Whoever declines has done nothing.
    await page.goto(`${url}/console/account`)
    await page.waitForTimeout(1_200)
    await page.locator('.account-posts li', { hasText: '单位电脑' }).getByRole('button', { name: '删除' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '取消' }).click()
    await expect(page.locator('.account-key').getByText('单位电脑')).toBeVisible()
    await page.locator('.account-posts li', { hasText: '单位电脑' }).getByRole('button', { name: '删除' }).click()
    await page.locator('#proof-password').fill(own)
    await page.keyboard.press('Enter')
    await expect(page.locator('.account-key')).toHaveCount(0)
    await out(page)
    await page.getByRole('button', { name: '使用通行密钥登录' }).click()
    await expect(page.getByRole('alert')).toBeVisible()
  } finally {
    await stop()
  }
})

test('a post lent over a holiday, an organisation made and renamed', async ({ page }) => {
  const { url, first, stop } = await house()
  try {
    await page.goto(`${url}/console/account`)
    await page.locator('#username').fill('office')
    await page.locator('#password').fill(first)
    await page.keyboard.press('Enter')
    await page.locator('#fresh').fill(own)
    await page.locator('#again').fill(own)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: '委托当前岗位' }).click()
    await page.locator('#lend-to').fill('deputy')
    await page.locator('#lend-until').fill('2099-01-01')
    await page.keyboard.press('Enter')
    const proof = page.locator('#proof-password')
    const refused = page.getByText(/一次最长 90 天/)
    await expect(proof.or(refused)).toBeVisible()
    if (await proof.isVisible()) {
      await proof.fill(own)
      await page.keyboard.press('Enter')
    }
    await expect(refused).toBeVisible()
    await expect(proof).toBeHidden() // while it fades, it would be taken for the next one
    const soon = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)
    await page.locator('#lend-until').fill(soon)
    await page.keyboard.press('Enter')
    const lent = page.getByText(/委托给 代理（deputy）/)
    await expect(proof.or(lent)).toBeVisible()
    if (await proof.isVisible()) {
      await proof.fill(own)
      await page.keyboard.press('Enter')
    }
    await expect(lent).toBeVisible()
    await page.getByRole('button', { name: '收回' }).click()
    await expect(lent).toHaveCount(0)

    await page.goto(`${url}/console/organisations`)
    await page.waitForTimeout(1_200)
    await page.getByRole('button', { name: '新建机构' }).click()
    await page.locator('#unit-name').fill('洛阳市水利局')
    await page.locator('#unit-region').fill('410300')
    await page.keyboard.press('Enter')
    await proof.fill(own)
    await page.keyboard.press('Enter')
    await page.getByText('洛阳市水利局').click()
    await page.waitForTimeout(1_200)
    await page.getByRole('button', { name: '变更' }).click()
    await page.locator('#unit-name').fill('洛阳市水务局')
    await page.keyboard.press('Enter')
    await proof.fill(own)
    await page.keyboard.press('Enter')
    await expect(page.locator('.organisation-history li')).toHaveCount(2)
    await expect(page.locator('.organisation-tree').getByText('洛阳市水务局')).toBeVisible()
  } finally {
    await stop()
  }
})
