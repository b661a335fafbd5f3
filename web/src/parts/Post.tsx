import type { Of } from '@/api/client'
import { day } from '@/format/time'
import { term } from '@/words/trade'
import { isCity as has, posts } from '@/words/posts'

type Shown = Pick<Of<'Post'>, 'role' | 'title' | 'regions' | 'sectors' | 'origins' | 'org' | 'until'> & { lent?: Of<'Lent'> | undefined }

/** reach says what bounds a post: regions and sectors, platform codes, an organisation. */
export function reach(post: Shown): string {
  const say = posts.say
  const where = (post.regions ?? []).map((code) => (has(code) ? say(`city.${code}` as 'city.*') : code))
  const what = post.role === 'supervisor' ? (post.sectors?.length ? post.sectors.map(term) : [say('everySector')]) : []
  return [where.join('、'), what.join('、'), (post.origins ?? []).join('、'), post.org ?? ''].filter(Boolean).join(' · ')
}

/** A post in two lines: what it is called, and in what role and how far it reaches. */
export function Post({ post }: { post: Shown }) {
  const say = posts.useWords()
  const bounds = [post.lent ? say('lent', { name: post.lent.name }) : '', say(`role.${post.role}` as 'role.office'), reach(post), post.until ? say('until', { day: day(post.until) }) : ''].filter(Boolean).join(' · ')
  return (
    <span style={{ display: 'block', lineHeight: 1.4, textAlign: 'start', minWidth: 0 }}>
      <span style={{ display: 'block', overflowWrap: 'anywhere' }}>{post.title}</span>
      <small style={{ color: 'var(--mj-color-text-tertiary)', overflowWrap: 'anywhere' }}>{bounds}</small>
    </span>
  )
}
