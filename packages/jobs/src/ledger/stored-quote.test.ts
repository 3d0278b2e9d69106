import type { Quote } from "@klingkit/core"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { StoredQuote, toStoredQuote } from "./stored-quote.ts"

const read = Schema.decodeUnknownSync(Schema.fromJsonString(StoredQuote))
const exact: Quote = { state: "exact", pack: "video", units: 3, priceUsd: 0.42, rule: "3 units" }
const bounded: Quote = { state: "estimate", upperBound: { units: 120, priceUsd: 16.8 }, rule: "0.4 units per second" }

describe("a stored quote", () => {
  it("reads rows of earlier versions, which use another key", () => {
    expect(read('{"state":"estimate","rule":"r","atMost":{"priceUsd":1}}')).toEqual({
      state: "estimate",
      rule: "r",
      upperBound: { priceUsd: 1 }
    })
  })

  it.each([exact, bounded])("round-trips: %o", (quote) => {
    expect(read(JSON.stringify(toStoredQuote(quote)))).toEqual(quote)
  })

  it("is stored so that earlier versions still find the upper bound", () => {
    const stored = `{"state":"estimate","rule":"${bounded.rule}","atMost":{"units":120,"priceUsd":16.8}}`
    expect(JSON.stringify(toStoredQuote(bounded))).toBe(stored)
  })

  it.each([
    ['{"state":"exact"}', `["rule"]`],
    ['{"state":"guessed","rule":"r"}', `["state"]`],
    ['{"state":"exact","rule":"r","pack":"music"}', `["pack"]`],
    ['{"state":"exact","rule":"r","units":1e999}', `["units"]`],
    ['{"state":"estimate","rule":"r","atMost":{"units":1}}', `["atMost"]["priceUsd"]`]
  ])("rejects %s", (stored, path) => {
    expect(() => read(stored)).toThrow(path)
  })
})
