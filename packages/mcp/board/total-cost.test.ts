import { describe, expect, it } from "vitest"
import { readTask } from "./task.ts"
import { totalCost } from "./total-cost.ts"

const task = (task_id: string, units: number | undefined, part_of?: string) => {
  const charges = units === undefined ? [] : [{ kind: "unit", amount: units, of: "video" }]
  return readTask({ task_id, part_of, status: "succeed", charges }, 0) ?? expect.fail("no task")
}

describe("the total cost of the tasks on the page", () => {
  it("adds up what was charged, and counts only the tasks that were", () => {
    expect(totalCost([task("a", 3), task("b", 0.5), task("c", undefined)])).toBe("3.5 video units for 2 tasks")
    expect(totalCost([task("a", 3)])).toBe("3 video units for 1 task")
    expect(totalCost([task("a", undefined)])).toBe("")
  })

  it("counts a pipeline and its steps once", () => {
    const steps = [task("speech", 0.05, "pipeline"), task("lip-sync", 1, "pipeline")]
    expect(totalCost([task("pipeline", 1.05), ...steps, task("other", 3)])).toBe("4.05 video units for 2 tasks")
  })

  it("counts the steps where the pipeline is not known, or not yet charged", () => {
    const steps = [task("speech", 0.05, "pipeline"), task("lip-sync", 1, "pipeline")]
    expect(totalCost(steps)).toBe("1.05 video units for 2 tasks")
    expect(totalCost([task("pipeline", undefined), ...steps])).toBe("1.05 video units for 2 tasks")
  })
})
