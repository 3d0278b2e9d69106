import { describe, expect, it } from "vitest"
import { unfilledVariable } from "./unfilled-variable.ts"

describe("a variable in a path", () => {
  it.each([
    ["${HOME}/kling", "${HOME}"],
    ["/data/${user_config.folder}", "${user_config.folder}"],
    ["${env:HOME}/kling", "${env:HOME}"],
    ["$HOME/kling", "$HOME"],
    ["%APPDATA%\\kling", "%APPDATA%"],
    ["/home/anna/kling", undefined],
    ["/home/anna/100% $5", undefined],
    ["/home/anna/a$b", undefined]
  ])("is found where it was not filled in: %s", (path, variable) => {
    expect(unfilledVariable(path)).toBe(variable)
  })
})
