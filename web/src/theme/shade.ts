import { useSyncExternalStore } from 'react'

export type Shade = 'light' | 'dark'

const kept = 'mingjing.shade'
const dusk = matchMedia('(prefers-color-scheme: dark)')
const hearers = new Set<() => void>()

/** shade is light or dark: as chosen here, else as the machine says. */
export function shade(): Shade {
  const said = localStorage.getItem(kept)
  if (said === 'light' || said === 'dark') return said
  return dusk.matches ? 'dark' : 'light'
}

/** wear chooses a shade and remembers it. */
export function wear(next: Shade): void {
  localStorage.setItem(kept, next)
  for (const hear of hearers) hear()
}

/** useShade is the shade now. */
export function useShade(): Shade {
  return useSyncExternalStore((hear) => {
    hearers.add(hear)
    dusk.addEventListener('change', hear)
    return () => {
      hearers.delete(hear)
      dusk.removeEventListener('change', hear)
    }
  }, shade)
}

/** The one accent, in each shade; text on the page reaches 4.5:1 with it. */
export const accent = { light: '#0b6b6b', dark: '#3fb5ac' } as const

/** The colours of what deserves a look, by weight; each reaches 4.5:1 on its page and is never the only sign. */
export const weight = {
  light: { high: '#b42318', middle: '#8a5200', low: '#4a5b66', good: '#19692c' },
  dark: { high: '#ff9a8d', middle: '#f0b35a', low: '#b3c0c9', good: '#7fd493' },
} as const

/** The page's own colours in each shade, by antd's names for them; what is drawn without antd takes them from here too. */
export const colours: Record<Shade, Record<string, string>> = {
  light: {
    colorPrimary: accent.light, colorLink: '#0a5f5f', colorError: weight.light.high, colorErrorBg: '#fdeeec', colorErrorBorder: '#f0b9b2', colorInfoBg: '#eaf3f5', colorInfoBorder: '#b5d3da',
    colorBgLayout: '#f4f6f7', colorBgContainer: '#ffffff', colorText: '#1f2427', colorTextSecondary: '#4a5357', colorTextTertiary: '#596267', colorBorder: '#cfd6d9', colorBorderSecondary: '#e6eaec',
  },
  dark: {
    colorPrimary: accent.dark, colorLink: '#5fc9c0', colorError: weight.dark.high, colorErrorBg: '#331917', colorErrorBorder: '#6b322c', colorInfoBg: '#14272c', colorInfoBorder: '#27505b',
    colorBgLayout: '#101517', colorBgContainer: '#171d20', colorText: '#dfe5e8', colorTextSecondary: '#b8c2c7', colorTextTertiary: '#a3aeb3', colorBorder: '#3d474c', colorBorderSecondary: '#2a3236',
  },
}
