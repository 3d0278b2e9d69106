import { expect, it } from "vitest"
import { makeIds } from "./ids.ts"

it("ids have 18 digits that no double can represent, are unique and increase", () => {
  const { long } = makeIds(1)
  const ids = Array.from({ length: 5000 }, long)
  expect(ids.filter((id) => !/^\d{18}$/.test(id))).toEqual([])
  expect(ids.filter((id) => String(BigInt(Number(id))) === id)).toEqual([])
  expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? ""))).toBe(true)
})
