import { describe, expect, it } from 'vitest'
import { leftOf } from './contact'

describe('what a customer leaves', () => {
  it('knows an address from a number', () => {
    expect(leftOf(' Jo ', ' jo@x.example ', ' hi ')).toEqual({ name: 'Jo', email: 'jo@x.example', text: 'hi' })
    expect(leftOf('', '+86 21 1234-5678', 'hi').phone).toBe('+86 21 1234-5678')
  })
  it('takes nothing that is neither', () => {
    for (const to of ['', 'jo', 'jo@x', 'jo at x.example', '12', '1234567890123456', 'Jo <jo@x.example>']) expect(leftOf('', to, 'hi')).toEqual({ name: '', text: 'hi' })
  })
})
