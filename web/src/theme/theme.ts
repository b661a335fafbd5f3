import { theme, type ThemeConfig } from 'antd'
import { accent, colours, type Shade, weight } from './shade'

const font = 'system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'

/** antd's tokens in each shade: quiet greys, soft lines, secondary text dark enough to read (WCAG 1.4.3). */
export function tokens(now: Shade): ThemeConfig {
  const light = now === 'light'
  return {
    cssVar: { prefix: 'mj', key: 'mj' },
    hashed: false,
    algorithm: light ? theme.defaultAlgorithm : theme.darkAlgorithm,
    token: {
      ...colours[now],
      colorInfo: accent[now],
      colorWarning: weight[now].middle,
      colorSuccess: weight[now].good,
      // antd would mix these from the accents and get them too dark.
      colorPrimaryBg: light ? '#e6f2f1' : '#12302f',
      colorPrimaryBgHover: light ? '#d5e9e8' : '#173d3b',
      colorPrimaryBorder: light ? '#9ccbc8' : '#24605c',
      colorWarningBg: light ? '#fcf3e3' : '#2d2313',
      colorWarningBorder: light ? '#e8cd9c' : '#5e4a24',
      colorSuccessBg: light ? '#e9f5ec' : '#142a19',
      colorSuccessBorder: light ? '#addcb7' : '#2a5a35',
      colorBgElevated: light ? '#ffffff' : '#1e2529',
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
