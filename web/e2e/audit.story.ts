import { type Browser, expect, type Page, test } from '@playwright/test'
import { password, signIn } from './accounts'
import { clean } from './clean'

const port = () => process.env.MINGJING_AUDIT_URL ?? ''
const card = () => process.env.MINGJING_AUDIT_CARD ?? ''

/** desk is the auditors' port in a browser with the auditor's certificate, before anybody signs in. */
async function desk(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, clientCertificates: [{ origin: port(), certPath: `${card()}.pem`, keyPath: `${card()}.key` }] })
  return context.newPage()
}

/** atDesk is the same with the auditor signed in by the certificate. */
export async function atDesk(browser: Browser): Promise<Page> {
  const page = await desk(browser)
  await page.goto(port())
  await page.getByRole('button', { name: /证书/ }).click()
  await expect(page.locator('#main')).toBeVisible()
  return page
}

test.skip(() => port() === '', 'this platform has no auditors’ port')

test('an auditor comes in by certificate and follows the money to where it differs', async ({ browser, page }) => {
  const auditor = await atDesk(browser)
  await expect(auditor).toHaveURL(/\/console\/audit/)
  await expect(auditor.getByRole('heading', { name: '审计台' })).toBeVisible()
  const differing = auditor.locator('tr', { has: auditor.locator('.ant-tag') }).first()
  for (let i = 0; i < 5 && !(await differing.isVisible()); i++) await auditor.getByRole('button', { name: '再列一页' }).click()
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
