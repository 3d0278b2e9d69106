import { isRefusal, refusal } from "../answers/envelope.ts"
import { legacyElement } from "../answers/legacy.ts"
import type { ElementSource } from "../outputs/output.ts"
import { elementSource } from "../outputs/plan-outputs.ts"
import type { OperationHandler } from "../routes/operation-handler.ts"
import { page } from "../routes/page.ts"
import { readInput } from "../routes/read-input.ts"

const preset = (name: string, description: string): ElementSource => ({
  name,
  description,
  referenceImages: [],
  referenceVideos: [],
  tags: []
})

// Preset ids have one to three digits (measured).
const presets: Readonly<Record<string, ElementSource>> = {
  "160": preset("Red fox", "A young fox with a white chest"),
  "161": preset("Lighthouse keeper", "An old man in a yellow raincoat"),
  "162": preset("Paper boat", "A boat folded from a newspaper")
}

/** `GET /v1/general/advanced-presets-elements`: tasks without deductions, as in the vendor's sample. */
export const presetElements: OperationHandler = ({ world, query, now }) => {
  const range = page(query, 500)
  if (isRefusal(range)) return range
  const opened = world.openedAt ?? now
  return Object.entries(presets)
    .slice(range.from, range.from + range.size)
    .map(([id, source]) => ({
      task_id: `preset-${id}`,
      task_status: "succeed",
      task_status_msg: "",
      task_info: { external_task_id: "" },
      task_result: { elements: [legacyElement(world, id, source, "kling")] },
      created_at: opened,
      updated_at: opened
    }))
}

/** `GET /v1/general/presets-elements`, the old library: bare elements. */
export const presetOldElements: OperationHandler = ({ world }) =>
  Object.entries(presets).map(([id, source]) => legacyElement(world, id, source, "kling"))

/** Deletes of both libraries share one store; the response has no `data` (measured). */
export const deleteElement: OperationHandler = ({ world, route, body, now }) => {
  const input = readInput(world, route.operation, body)
  if (isRefusal(input)) return input
  const id = String(input["elementId"])
  if (world.tasks.output(id, "element", now) === undefined && !world.oldElements.has(id)) {
    return refusal(1201, `Element not found for id ${id}`)
  }
  if (world.deleted.has(id)) return refusal(1201, `Element already be deleted for id ${id}`)
  world.deleted.add(id)
  return undefined
}

/** `POST /v1/general/custom-elements`, the old library: returns the element synchronously. */
export const createOldElement: OperationHandler = ({ world, route, body }) => {
  const input = readInput(world, route.operation, body)
  if (isRefusal(input)) return input
  const id = world.ids.long()
  const source = elementSource(input)
  world.oldElements.set(id, source)
  return legacyElement(world, id, source, world.accountId)
}

export const listOldElements: OperationHandler = ({ world }) =>
  Array.from(world.oldElements, ([id, source]) => legacyElement(world, id, source, world.accountId))
