import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { api, must, type Of, Refused } from '@/api/client'
import { said } from '@/pages/account/said'
import { Post } from '@/parts/Post'
import { able, enter } from '@/session/passkey'
import { colours, useShade, wear } from '@/theme/shade'
import { posts as postWords } from '@/words/posts'
import { shell } from '@/words/shell'
import { signin } from '@/words/signin'
import { lang, speak, useLang } from '@/words/words'
import { asked } from './asked'
import { Hidden, Press, Told } from './parts'
import './signin.css'

type State = Of<'SessionState'>

/** trouble says what a refused sign-in is told: never which of name, password and lock it was. */
function trouble(error: unknown): string {
  if (error instanceof DOMException) return signin.say('declined')
  if (!(error instanceof Refused) || error.status >= 500) return signin.say('down')
  if (error.problem.rule === 'A060') return signin.say(`why.${error.problem.why}` as 'why.failed')
  if (error.status === 429) return signin.say('many')
  if (error.problem.errors?.[0]) return said(error)
  return signin.say('refused')
}

/** Signing in: password, then code, then a new password where it is another's, then a post where there is a choice. */
export default function SignIn() {
  const say = signin.useWords()
  const frame = shell.useWords()
  const shade = useShade()
  useLang()
  const { next, why } = asked(location.search)
  const subject = new URLSearchParams(location.hash.slice(1)).get('subject')
  const [state, setState] = useState<State>()
  const [ways, setWays] = useState<State['ways']>()
  const [wrong, setWrong] = useState<string>()
  const [busy, setBusy] = useState(false)

  const go = (me: State) => {
    setWrong(undefined)
    if (me.stage === 'open') location.replace(`/console${next ?? '/'}`)
    else setState(me)
  }

  useEffect(() => {
    document.documentElement.dataset.shade = shade
    document.documentElement.lang = lang() === 'zh' ? 'zh-CN' : 'en'
    for (const [name, colour] of Object.entries(colours[shade])) document.documentElement.style.setProperty(`--mj-${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`, colour)
  }, [shade])

  useEffect(() => {
    document.title = `${signin.say('title')} · ${shell.say('name')}`
    void must(api.GET('/api/v1/session')).then((me) => { setWays(me.ways); go(me) }, () => setState(undefined))
  }, []) // once: who has a session already goes on with it

  // Each step is one question to the API; what it says is the next step.
  const step = (ask: () => Promise<State>) => async (event?: FormEvent) => {
    event?.preventDefault()
    setBusy(true)
    try {
      go(await ask())
    } catch (error) {
      setWrong(trouble(error))
      if (error instanceof Refused && error.problem.rule === 'A060') setState(undefined)
    } finally {
      setBusy(false)
    }
  }
  const again = async () => {
    await api.DELETE('/api/v1/session')
    setWrong(undefined)
    setState(undefined)
  }

  const stage = state?.stage ?? 'none'
  const other = stage === 'none' ? null : <Press className="press-link" onClick={() => void again()}>{say('other')}</Press>
  return (
    <div className="signin">
      <div className="signin-tools">
        <Press className="press-quiet" aria-label={frame('theme')} onClick={() => wear(shade === 'dark' ? 'light' : 'dark')}><span aria-hidden="true">{shade === 'dark' ? '☀' : '☾'}</span></Press>
        <Press className="press-quiet" title={frame('languageHint')} onClick={() => speak(lang() === 'zh' ? 'en' : 'zh')}>{frame('language')}</Press>
      </div>
      <main className="signin-card">
        <header className="signin-brand">
          <img src="/console/mirror.svg" alt="" width={40} height={40} />
          <div><strong>{frame('name')}</strong><span>{frame('tagline')}</span></div>
        </header>
        {why && stage === 'none' && !wrong ? <Told title={say(['unlinked', 'many', 'sso-refused', 'sso-down'].includes(why) ? 'failed' : 'ended')}>{say((`why.${why}` in whys ? `why.${why}` : 'why.unknown') as 'why.unknown')}</Told> : null}
        {wrong ? <Told bad title={say('failed')}>{wrong}</Told> : null}
        {stage === 'none' ? <Password busy={busy} give={(username, password) => void step(() => must(api.POST('/api/v1/session', { body: { username, password } })))()} /> : null}
        {stage === 'none' && why === 'unlinked' && subject ? <Told title={say('subject')}><code className="signin-subject">{subject}</code></Told> : null}
        {stage === 'none' && ways ? (
          <div className="signin-ways">
            {ways.passkey && able() ? <Press busy={busy} onClick={() => void step(enter)()}>{say('passkey')}</Press> : null}
            {ways.certificate ? <Press busy={busy} onClick={() => void step(() => must(api.POST('/api/v1/session/certificate')))()}>{say('certificate')}</Press> : null}
            {(ways.sso ?? []).map((one) => <a key={one.id} className="press" href={`/sso/${one.id}${next ? `?next=${encodeURIComponent(next)}` : ''}`}>{say('sso', { name: one.name })}</a>)}
          </div>
        ) : null}
        {stage === 'code' ? <Code busy={busy} give={(code) => void step(() => must(api.POST('/api/v1/session/totp', { body: { code } })))()} /> : null}
        {stage === 'renew' ? <Renew busy={busy} give={(fresh) => void step(() => must(api.PUT('/api/v1/account/password', { body: { new: fresh } })))()} /> : null}
        {stage === 'post' ? <Choice posts={state?.posts ?? []} busy={busy} give={(post) => void step(() => must(api.POST('/api/v1/session/post', { body: { post } })))()} /> : null}
        {other}
        <footer>{say('public')}<a href="/">{say('publicLink')}</a></footer>
      </main>
    </div>
  )
}

const whys = Object.fromEntries(['signed-out', 'ended', 'locked', 'withdrawn', 'post-over', 'idle', 'expired', 'password', 'failed', 'unknown', 'unlinked', 'many', 'sso-refused', 'sso-down'].map((why) => [`why.${why}`, true]))

function Step({ title, says, children, send }: { title: string; says?: string; children: ReactNode; send: () => void }) {
  const head = useRef<HTMLHeadingElement>(null)
  return (
    <form onSubmit={(event) => { event.preventDefault(); send() }}>
      <h1 ref={head} tabIndex={-1}>{title}</h1>
      {says ? <p>{says}</p> : null}
      {children}
    </form>
  )
}

function Password({ busy, give }: { busy: boolean; give: (username: string, password: string) => void }) {
  const say = signin.useWords()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  return (
    <Step title={say('title')} send={() => give(username, password)}>
      <label htmlFor="username">{say('username')}</label>
      <input id="username" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus required value={username} onChange={(event) => setUsername(event.target.value)} />
      <label htmlFor="password">{say('password')}</label>
      <Hidden id="password" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.target.value)} />
      <Press main type="submit" busy={busy}>{say('enter')}</Press>
    </Step>
  )
}

function Code({ busy, give }: { busy: boolean; give: (code: string) => void }) {
  const say = signin.useWords()
  const [code, setCode] = useState('')
  return (
    <Step title={say('codeTitle')} says={say('codeSays')} send={() => give(code)}>
      <label htmlFor="code">{say('code')}</label>
      <input id="code" className="number" autoComplete="one-time-code" autoFocus required minLength={6} value={code} onChange={(event) => setCode(event.target.value)} />
      <Press main type="submit" busy={busy}>{say('confirm')}</Press>
    </Step>
  )
}

function Renew({ busy, give }: { busy: boolean; give: (fresh: string) => void }) {
  const say = signin.useWords()
  const [fresh, setFresh] = useState('')
  const [again, setAgain] = useState('')
  const differ = again !== '' && again !== fresh
  return (
    <Step title={say('renewTitle')} says={say('renewSays')} send={() => { if (fresh === again) give(fresh) }}>
      <label htmlFor="fresh">{say('fresh')}</label>
      <Hidden id="fresh" autoComplete="new-password" autoFocus required minLength={10} value={fresh} onChange={(event) => setFresh(event.target.value)} />
      <label htmlFor="again">{say('again')}</label>
      <Hidden id="again" autoComplete="new-password" required aria-invalid={differ} aria-describedby="differ" value={again} onChange={(event) => setAgain(event.target.value)} />
      <div id="differ" className="signin-differ" aria-live="polite">{differ ? say('differ') : ''}</div>
      <Press main type="submit" busy={busy} disabled={fresh === '' || fresh !== again}>{say('save')}</Press>
    </Step>
  )
}

function Choice({ posts, busy, give }: { posts: Of<'Post'>[]; busy: boolean; give: (post: string) => void }) {
  const say = signin.useWords()
  postWords.useWords()
  return (
    <section>
      <h1 tabIndex={-1}>{say('postTitle')}</h1>
      {posts.length === 0 ? <Told title={say('noPosts')} /> : <p>{say('postSays')}</p>}
      <div className="signin-posts">
        {posts.map((post, i) => (
          <Press key={post.id} disabled={busy} autoFocus={i === 0} onClick={() => give(post.id)}><Post post={post} /></Press>
        ))}
      </div>
    </section>
  )
}
