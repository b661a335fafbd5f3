/** Who is signed in, at the right of the head. */
export function Person() {
  return null
}
