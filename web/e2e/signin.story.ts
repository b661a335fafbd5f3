import { createHmac } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { password, signIn } from './accounts'
import { clean } from './clean'

const url = () => process.env.MINGJING_URL ?? ''

/** digits are what an authenticator shows for a secret (RFC 6238). */
function digits(secret: string, step: number): string {
  const bits = [...secret].map((sign) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)))
  const count = Buffer.alloc(8)
  count.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', key).update(count).digest()
  const at = (mac[19] ?? 0) & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

test('whoever is not signed in comes back to where they wanted to go', async ({ page }) => {
  await signIn(page, 'office', { to: '/people?q=%E6%B4%9B%E9%98%B3' })
  await expect(page).toHaveURL(/\/console\/people\?q=/)
  await expect(page.getByText('洛阳市发展和改革委员会')).toBeVisible()
  await page.goto(`${url()}/console/signin?next=%2F%2Fevil.example%2F`)
  await expect(page).not.toHaveURL(/signin/)
  expect(new URL(page.url()).host).toBe(new URL(url()).host)
})

test('a wrong password says no more than that, by keyboard alone', async ({ page }) => {
  await page.goto(`${url()}/console/help`)
  const says: string[] = []
  for (const name of ['zhengzhou', 'nobody-is-called-so']) {
    await page.locator('#username').fill('')
    await page.keyboard.type(name)
    await page.keyboard.press('Tab')
    await page.locator('#password').fill('')
    await page.keyboard.type('not my password')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('alert')).toBeVisible()
    await expect(page.locator('.ant-btn-loading')).toHaveCount(0)
    says.push(await page.getByRole('alert').innerText())
  }
  expect(says[0]).toBe(says[1])
})

test('a withdrawn post takes the open page to the sign-in and says why', async ({ browser }) => {
  const office = await (await browser.newContext()).newPage()
  const theirs = await (await browser.newContext()).newPage()
  await signIn(office, 'office', { to: '/people' })
  const name = `story${Date.now() % 1_000_000}`
  // The office makes an account and grants a post.
  await office.getByRole('button', { name: '新建账号' }).click()
  await office.locator('#new-name').fill('秦试')
  await office.locator('#new-username').fill(name)
  await office.keyboard.press('Enter')
  const first = await office.locator('.people-once code').last().innerText()
  await office.getByRole('button', { name: '完成' }).click()
  await office.getByRole('button', { name: '授予岗位' }).click()
  await office.locator('#post-title').fill('平顶山市审计局')
  await office.locator('#post-role').click()
  await office.getByTitle('审计', { exact: true }).click()
  await office.locator('.people-form').getByRole('button', { name: '授予岗位' }).click()
  await expect(office.locator('.people-posts').getByText('平顶山市审计局')).toBeVisible()
  // The first sign-in asks for a password of their own.
  await theirs.goto(`${url()}/console/account`)
  await theirs.locator('#username').fill(name)
  await theirs.locator('#password').fill(first)
  await theirs.keyboard.press('Enter')
  await theirs.locator('#fresh').fill('只有我知道的密码 7')
  await theirs.locator('#again').fill('只有我知道的密码 7')
  await theirs.keyboard.press('Enter')
  await expect(theirs.getByText('平顶山市审计局').first()).toBeVisible()
  // The office withdraws it.
  await office.locator('.people-posts').getByRole('button', { name: '撤销' }).click()
  await office.locator('.ant-popconfirm').getByRole('button', { name: '撤销' }).click()
  const begun = Date.now()
  await expect(theirs).toHaveURL(/\/signin\?.*why=withdrawn/, { timeout: 20_000 })
  console.log(`the page was at the sign-in ${Date.now() - begun} ms after the withdrawal was asked for`)
  await expect(theirs.getByText('您的岗位已被撤销')).toBeVisible()
})

test('a second factor: set up, asked for, replaced by a recovery code, taken away', async ({ page }) => {
  await signIn(page, 'zhengzhou', { to: '/account' })
  await page.getByRole('button', { name: '启用验证器' }).click()
  await page.locator('#confirm').fill(password())
  await page.keyboard.press('Enter')
  await expect(page.getByRole('img', { name: '验证器二维码' })).toBeVisible()
  const secret = (await page.locator('.account-secret').innerText()).replaceAll(' ', '')
  await page.locator('#first').fill(digits(secret, Math.floor(Date.now() / 30_000)))
  await page.keyboard.press('Enter')
  await expect(page.locator('.account-codes code')).toHaveCount(10)
  const codes = await page.locator('.account-codes code').allInnerTexts()
  await page.getByRole('button', { name: '我已保存' }).click()

  await page.locator('header button[aria-haspopup=menu]').click()
  await page.getByText('退出登录').click()
  await expect(page.getByText('您已退出登录')).toBeVisible()
  for (const code of [digits(secret, Math.floor(Date.now() / 30_000) + 1), codes[0] ?? '']) {
    await page.locator('#username').fill('zhengzhou')
    await page.locator('#password').fill(password())
    await page.keyboard.press('Enter')
    await page.locator('#code').fill('AAAAA-AAAAA')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('alert')).toBeVisible()
    await page.locator('#code').fill(code)
    await page.keyboard.press('Enter')
    await expect(page.locator('#main')).toBeVisible()
    if (code === codes[0]) break
    await page.locator('header button[aria-haspopup=menu]').click()
    await page.getByText('退出登录').click()
  }
  await page.goto(`${url()}/console/account`)
  await expect(page.getByText('剩余恢复码 9 个')).toBeVisible()
  await page.getByRole('button', { name: '停用验证器' }).click()
  await page.locator('#confirm').fill(password())
  await page.keyboard.press('Enter')
  await expect(page.getByText('未启用。')).toBeVisible()
})

test('one person, two posts: what is seen changes with the post', async ({ page }) => {
  await signIn(page, 'twoposts', { post: '省公共资源交易管理办公室' })
  await expect(page.getByRole('link', { name: '人员与岗位' })).toBeVisible()
  await page.locator('header button[aria-haspopup=menu]').click()
  const anew = page.waitForEvent('load') // what the former post saw leaves the window
  await page.getByText('河南省水利厅').click()
  await anew
  await page.goto(`${url()}/console/help`)
  await expect(page.getByRole('button', { name: '河南省水利厅' })).toBeVisible()
  await expect(page.getByRole('link', { name: '人员与岗位' })).toHaveCount(0)
})

test('the sign-in is light, and everything is clean to axe in both shades', async ({ browser }) => {
  for (const shade of ['light', 'dark']) {
    const context = await browser.newContext({ reducedMotion: 'reduce' })
    await context.addInitScript((worn) => localStorage.setItem('mingjing.shade', worn), shade)
    const page = await context.newPage()
    let bytes = 0
    page.on('requestfinished', (request) => void request.sizes().then((sizes) => { bytes += sizes.responseBodySize }, () => undefined))
    await page.goto(`${url()}/console/signin?why=idle`)
    await expect(page.locator('#username')).toBeVisible()
    await page.waitForLoadState('networkidle')
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes).toBeLessThan(300_000)
    await clean(page, `sign-in ${shade}`)
    await signIn(page, 'office', { to: '/people' })
    await expect(page.locator('.people-name').first()).toBeVisible()
    await clean(page, `people ${shade}`)
    await page.locator('.people-name button').nth(1).click()
    await expect(page.locator('.people-posts')).toBeVisible()
    await clean(page, `person ${shade}`)
    await page.goto(`${url()}/console/account`)
    await expect(page.locator('.account-wide tbody .ant-tag')).toBeVisible()
    await clean(page, `account ${shade}`)
    await context.close()
  }
})
