import { catalogue } from './words'

export const again = catalogue('again', {
  title: ['请再次验证身份', 'Show once more who you are'],
  says: ['此操作涉及账号、密钥或指令，需要您本人确认。验证后继续刚才的操作。', 'What you do concerns accounts, keys or orders. Confirm that it is you; then it goes on.'],
  password: ['当前密码', 'Your password'],
  confirm: ['确认', 'Confirm'],
  passkey: ['使用通行密钥', 'Use a passkey'],
  cancel: ['取消', 'Cancel'],
  declined: ['没有使用通行密钥，可改用密码。', 'No passkey was used. Try again or give your password.'],
})
