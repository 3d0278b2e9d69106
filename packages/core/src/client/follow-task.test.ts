import { expect, it } from "@effect/vitest"
import { catalog } from "../operations/catalog.ts"
import { usualSecondsOf } from "./follow-task.ts"

const random = "0123456789abcdefghjkmnpqrs"

it("knows a usual time for the handles of every family that makes tasks", () => {
  const families = catalog.filter((one) => one.kind === "create").map((one) => one.family)
  for (const family of families)
    expect([family, usualSecondsOf(`kk-${family}-${random}`)]).toEqual([family, expect.any(Number)])
  expect(families.map((family) => usualSecondsOf(`kk-${family}-${random}`)).filter(Number.isNaN)).toEqual([])
  expect(usualSecondsOf("893605946402811985")).toBeUndefined()
})
