import { Hint } from './Hint'

/** middle cuts a text in its middle to at most `length` characters: what tells names apart often stands at the end. */
export function middle(text: string, length: number): string {
  const signs = [...text]
  if (signs.length <= length) return text
  const tail = Math.floor((length - 1) / 2)
  return `${signs.slice(0, length - 1 - tail).join('')}…${tail > 0 ? signs.slice(-tail).join('') : ''}`
}

/** A name, cut in the middle where it is long, whole on hover, on focus and for readers of the screen. */
export function Name({ text, length = 26 }: { text: string; length?: number }) {
  const short = middle(text, length)
  if (short === text) return <span>{text}</span>
  return (
    <Hint text={text}>
      <span>
        <span aria-hidden="true">{short}</span>
        <span className="unseen">{text}</span>
      </span>
    </Hint>
  )
}
