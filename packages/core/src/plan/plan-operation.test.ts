import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { derivedReads } from "../operations/derived-reads.ts"
import { operations } from "../operations/catalog.ts"
import { describeRequest } from "./plan.ts"
import { planOperation } from "./plan-operation.ts"

const plan = (operation: Parameters<typeof planOperation>[0], input: unknown) =>
  Effect.runSync(Effect.result(planOperation(operation, input)))

describe("planOperation", () => {
  it("checks and prices the input of a named operation", () => {
    const made = Result.getOrThrow(
      plan(operations["legacy.images.generations"], { model: "kling-v3", prompt: "x", n: 2 })
    )
    expect(made.quote.units).toBe(16)
    expect(made.model).toBe("kling-v3")
    expect(describeRequest(made)).toMatchObject({ path: "/v1/images/generations", body: { model_name: "kling-v3" } })
  })

  it("rejects an input that is not an object, and names each invalid field", () => {
    for (const input of [undefined, null, "text", [1]]) {
      expect(Result.isFailure(plan(operations["account.costs"], input))).toBe(true)
    }
    const wrong = plan(operations["account.costs"], { startTime: "soon" })
    expect(Result.isFailure(wrong) && wrong.failure.message).toMatch(/startTime must be.*endTime is required/)
  })

  it("describes a read as it is sent: ids in the path, the rest in the query", () => {
    const [get, list] = derivedReads
    if (get === undefined || list === undefined) throw new Error("there are no derived reads")
    expect(describeRequest(Result.getOrThrow(plan(get, { taskId: "a/b" })))).toEqual({
      method: "GET",
      path: get.path.replace("{task_id}", "a%2Fb"),
      query: {}
    })
    expect(describeRequest(Result.getOrThrow(plan(list, { pageNum: 2 })))).toMatchObject({ query: { pageNum: "2" } })
  })
})
