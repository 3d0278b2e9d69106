import { describe, expect, it } from "vitest"
import { isFinishedState, jobStates, mayBeSent, maxSends } from "./job-state.ts"

const next = (from: (typeof jobStates)[number], sends: number) =>
  jobStates.filter((to) => sends <= (maxSends(from, to) ?? -1))

describe("the transitions of a job", () => {
  it("are exactly these", () => {
    expect(Object.fromEntries(jobStates.map((from) => [from, next(from, 1)]))).toEqual({
      INTENT: ["SENDING", "REFUSED"],
      SENDING: ["INTENT", "IN_DOUBT", "ACCEPTED", "SUCCEEDED", "REFUSED"],
      IN_DOUBT: ["SENDING", "UNKNOWN", "ACCEPTED"],
      UNKNOWN: ["ACCEPTED", "REFUSED"],
      ACCEPTED: ["RUNNING", "SUCCEEDED", "FAILED"],
      RUNNING: ["SUCCEEDED", "FAILED"],
      SUCCEEDED: ["FETCHED"],
      REFUSED: [],
      FAILED: [],
      FETCHED: []
    })
  })

  it("allow no third send, and no conclusion from a second send about the first", () => {
    expect(next("IN_DOUBT", 2)).toEqual(["UNKNOWN", "ACCEPTED"])
    expect(next("SENDING", 2)).toEqual(["IN_DOUBT", "ACCEPTED", "SUCCEEDED"])
  })

  it("never lead back from a finished state", () => {
    const ends = jobStates.filter(isFinishedState)
    expect(ends.flatMap((from) => next(from, 0)).filter((to) => !isFinishedState(to))).toEqual([])
  })

  it("reach every state from INTENT, and a finished state from every state", () => {
    const reachable = (from: (typeof jobStates)[number]): ReadonlySet<string> => {
      const reached = new Set([from])
      for (const state of reached) for (const to of next(state, 1)) reached.add(to)
      return reached
    }
    expect([...reachable("INTENT")].toSorted()).toEqual([...jobStates].toSorted())
    expect(jobStates.every((from) => [...reachable(from)].some((to) => isFinishedState(to as never)))).toBe(true)
  })

  it("keep the body only while it may have to be sent", () => {
    expect(jobStates.filter(mayBeSent)).toEqual(["INTENT", "SENDING", "IN_DOUBT"])
  })
})
