import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { password, signIn } from './accounts'
import { clean } from './clean'
import { atDesk, desk, port } from './desk'
import { program } from './platform'

test.describe.configure({ timeout: 120_000 }) // long tables, judged by axe
test.skip(() => port() === '', 'this platform has no auditors’ port')

test('an auditor comes in by certificate and follows the money to where it differs', async ({ browser, page }) => {
  const auditor = await atDesk(browser)
  await expect(auditor).toHaveURL(/\/console\/audit/)
  await expect(auditor.getByRole('heading', { name: '审计台' })).toBeVisible()
  const differing = auditor.locator('tr', { has: auditor.locator('.ant-tag') }).first()
  await expect(auditor.locator('tbody a').first()).toBeVisible()
  for (let i = 0; i < 5 && !(await differing.isVisible()); i++) {
    await auditor.getByRole('button', { name: '再列一页' }).click()
    await expect(auditor.locator('.ant-btn-loading')).toHaveCount(0)
  }
  const says = await differing.locator('.ant-tag').first().textContent()
  await clean(auditor, 'the audit desk')
  await differing.getByRole('link').click()
  await expect(auditor.locator('.audit-differences')).toContainText(says ?? 'nothing')
  await expect(auditor.locator('.audit-differences')).toContainText('建议核查')
  await expect(auditor.locator('.audit-way').first()).toBeVisible()
  await clean(auditor, 'a trail')
  await auditor.getByRole('link', { name: '打开案卷' }).click()
  await expect(auditor.locator('#money')).toBeVisible()

  // Elsewhere there is no such desk: not in the menu, and nothing of it is served.
  await signIn(page, 'audit', { to: '/dockets' })
  await expect(page.getByRole('link', { name: '审计台' })).toHaveCount(0)
  expect((await page.request.get(`${process.env.MINGJING_URL}/api/v1/audit/dockets`)).status()).toBe(404)
  await auditor.context().close()
})

test('at the port others are shut out, whatever they can show elsewhere', async ({ browser }) => {
  const page = await desk(browser)
  await page.goto(`${port()}/console/signin`)
  await page.locator('#username').fill('office')
  await page.locator('#password').fill(password())
  await page.keyboard.press('Enter')
  await expect(page.locator('#main')).toBeVisible()
  expect((await page.request.get(`${port()}/api/v1/dockets`)).status()).toBe(403)
  expect((await page.request.get(`${port()}/api/v1/audit/dockets`)).status()).toBe(403)
  const bare = await browser.newContext({ ignoreHTTPSErrors: true })
  await expect((await bare.newPage()).goto(port())).rejects.toThrow()
  await bare.close()
  await page.context().close()
})

test('an auditor asks in SQL on a snapshot; each question is in the log before it runs', async ({ browser }) => {
  const page = await atDesk(browser)
  await page.getByRole('link', { name: '自助查询' }).click()
  await page.getByRole('button', { name: '生成快照' }).click()
  await expect(page.locator('.audit-snapshot')).toContainText(/[1-9]\d* 个案卷/)
  const sql = page.getByLabel('查询语句')
  await sql.fill("SELECT docket, party, yuan FROM contract ORDER BY fen DESC LIMIT 7")
  await sql.press('Control+Enter')
  await expect(page.getByText(/^7 行/)).toBeVisible()
  await expect(page.getByText(/查询已先写入日志，编号 [0-9a-f]{8}/)).toBeVisible()
  await clean(page, 'asking')
  await sql.fill('DELETE FROM contract')
  await page.getByRole('button', { name: '运行', exact: true }).click()
  await expect(page.getByText(/only SELECT may be asked/)).toBeVisible()

  // The answer is taken out as Parquet, with a manifest that the log's key has signed.
  await sql.fill('SELECT docket, party, yuan FROM contract')
  await page.getByRole('button', { name: '导出' }).click()
  await page.getByRole('menuitem', { name: /Parquet/ }).click()
  const fetched = page.waitForEvent('download')
  await page.getByRole('link', { name: /下载（\d+ 行）/ }).click()
  const file = join(mkdtempSync(join(tmpdir(), 'mingjing-taken-')), 'answer.zip')
  await (await fetched).saveAs(file)
  const vkey = await (await page.request.get(`${process.env.MINGJING_URL}/log/vkey`)).text()
  expect(execFileSync(program, ['verify', file, '--vkey', vkey.trim()]).toString()).toContain('answer.parquet is as the manifest says')

  // What is masked asks for a fresh proof first: the sign-in by certificate was none.
  await sql.fill("SELECT count(*) AS masked FROM personal.value")
  await page.getByRole('checkbox', { name: /含个人信息/ }).check()
  await page.getByRole('button', { name: '运行', exact: true }).click()
  await page.getByRole('dialog').locator('input[type=password]').fill(password())
  await page.keyboard.press('Enter')
  await expect(page.getByText(/^1 行/)).toBeVisible()

  // A question that comes with the program, kept under a name of one's own.
  await page.getByRole('combobox', { name: '常用查询' }).click()
  await page.getByText('中标金额最多的主体').click()
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByLabel('名称').fill('我的排名')
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
  await page.reload()
  await page.getByRole('combobox', { name: '常用查询' }).click()
  await page.getByText('我的排名').click()
  await page.getByRole('button', { name: '运行', exact: true }).click()
  await expect(page.getByText(/^\d+ 行/)).toBeVisible()

  await page.getByRole('link', { name: '查询记录' }).click()
  await expect(page.getByRole('cell', { name: 'DELETE FROM contract' })).toBeVisible()
  await expect(page.getByRole('cell', { name: '查询 · 含个人信息' })).toBeVisible()
  await clean(page, 'what was asked')
  await page.context().close()
})
