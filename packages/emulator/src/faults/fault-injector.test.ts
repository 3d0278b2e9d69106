import { describe, expect, it } from "vitest"
import type { Fault } from "./fault-plan.ts"
import { FaultInjector, type FaultTarget } from "./fault-injector.ts"

const create: FaultTarget = { scope: "creates", operation: "new.t2v.kling-3.0", path: "/text-to-video/kling-3.0" }
const read: FaultTarget = { scope: "reads", operation: "new.tasks.get", path: "/tasks" }
const file: FaultTarget = { scope: "files", operation: "files", path: "/files/1/video-1.mp4" }

/** The numbers of the targets to which a fault is applied. */
const injectedAt = (fault: Fault, targets: ReadonlyArray<FaultTarget>, chance = () => 0): ReadonlyArray<number> => {
  const injector = new FaultInjector(chance)
  injector.add([fault])
  return targets.flatMap((target, index) => (injector.inject(target).faults.length > 0 ? [index + 1] : []))
}

describe("a fault", () => {
  const creates = Array.from({ length: 5 }, () => create)

  it.each<[Fault, ReadonlyArray<number>]>([
    [{ fault: "drop" }, [1]],
    [{ fault: "drop", nth: 3 }, [3]],
    [{ fault: "drop", nth: 2, count: 2 }, [2, 3]],
    [{ fault: "drop", nth: 4, count: "always" }, [4, 5]],
    [{ fault: "drop", probability: 1 }, [1, 2, 3, 4, 5]],
    [{ fault: "drop", probability: 1, count: 1 }, [1]],
    [{ fault: "drop", probability: 0 }, []]
  ])("%o applies to the creates %o", (fault, expected) => {
    expect(injectedAt(fault, creates)).toEqual(expected)
  })

  it("of creates does not apply to reads and files unless they are targeted", () => {
    expect(injectedAt({ fault: "drop" }, [read, file, create])).toEqual([3])
    expect(injectedAt({ fault: "drop", on: "new.tasks.*" }, [read, file, create])).toEqual([1])
  })

  it("targets an operation or a path; dots and slashes are literal", () => {
    expect(injectedAt({ fault: "drop", on: "/text-to-video/*" }, [create])).toEqual([1])
    expect(injectedAt({ fault: "drop", on: "newXt2v*" }, [create])).toEqual([])
    expect(injectedAt({ fault: "cut-download", afterBytes: 1, on: "*.mp4" }, [create, file])).toEqual([2])
  })

  it("applies with its probability, drawn from the seed", () => {
    const draws = [0.9, 0.1, 0.4, 0.6, 0.2]
    expect(injectedAt({ fault: "drop", probability: 0.5 }, creates, () => draws.shift() ?? 1)).toEqual([2, 3, 5])
  })
})

it("reports how often each fault was injected, and clears them all", () => {
  const injector = new FaultInjector(() => 0)
  injector.add([{ fault: "drop", count: 2 }])
  injector.inject(create)
  expect(injector.list()).toEqual([{ fault: "drop", count: 2, applied: 1 }])
  injector.clear()
  expect(injector.inject(create).faults).toEqual([])
})
