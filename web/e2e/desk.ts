import { type Browser, expect, type Page } from '@playwright/test'

/** port is the address of the auditors' port, '' when there is none. */
export const port = () => process.env.MINGJING_AUDIT_URL ?? ''
const card = () => process.env.MINGJING_AUDIT_CARD ?? ''

/** desk is the auditors' port in a browser with the auditor's certificate, before anybody signs in. */
export async function desk(browser: Browser): Promise<Page> {
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
