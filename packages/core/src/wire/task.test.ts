import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { fromLegacyTask, LegacyTask } from "./legacy-task.ts"
import { fromNewTask, NewTask } from "./new-task.ts"
import { Task } from "./task.ts"

const decode = Schema.decodeUnknownSync(Task, { onExcessProperty: "error" })

/** A ledger stores the JSON of a task and decodes it: what does not fit would be lost after it was paid. */
const expectToBeKept = (task: Task) => {
  const stored: unknown = JSON.parse(JSON.stringify(task))
  expect(decode(stored)).toEqual(stored)
}

const kinds = ["video", "product_images", "audio", "voice", "element", "subtitles"]

describe("whatever Kling returns", () => {
  it.prop("fits the schema of tasks, of the new generation", { raw: NewTask }, ({ raw }) => {
    const outputs = (raw.outputs ?? []).flatMap((output) => kinds.map((type) => ({ url: "u", ...output, type })))
    expectToBeKept(fromNewTask({ ...raw, outputs }))
  })

  it.prop("fits the schema of tasks, on the legacy paths", { raw: LegacyTask }, ({ raw }) =>
    expectToBeKept(fromLegacyTask(raw))
  )
})

describe("the schema of tasks", () => {
  const task = { id: "1", status: "succeed", outputs: [], charges: [] }
  it.each([
    ["a status that is none", { ...task, status: "melted" }, `["status"]`],
    ["a video without a URL", { ...task, outputs: [{ type: "video", id: "1" }] }, `["outputs"][0]["url"]`],
    ["an output of an unknown type", { ...task, outputs: [{ type: "hologram", url: "u" }] }, `["outputs"][0]`],
    ["an amount that is text", { ...task, charges: [{ kind: "unit", amount: "3" }] }, `["charges"][0]["amount"]`],
    ["an infinite amount", { ...task, charges: [{ kind: "cash", amount: Infinity }] }, `["charges"][0]["amount"]`]
  ])("rejects %s", (_, broken, path) => {
    expect(decode(task)).toEqual(task)
    expect(() => decode(broken)).toThrow(path)
  })
})
