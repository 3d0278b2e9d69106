import { describe, expect, it } from "vitest"
import type { Fault } from "./fault-plan.ts"
import { FaultInjector, type FaultTarget } from "./fault-injector.ts"

const film: FaultTarget = { reach: "creates", operation: "new.t2v.kling-3.0", path: "/text-to-video/kling-3.0" }
const read: FaultTarget = { reach: "reads", operation: "new.tasks.get", path: "/tasks" }
const file: FaultTarget = { reach: "files", operation: "files", path: "/files/1/video-1.mp4" }

/** Which of these requests a fault strikes, by their number. */
const struckBy = (fault: Fault, targets: ReadonlyArray<FaultTarget>, chance = () => 0): ReadonlyArray<number> => {
  const injector = new FaultInjector(chance)
  injector.add([fault])
  return targets.flatMap((target, index) => (injector.strike(target).faults.length > 0 ? [index + 1] : []))
}

describe("a fault", () => {
  const films = Array.from({ length: 5 }, () => film)

  it.each<[Fault, ReadonlyArray<number>]>([
    [{ fault: "drop" }, [1]],
    [{ fault: "drop", nth: 3 }, [3]],
    [{ fault: "drop", nth: 2, count: 2 }, [2, 3]],
    [{ fault: "drop", nth: 4, count: "always" }, [4, 5]],
    [{ fault: "drop", probability: 1 }, [1, 2, 3, 4, 5]],
    [{ fault: "drop", probability: 1, count: 1 }, [1]],
    [{ fault: "drop", probability: 0 }, []]
  ])("%o strikes the creates %o", (fault, struck) => {
    expect(struckBy(fault, films)).toEqual(struck)
  })

  it("of creates leaves reads and files alone, until it is aimed at them", () => {
    expect(struckBy({ fault: "drop" }, [read, file, film])).toEqual([3])
    expect(struckBy({ fault: "drop", on: "new.tasks.*" }, [read, file, film])).toEqual([1])
  })

  it("is aimed by operation or by path; dots and slashes mean themselves", () => {
    expect(struckBy({ fault: "drop", on: "/text-to-video/*" }, [film])).toEqual([1])
    expect(struckBy({ fault: "drop", on: "newXt2v*" }, [film])).toEqual([])
    expect(struckBy({ fault: "cut-download", afterBytes: 1, on: "*.mp4" }, [film, file])).toEqual([2])
  })

  it("strikes by chance as the seed has it", () => {
    const draws = [0.9, 0.1, 0.4, 0.6, 0.2]
    expect(struckBy({ fault: "drop", probability: 0.5 }, films, () => draws.shift() ?? 1)).toEqual([2, 3, 5])
  })
})

it("says how often each fault has struck, and forgets them all", () => {
  const injector = new FaultInjector(() => 0)
  injector.add([{ fault: "drop", count: 2 }])
  injector.strike(film)
  expect(injector.list()).toEqual([{ fault: "drop", count: 2, struck: 1 }])
  injector.clear()
  expect(injector.strike(film).faults).toEqual([])
})
