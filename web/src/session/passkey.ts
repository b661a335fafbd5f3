import { api, must, type Of } from '@/api/client'

type Options = PublicKeyCredentialCreationOptionsJSON & PublicKeyCredentialRequestOptionsJSON

/** able says whether this browser takes passkeys as they are asked for here. */
export const able = (): boolean => typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential

const publicKey = (asked: Of<'PasskeyChallenge'>) => asked.options.publicKey as Options

/** answer has the device answer a challenge by a passkey that it has; it throws what the browser throws when its holder declines. */
async function answer(asked: Of<'PasskeyChallenge'>): Promise<Record<string, unknown>> {
  const given = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey(asked)) })
  return (given as PublicKeyCredential).toJSON() as unknown as Record<string, unknown>
}

/** enter signs in by a passkey. */
export async function enter(): Promise<Of<'SessionState'>> {
  const asked = await must(api.POST('/api/v1/session/passkey/options'))
  return must(api.POST('/api/v1/session/passkey', { body: { ticket: asked.ticket, answer: await answer(asked) } }))
}

/** prove shows anew, by a passkey, who sits here. */
export async function prove(): Promise<Of<'SessionState'>> {
  const asked = await must(api.POST('/api/v1/session/proof/options'))
  return must(api.POST('/api/v1/session/proof/passkey', { body: { ticket: asked.ticket, answer: await answer(asked) } }))
}

/** add makes a new passkey on this device under a label. */
export async function add(label: string): Promise<Of<'PasskeyList'>> {
  const asked = await must(api.POST('/api/v1/account/passkeys/options'))
  const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey(asked)) })
  return must(api.POST('/api/v1/account/passkeys', { body: { ticket: asked.ticket, label, answer: (made as PublicKeyCredential).toJSON() as unknown as Record<string, unknown> } }))
}
