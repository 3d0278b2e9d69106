import { describe, expect, it } from "vitest"
import type { LaneEntry } from "../ledger/lanes.ts"
import { describePlace, fairOrder, placeIn } from "./queue-place.ts"

const now = 1_000_000
const running = (principal: string, sentSecondsAgo: number, usualSeconds = 60): LaneEntry => ({
  handle: `running since ${sentSecondsAgo}`,
  principal,
  slots: 1,
  createdAt: now - sentSecondsAgo * 1000,
  sentAt: now - sentSecondsAgo * 1000,
  usualSeconds
})
const waiting = (handle: string, principal: string, waitsSeconds: number): LaneEntry => ({
  handle,
  principal,
  slots: 1,
  createdAt: now - waitsSeconds * 1000,
  usualSeconds: 60
})
const order = (...lane: Parameters<typeof fairOrder>) => fairOrder(...lane).map(({ handle }) => handle)

describe("a line for parallel places", () => {
  it("is first come, first served for one principal", () => {
    const line = [waiting("a1", "anna", 30), waiting("a2", "anna", 20), waiting("a3", "anna", 10)]
    expect(order({ running: [running("anna", 5)], waiting: line })).toEqual(["a1", "a2", "a3"])
  })

  it("lets the one go first who has less running and waiting before", () => {
    const anna = [waiting("a1", "anna", 30), waiting("a2", "anna", 29), waiting("a3", "anna", 28)]
    const ben = [waiting("b1", "ben", 2), waiting("b2", "ben", 1)]
    expect(order({ running: [], waiting: [...anna, ...ben] })).toEqual(["a1", "b1", "a2", "b2", "a3"])
    const busy = [running("anna", 9), running("anna", 8)]
    expect(order({ running: busy, waiting: [...anna, ...ben] })).toEqual(["b1", "b2", "a1", "a2", "a3"])
  })

  it("tells each how long it will take by what is running", () => {
    const lane = {
      running: [running("anna", 50), running("anna", 20)],
      waiting: [waiting("a1", "anna", 3), waiting("a2", "anna", 2), waiting("a3", "anna", 1)]
    }
    expect(placeIn(lane, "a1", now)).toEqual({ position: 1, aboutSeconds: 10 })
    expect(placeIn(lane, "a2", now)).toEqual({ position: 2, aboutSeconds: 40 })
    // The first place that is free again after those before have had theirs.
    expect(placeIn(lane, "a3", now)).toEqual({ position: 3, aboutSeconds: 70 })
    expect(placeIn(lane, "nobody", now)).toBeUndefined()
  })

  it("promises nothing sooner than at once, and nothing at all where others hold the places", () => {
    const line = [waiting("a1", "anna", 3)]
    expect(placeIn({ running: [running("anna", 600)], waiting: line }, "a1", now)).toEqual({
      position: 1,
      aboutSeconds: 5
    })
    expect(placeIn({ running: [], waiting: line }, "a1", now)).toEqual({ position: 1 })
  })

  it("is told in one short sentence", () => {
    expect(describePlace({ position: 2, aboutSeconds: 70 })).toBe("waiting for a free slot, place 2, about 70 s")
    expect(describePlace({ position: 1 })).toBe("waiting for a free slot, place 1")
  })
})
