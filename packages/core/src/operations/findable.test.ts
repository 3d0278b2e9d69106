import { describe, expect, it } from "vitest"
import type { FindableByExternalId } from "../operation.ts"
import { catalog } from "./catalog.ts"

const creates = catalog.filter(({ kind }) => kind === "create")
const idsOf = (findable: FindableByExternalId) =>
  creates
    .filter((operation) => operation.findableByExternalId === findable)
    .map(({ id }) => id)
    .toSorted()

describe("whether a task is found by its external id", () => {
  it("is unproven for operations that Kling documents on one site, or that may be gone", () => {
    expect(idsOf("unproven")).toEqual([
      "legacy.multi-elements",
      "legacy.multi-image2video",
      "legacy.video-extend",
      "legacy.virtual-try-on",
      "solutions.clothing_dupe",
      "solutions.drama_subtitle",
      "solutions.goods_studio",
      "solutions.talking_agent",
      "solutions.virtual_try_on"
    ])
  })

  it("is not so for Kling 4.0 and the older lip-sync, which are sent without an id", () => {
    const without = creates.flatMap(({ id, externalId }) => (externalId === undefined ? [id] : [])).toSorted()
    expect(idsOf("no")).toEqual(without)
    expect(without.filter((id) => !id.includes("-4.0"))).toEqual(["legacy.lip-sync"])
  })

  it("is proven only where Kling documents a live operation", () => {
    expect(creates.filter(({ findableByExternalId: found }) => found === "proven")).not.toHaveLength(0)
    expect(idsOf("proven").filter((id) => creates.some((one) => one.id === id && one.confidence !== "high"))).toEqual(
      []
    )
  })

  it("never holds for what is not a create", () => {
    const others = catalog.filter(({ kind }) => kind !== "create")
    expect(others.filter((one) => one.findableByExternalId !== "no" || one.externalId !== undefined)).toEqual([])
  })
})
