/** What the list of instructions shows. */
export const shows = ['open', 'second', 'overdue', 'all'] as const
export type Show = (typeof shows)[number]
