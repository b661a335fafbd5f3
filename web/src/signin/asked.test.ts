import { expect, test } from 'vitest'
import { asked } from './asked'

test.each([
  ['?next=%2Fdockets%3Fq%3D1&why=idle', { next: '/dockets?q=1', why: 'idle' }],
  ['?next=%2F%2Fevil.example%2F', {}],
  ['?next=%2F%5Cevil.example', {}],
  ['?next=https%3A%2F%2Fevil.example', {}],
  ['?next=&why=', {}],
  ['', {}],
])('of %j keeps only a place of this console', (search, kept) => expect(asked(search)).toEqual(kept))
