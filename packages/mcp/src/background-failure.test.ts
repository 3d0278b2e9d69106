import { expect, it } from "vitest"
import { backgroundFailure } from "./background-failure.ts"

it("names the kind and location of a background failure, but not its message", () => {
  const line = backgroundFailure(new TypeError("Bearer sk-secret\n    is not a header"))
  expect(line).toMatch(
    /^background failure \(TypeError at .*background-failure\.test\.ts.*\); calls are not affected\n$/
  )
  expect(backgroundFailure("sk-secret")).toBe("background failure (string); calls are not affected\n")
  expect(line).not.toContain("sk-secret")
})
