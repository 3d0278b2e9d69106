import { expect, it } from "vitest"
import { backgroundFailure } from "./background-failure.ts"

it("names the kind and the place of a failure in the background, and nothing of what it says", () => {
  const line = backgroundFailure(new TypeError("Bearer sk-secret\n    is not a header"))
  expect(line).toMatch(
    /^something failed in the background \(TypeError at .*background-failure\.test\.ts.*\); calls go on\n$/
  )
  expect(backgroundFailure("sk-secret")).toBe("something failed in the background (string); calls go on\n")
  expect(line).not.toContain("sk-secret")
})
