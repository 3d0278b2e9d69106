import { describe, expect, it } from "vitest"
import type { QueueEntry } from "../ledger/queue-keys.ts"
import { describeQueuePosition, fairOrder, queuePositionIn } from "./queue-position.ts"

const now = 1_000_000
const running = (principal: string, sentSecondsAgo: number, expectedSeconds = 60): QueueEntry => ({
  handle: `running since ${sentSecondsAgo}`,
  principal,
  slots: 1,
  createdAt: now - sentSecondsAgo * 1000,
  sentAt: now - sentSecondsAgo * 1000,
  expectedSeconds
})
const waiting = (handle: string, principal: string, waitsSeconds: number): QueueEntry => ({
  handle,
  principal,
  slots: 1,
  createdAt: now - waitsSeconds * 1000,
  expectedSeconds: 60
})
const order = (...queue: Parameters<typeof fairOrder>) => fairOrder(...queue).map(({ handle }) => handle)

describe("the queue for concurrency slots", () => {
  it("is first come, first served for one principal", () => {
    const queue = [waiting("a1", "anna", 30), waiting("a2", "anna", 20), waiting("a3", "anna", 10)]
    expect(order({ running: [running("anna", 5)], waiting: queue })).toEqual(["a1", "a2", "a3"])
  })

  it("serves the principal with less running and waiting first", () => {
    const anna = [waiting("a1", "anna", 30), waiting("a2", "anna", 29), waiting("a3", "anna", 28)]
    const ben = [waiting("b1", "ben", 2), waiting("b2", "ben", 1)]
    expect(order({ running: [], waiting: [...anna, ...ben] })).toEqual(["a1", "b1", "a2", "b2", "a3"])
    const busy = [running("anna", 9), running("anna", 8)]
    expect(order({ running: busy, waiting: [...anna, ...ben] })).toEqual(["b1", "b2", "a1", "a2", "a3"])
  })

  it("estimates the wait of each request from the running tasks", () => {
    const state = {
      running: [running("anna", 50), running("anna", 20)],
      waiting: [waiting("a1", "anna", 3), waiting("a2", "anna", 2), waiting("a3", "anna", 1)]
    }
    expect(queuePositionIn(state, "a1", now)).toEqual({ position: 1, aboutSeconds: 10 })
    expect(queuePositionIn(state, "a2", now)).toEqual({ position: 2, aboutSeconds: 40 })
    // The first slot that is free again after those ahead have used theirs.
    expect(queuePositionIn(state, "a3", now)).toEqual({ position: 3, aboutSeconds: 70 })
    expect(queuePositionIn(state, "unknown", now)).toBeUndefined()
  })

  it("estimates at least a few seconds, and nothing where other programs use the slots", () => {
    const queue = [waiting("a1", "anna", 3)]
    expect(queuePositionIn({ running: [running("anna", 600)], waiting: queue }, "a1", now)).toEqual({
      position: 1,
      aboutSeconds: 5
    })
    expect(queuePositionIn({ running: [], waiting: queue }, "a1", now)).toEqual({ position: 1 })
  })

  it("is described in one short sentence", () => {
    expect(describeQueuePosition({ position: 2, aboutSeconds: 70 })).toBe("queued, position 2, about 70 s")
    expect(describeQueuePosition({ position: 1 })).toBe("queued, position 1")
  })
})
