import { Button, Input, Modal } from 'antd'
import { useEffect, useState } from 'react'
import { api, must, onProofNeeded, Refused } from '@/api/client'
import { said } from '@/pages/account/said'
import { able, prove } from '@/session/passkey'
import { take, useSession } from '@/session/session'
import { again } from '@/words/again'

/** Asks once more who sits here, when the API says that an act needs it; then what was asked for goes on. It is no mark in the head, but stands wherever the head does. */
export default function Again() {
  const say = again.useWords()
  const { me } = useSession()
  const [asked, setAsked] = useState<(proved: boolean) => void>()
  const [password, setPassword] = useState('')
  const [wrong, setWrong] = useState('')
  const [busy, setBusy] = useState(false)

  useEffect(() => onProofNeeded(() => new Promise<boolean>((tell) => {
    setPassword('')
    setWrong('')
    setAsked(() => tell)
  })), [])
  const end = (proved: boolean) => {
    asked?.(proved)
    setAsked(undefined)
  }
  const by = async (show: () => ReturnType<typeof prove>) => {
    setBusy(true)
    setWrong('')
    try {
      take(await show())
      end(true)
    } catch (error) {
      setWrong(error instanceof Refused ? said(error) : say('declined'))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal open={asked !== undefined} title={say('title')} onCancel={() => end(false)} footer={null} mask={{ closable: false }} destroyOnHidden zIndex={1300}>
      <form className="account-form" onSubmit={(event) => { event.preventDefault(); void by(() => must(api.POST('/api/v1/session/proof', { body: { password } }))) }}>
        <p>{say('says')}</p>
        <label htmlFor="proof-password">{say('password')}</label>
        <Input.Password id="proof-password" autoFocus required autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} style={{ margin: '6px 0' }} />
        <div role="alert" style={{ minHeight: 22, marginBottom: 6, color: 'var(--mj-color-error)' }}>{wrong}</div>
        <span style={{ display: 'inline-flex', flexWrap: 'wrap', gap: 8 }}>
          <Button type="primary" htmlType="submit" loading={busy} disabled={password === ''}>{say('confirm')}</Button>
          {me?.ways.passkey && (me.factor?.passkeys ?? 0) > 0 && able() ? <Button disabled={busy} onClick={() => void by(prove)}>{say('passkey')}</Button> : null}
          <Button onClick={() => end(false)}>{say('cancel')}</Button>
        </span>
      </form>
    </Modal>
  )
}
