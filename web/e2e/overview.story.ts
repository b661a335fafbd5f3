import { expect, test } from '@playwright/test'
import { signIn } from './accounts'

test('a figure of the overview leads to the list that it counts, and the address holds the view', async ({ page }) => {
  await signIn(page, 'audit', { to: '/?region=410300' })
  await expect(page.locator('h1')).toContainText('洛阳市')
  const figure = page.locator('.figures a').first()
  const n = (await figure.innerText()).replaceAll(',', '')
  await figure.click()
  await expect(page).toHaveURL(/\/console\/dockets\?.*region=.*410300/)
  const counted = (await (await page.request.get(`${process.env.MINGJING_URL}/api/v1/dockets?region=410300&limit=1`)).json()) as { total: number }
  expect(String(counted.total)).toBe(n)
  await page.goBack()
  await expect(page.locator('h1')).toContainText('洛阳市')
})

test('behind the map stands a table, for who does not see it', async ({ page }) => {
  await signIn(page, 'province', { to: '/' })
  await page.getByRole('button', { name: '数据表 · 各地案卷' }).press('Enter')
  const row = page.getByRole('row', { name: /洛阳市/ })
  await expect(row).toBeVisible()
  await row.getByRole('link', { name: '洛阳市', exact: true }).click()
  await expect(page).toHaveURL(/region=.*410300/)
})

test('on the wall there are no controls, and Esc leaves it', async ({ page }) => {
  await signIn(page, 'province', { to: '/' })
  await page.getByRole('button', { name: '大屏' }).click()
  await expect(page.locator('.wall h1')).toContainText('河南省')
  await expect(page.locator('.wall .ant-select')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(page.locator('.page h1')).toBeVisible()
})

test('a system’s own staff sees its keys and requests, and of no other', async ({ page }) => {
  await signIn(page, 'source', { to: '/sources' })
  const systems = page.locator('.ant-table-tbody a')
  await expect(systems).toHaveCount(1)
  await systems.first().click()
  await page.getByRole('tab', { name: '连接检测' }).click()
  await expect(page.locator('.step')).toHaveCount(7)
  await page.getByRole('tab', { name: '请求日志' }).click()
  await expect(page.getByRole('tabpanel', { name: '请求日志' }).locator('tr.ant-table-row').first()).toBeVisible()
  const other = await page.request.get(`${process.env.MINGJING_URL}/api/v1/sources/zhengzhou-city/requests`)
  expect(other.status()).toBe(404)
})

test('a key is added beside the old one, and ended', async ({ page }) => {
  await signIn(page, 'source', { to: '/sources/luoyang-city?tab=keys' })
  const made = (await page.evaluate(async () => {
    const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
    return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey))))
  }))
  const id = `story-${Date.now()}`
  await page.getByRole('button', { name: '新增密钥' }).click()
  await page.getByLabel('编号').fill(id)
  await page.getByLabel('公钥（PEM）').fill(`-----BEGIN PUBLIC KEY-----\n${made}\n-----END PUBLIC KEY-----\n`)
  await page.getByRole('button', { name: '登记' }).click()
  const row = page.getByRole('row', { name: new RegExp(id) })
  await expect(row).toContainText('有效')
  await row.getByRole('button', { name: `停用 ${id}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: '停用' }).click()
  await expect(row).toContainText('已停用')
})
