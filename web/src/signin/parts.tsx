import { type ButtonHTMLAttributes, type InputHTMLAttributes, type ReactNode, useState } from 'react'
import { signin } from '@/words/signin'

type Plain = ButtonHTMLAttributes<HTMLButtonElement>

/** What one presses: the one main step (`main`), or a choice. While `busy` it takes no second press. */
export function Press({ main, busy, children, ...rest }: Plain & { main?: boolean; busy?: boolean }) {
  return <button type="button" {...rest} className={`press ${main ? 'press-main' : ''} ${rest.className ?? ''}`} disabled={rest.disabled || busy} aria-busy={busy}>{busy && main ? <span className="press-wheel" aria-hidden="true" /> : null}{children}</button>
}

/** A line of text that stands out: why one is here, or what went wrong. */
export function Told({ bad, title, children }: { bad?: boolean; title: string; children?: ReactNode }) {
  return <div className={bad ? 'told told-bad' : 'told'} role={bad ? 'alert' : 'status'}><strong>{title}</strong>{children ? <div>{children}</div> : null}</div>
}

const eye = 'M12 5C6.5 5 2.7 9.1 1.5 12c1.2 2.9 5 7 10.5 7s9.3-4.1 10.5-7C21.3 9.1 17.5 5 12 5Zm0 11.5a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9Zm0-2.2a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6Z'

/** A password, hidden until one asks to see it. */
export function Hidden(props: InputHTMLAttributes<HTMLInputElement>) {
  const say = signin.useWords()
  const [shown, setShown] = useState(false)
  return (
    <div className="hidden-input">
      <input {...props} type={shown ? 'text' : 'password'} />
      <button type="button" aria-label={say(shown ? 'hide' : 'show')} aria-pressed={shown} onClick={() => setShown(!shown)}>
        <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d={eye} fill="currentColor" />{shown ? null : <path d="M3 21 21 3" stroke="currentColor" strokeWidth="2" />}</svg>
      </button>
    </div>
  )
}
