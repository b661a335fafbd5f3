import { useMemo } from 'react'
import { type Shade, useShade } from '@/theme/shade'

/** The colours in which charts are drawn. Series differ in lightness too, so that they are told apart without colour. */
export type Look = {
  shade: Shade
  text: string
  quiet: string
  line: string
  ground: string
  /** Of letters, in pixels: larger on a wall. */
  size: number
  accent: string
  series: string[]
  scale: [low: string, high: string]
}

const looks: Record<Shade, Look> = {
  light: {
    shade: 'light', text: '#1f2629', quiet: '#596267', line: '#dde3e6', ground: '#ffffff', size: 12, accent: '#0a6b6b',
    series: ['#0a6b6b', '#e0a030', '#4a6fa5', '#b5563c', '#7a8f3c', '#8a6fb0', '#3f4d55', '#c08aa0'], scale: ['#e6f2f1', '#0a6b6b'],
  },
  dark: {
    shade: 'dark', text: '#e4e9eb', quiet: '#a3aeb3', line: '#2c363b', ground: '#171d20', size: 12, accent: '#4fb8ae',
    series: ['#4fb8ae', '#f0c060', '#8fb0e0', '#e08f76', '#b5cc70', '#bfa6e6', '#b3c0c9', '#e3b3c6'], scale: ['#1b3434', '#5fd0c5'],
  },
}

/** useLook gives the colours of the shade that is worn now, and the size of letters. */
export function useLook(wall = false): Look {
  const shade = useShade()
  return useMemo(() => ({ ...looks[shade], ...(wall ? { size: Math.max(12, Math.round(innerWidth / 120)) } : {}) }), [shade, wall])
}

/** calm says whether nothing should move by itself. */
export const calm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches
