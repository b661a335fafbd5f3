import { type ComponentType, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './theme/base.css'

// The sign-in is a page of its own: who has not signed in loads nothing of the
// console, and what a session has seen is gone when it leads here.
async function show(root: HTMLElement) {
  const page: { default: ComponentType } = location.pathname === '/console/signin' ? await import('./signin/SignIn') : await import('./Console')
  createRoot(root).render(<StrictMode><page.default /></StrictMode>)
}

const root = document.getElementById('root')
if (root) void show(root)
