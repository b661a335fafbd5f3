import { Alert, App, Button, Input, Modal, QRCode } from 'antd'
import { useState } from 'react'
import { api, must, type Of } from '@/api/client'
import { ask } from '@/session/session'
import { account } from '@/words/account'
import { said } from './said'

type Step = { at: 'shut' } | { at: 'password'; drop: boolean } | { at: 'scan'; enrolment: Of<'Enrolment'> } | { at: 'codes'; codes: string[] }

/** The second factor: setting one up, changing it, taking it away. */
export function Factor({ on, left }: { on: boolean; left: number }) {
  const say = account.useWords()
  const { message } = App.useApp()
  const [step, setStep] = useState<Step>({ at: 'shut' })
  const [typed, setTyped] = useState('')
  const [wrong, setWrong] = useState('')
  const [busy, setBusy] = useState(false)

  const go = (next: Step) => {
    setStep(next)
    setTyped('')
    setWrong('')
  }
  const send = async () => {
    setBusy(true)
    try {
      if (step.at === 'password' && step.drop) {
        await must(api.POST('/api/v1/account/totp/removal', { body: { password: typed } }))
        go({ at: 'shut' })
        await ask()
      } else if (step.at === 'password') {
        go({ at: 'scan', enrolment: await must(api.POST('/api/v1/account/totp', { body: { password: typed } })) })
      } else if (step.at === 'scan') {
        const { codes } = await must(api.PUT('/api/v1/account/totp', { body: { code: typed } }))
        go({ at: 'codes', codes: codes ?? [] })
        await ask()
      }
    } catch (error) {
      setWrong(said(error))
    } finally {
      setBusy(false)
    }
  }
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text)
    void message.success(say('copied'))
  }

  return (
    <div>
      <p>{on ? say('factorOn', { left }) : say('factorOff')}</p>
      <span className="account-extra">
        <Button type={on ? 'default' : 'primary'} onClick={() => go({ at: 'password', drop: false })}>{say(on ? 'renew' : 'enrol')}</Button>
        {on ? <Button danger onClick={() => go({ at: 'password', drop: true })}>{say('drop')}</Button> : null}
      </span>
      <Modal
        open={step.at !== 'shut'}
        title={say(step.at === 'codes' ? 'codes' : step.at === 'password' && step.drop ? 'drop' : 'enrol')}
        onCancel={() => go({ at: 'shut' })}
        mask={{ closable: false }}
        footer={null}
        destroyOnHidden
      >
        {step.at === 'password' ? (
          <form className="account-form" onSubmit={(event) => { event.preventDefault(); void send() }}>
            <label htmlFor="confirm">{say('confirmPassword')}</label>
            <Input.Password id="confirm" autoFocus autoComplete="current-password" required value={typed} onChange={(event) => setTyped(event.target.value)} />
            <div className="account-wrong" role="alert">{wrong}</div>
            <span className="account-extra">
              <Button type="primary" danger={step.drop} htmlType="submit" loading={busy}>{say(step.drop ? 'drop' : 'next')}</Button>
              <Button onClick={() => go({ at: 'shut' })}>{say('cancel')}</Button>
            </span>
          </form>
        ) : null}
        {step.at === 'scan' ? (
          <form className="account-form" onSubmit={(event) => { event.preventDefault(); void send() }}>
            <p>{say('scan')}</p>
            {/* Always dark on light: many cameras read no other. */}
            <div role="img" aria-label={say('qr')} className="account-qr"><QRCode value={step.enrolment.uri} color="#000000" bgColor="#ffffff" size={196} bordered={false} type="svg" /></div>
            <p><code className="account-secret">{step.enrolment.secret.replace(/(.{4})/g, '$1 ').trim()}</code> <Button size="small" onClick={() => void copy(step.enrolment.secret)}>{say('copy')}</Button></p>
            <label htmlFor="first">{say('first')}</label>
            <Input id="first" className="number" autoFocus autoComplete="one-time-code" inputMode="numeric" required minLength={6} value={typed} onChange={(event) => setTyped(event.target.value)} />
            <div className="account-wrong" role="alert">{wrong}</div>
            <Button type="primary" htmlType="submit" loading={busy}>{say('confirm')}</Button>
          </form>
        ) : null}
        {step.at === 'codes' ? (
          <div>
            <Alert type="warning" showIcon title={say('codesSays')} />
            <ol className="account-codes">{step.codes.map((code) => <li key={code}><code>{code}</code></li>)}</ol>
            <span className="account-extra">
              <Button onClick={() => void copy(step.codes.join('\n'))}>{say('copy')}</Button>
              <Button type="primary" onClick={() => go({ at: 'shut' })}>{say('kept')}</Button>
            </span>
          </div>
        ) : null}
      </Modal>
    </div>
  )
}
