import type { Of } from '@/api/client'
import { inForce } from './roles'

type Person = Of<'Person'>

/** fits reports whether a person is meant by what was typed and chosen. */
export function fits(person: Person, q: string, role: string | undefined): boolean {
  const held = (person.posts ?? []).filter((post) => inForce(post))
  const text = [person.username, person.name, ...held.map((post) => post.title)].join('\n').toLowerCase()
  return text.includes(q.trim().toLowerCase()) && (!role || held.some((post) => post.role === role))
}
