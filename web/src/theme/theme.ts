import { theme, type ThemeConfig } from 'antd'
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

const font = 'system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'

/** antd's tokens in each shade: quiet greys, soft lines, secondary text dark enough to read (WCAG 1.4.3). */
export function tokens(now: Shade): ThemeConfig {
  const light = now === 'light'
  return {
    cssVar: { prefix: 'mj', key: 'mj' },
    hashed: false,
    algorithm: light ? theme.defaultAlgorithm : theme.darkAlgorithm,
    token: {
      colorPrimary: accent[now],
      colorInfo: accent[now],
      colorLink: light ? '#0a5f5f' : '#5fc9c0',
      colorError: weight[now].high,
      colorWarning: weight[now].middle,
      colorSuccess: weight[now].good,
      // antd would mix these from the accents and get them too dark.
      colorPrimaryBg: light ? '#e6f2f1' : '#12302f',
      colorPrimaryBgHover: light ? '#d5e9e8' : '#173d3b',
      colorPrimaryBorder: light ? '#9ccbc8' : '#24605c',
      colorInfoBg: light ? '#eaf3f5' : '#14272c',
      colorInfoBorder: light ? '#b5d3da' : '#27505b',
      colorErrorBg: light ? '#fdeeec' : '#331917',
      colorErrorBorder: light ? '#f0b9b2' : '#6b322c',
      colorWarningBg: light ? '#fcf3e3' : '#2d2313',
      colorWarningBorder: light ? '#e8cd9c' : '#5e4a24',
      colorSuccessBg: light ? '#e9f5ec' : '#142a19',
      colorSuccessBorder: light ? '#addcb7' : '#2a5a35',
      colorBgLayout: light ? '#f4f6f7' : '#101517',
      colorBgContainer: light ? '#ffffff' : '#171d20',
      colorBgElevated: light ? '#ffffff' : '#1e2529',
      colorTextSecondary: light ? '#4a5357' : '#b8c2c7',
      colorTextTertiary: light ? '#596267' : '#a3aeb3',
      colorTextDescription: light ? '#596267' : '#a3aeb3',
      colorTextPlaceholder: light ? '#667075' : '#95a0a6',
      colorTextDisabled: light ? '#6b757a' : '#8d989e',
      fontFamily: font,
      fontSize: 14,
      borderRadius: 6,
      wireframe: false,
    },
    // The bright accents of the dark shade carry dark text.
    components: { Button: { primaryColor: light ? '#ffffff' : '#06201e', dangerColor: light ? '#ffffff' : '#2b0a06' }, Table: { cellPaddingBlockMD: 8, cellPaddingBlockSM: 5, headerBg: light ? '#eef2f3' : '#1e2529' } },
  }
}
