import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'

// The system's Chromium: no tool downloads a browser of its own.
const chromium = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
if (!chromium) throw new Error('no Chromium: install the package chromium, or set CHROMIUM to its path')

export default defineConfig({
  testDir: '.',
  outputDir: '../shots/failed',
  globalSetup: './platform.ts',
  fullyParallel: false,
  workers: 1,
  timeout: 60_000,
  retries: process.env.CI ? 1 : 0, // a loaded machine is slow now and then; a story that fails twice has failed
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: chromium, args: ['--no-sandbox', '--disable-dev-shm-usage'] },
  },
  projects: [
    { name: 'stories', testMatch: /.*\.story\.ts/ },
    { name: 'shots', testMatch: /shots\.ts/, timeout: 900_000 },
  ],
})
