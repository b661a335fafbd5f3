import type { Head } from './parts'

/** changed counts the dockets of a fresh first page that the list does not show, or shows otherwise. */
export function changed(listed: readonly Head[], first: readonly Head[]): number {
  const known = new Map(listed.map((head) => [head.id, JSON.stringify(head)]))
  return first.filter((head) => known.get(head.id) !== JSON.stringify(head)).length
}
