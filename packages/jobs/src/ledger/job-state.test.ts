import { describe, expect, it } from "vitest"
import { isFinishedState, jobStates, mayBeSent, mostSends } from "./job-state.ts"

const next = (from: (typeof jobStates)[number], sends: number) =>
  jobStates.filter((to) => sends <= (mostSends(from, to) ?? -1))

describe("the steps of a job", () => {
  it("are these and no others", () => {
    expect(Object.fromEntries(jobStates.map((from) => [from, next(from, 1)]))).toEqual({
      INTENT: ["SENDING", "REFUSED"],
      SENDING: ["INTENT", "IN_DOUBT", "ACCEPTED", "SUCCEEDED", "REFUSED"],
      IN_DOUBT: ["SENDING", "UNKNOWN", "ACCEPTED"],
      UNKNOWN: ["ACCEPTED"],
      ACCEPTED: ["RUNNING", "SUCCEEDED", "FAILED"],
      RUNNING: ["SUCCEEDED", "FAILED"],
      SUCCEEDED: ["FETCHED"],
      REFUSED: [],
      FAILED: [],
      FETCHED: []
    })
  })

  it("leave no third send, and no verdict of a second one over the first", () => {
    expect(next("IN_DOUBT", 2)).toEqual(["UNKNOWN", "ACCEPTED"])
    expect(next("SENDING", 2)).toEqual(["IN_DOUBT", "ACCEPTED", "SUCCEEDED"])
  })

  it("never lead from an end back", () => {
    const ends = jobStates.filter(isFinishedState)
    expect(ends.flatMap((from) => next(from, 0)).filter((to) => !isFinishedState(to))).toEqual([])
  })

  it("reach every state from the intent, and an end from every state", () => {
    const reachable = (from: (typeof jobStates)[number]): ReadonlySet<string> => {
      const seen = new Set([from])
      for (const one of seen) for (const to of next(one, 1)) seen.add(to)
      return seen
    }
    expect([...reachable("INTENT")].toSorted()).toEqual([...jobStates].toSorted())
    expect(jobStates.every((from) => [...reachable(from)].some((to) => isFinishedState(to as never)))).toBe(true)
  })

  it("keep the body only where it may have to be sent", () => {
    expect(jobStates.filter(mayBeSent)).toEqual(["INTENT", "SENDING", "IN_DOUBT"])
  })
})
