import type { ComponentType } from 'react'

type Module = { default: ComponentType }

/** What stands in the head of every page besides the frame's own: a folder of src/ with a `head.tsx` puts its default export there (the palette's button, the live light). */
export const slots: ComponentType[] = Object.values(import.meta.glob<Module>('../*/head.tsx', { eager: true })).map((module) => module.default)
