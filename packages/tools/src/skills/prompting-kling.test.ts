import { videoModels } from "@klingkit/core"
import { describe, expect, it } from "vitest"
import { tools } from "../catalog.ts"
import { promptingKling } from "./prompting-kling.ts"

const { body, description } = promptingKling

describe("the guide to prompting", () => {
  it("names only existing tools and arguments", () => {
    const inputs = tools.flatMap((tool) => Object.keys(tool.inputSchema.properties))
    const words = new Set(`${body} ${description}`.match(/\b[a-z]+(_[a-z]+)+\b/g))
    expect([...words].filter((word) => !tools.some(({ name }) => name === word) && !inputs.includes(word))).toEqual([])
  })

  it("has a row for every model that can be used, with its lengths and a price", () => {
    for (const { id } of videoModels.filter(({ state }) => state === "live")) {
      expect(body).toMatch(new RegExp(`^${id} \\| .* \\| \\$\\d+\\.\\d\\d$`, "m"))
    }
    expect(body).toMatch(
      /^kling-3\.0 \| 3 to 15 \| 720p, 1080p, 4k \| native, off \| yes \| multi_shot \| yes \| \$0\.42$/m
    )
    expect(body).not.toContain("undefined")
  })

  it("stays within its size limit", () => {
    expect(new TextEncoder().encode(body).length).toBeLessThan(6000)
  })
})
