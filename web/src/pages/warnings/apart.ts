/** A stretch of a text that another one has too, or not. */
export type Stretch = { text: string; same: boolean }

/**
 * Splits two texts into what both have, in order, and what only one has: a
 * longest common subsequence of characters, of which runs shorter than two are
 * no agreement. Texts are quotations of some hundred characters.
 */
export function apart(a: string, b: string): [Stretch[], Stretch[]] {
  const x = [...a]
  const y = [...b]
  const wide = y.length + 1
  const best = new Uint16Array((x.length + 1) * wide)
  for (let i = x.length - 1; i >= 0; i--) {
    for (let j = y.length - 1; j >= 0; j--) {
      best[i * wide + j] = x[i] === y[j] ? (best[(i + 1) * wide + j + 1] ?? 0) + 1 : Math.max(best[(i + 1) * wide + j] ?? 0, best[i * wide + j + 1] ?? 0)
    }
  }
  const inX = new Array<boolean>(x.length).fill(false)
  const inY = new Array<boolean>(y.length).fill(false)
  for (let i = 0, j = 0; i < x.length && j < y.length; ) {
    if (x[i] === y[j]) {
      const from = [i, j] as const
      while (i < x.length && j < y.length && x[i] === y[j]) [i, j] = [i + 1, j + 1]
      if (i - from[0] > 1) {
        inX.fill(true, from[0], i)
        inY.fill(true, from[1], j)
      }
    } else if ((best[(i + 1) * wide + j] ?? 0) >= (best[i * wide + j + 1] ?? 0)) i++
    else j++
  }
  return [stretches(x, inX), stretches(y, inY)]
}

function stretches(letters: string[], shared: boolean[]): Stretch[] {
  const out: Stretch[] = []
  letters.forEach((letter, at) => {
    const last = out[out.length - 1]
    if (last && last.same === shared[at]) last.text += letter
    else out.push({ text: letter, same: shared[at] ?? false })
  })
  return out
}
