import { expect, test } from 'vitest'
import { readAsked } from './asked'

test('keeps what it knows', () => expect(readAsked({ body: ' 91410100MA ', depth: '2', least: '3', view: 'table', x: 1 })).toEqual({ body: '91410100MA', depth: 2, least: 3, view: 'table' }))
test('drops what it does not', () => expect(readAsked({ body: 'x', depth: 3, least: 1.5, view: 'map' })).toEqual({}))
