import { isRefusal, refusal } from "../answers/envelope.ts"
import { legacyElement } from "../answers/legacy.ts"
import type { ElementSource } from "../outputs/output.ts"
import { elementSource } from "../outputs/plan-outputs.ts"
import type { Answerer } from "../routes/asked.ts"
import { page } from "../routes/page.ts"
import { readInput } from "../routes/read-input.ts"

const preset = (name: string, description: string): ElementSource => ({
  name,
  description,
  referenceImages: [],
  referenceVideos: [],
  tags: []
})

// Ids of presets have one to three digits (measured).
const presets: Readonly<Record<string, ElementSource>> = {
  "160": preset("Red fox", "A young fox with a white chest"),
  "161": preset("Lighthouse keeper", "An old man in a yellow raincoat"),
  "162": preset("Paper boat", "A boat folded from a newspaper")
}

/** `GET /v1/general/advanced-presets-elements`: task records without deductions, as in the vendor's sample. */
export const presetElements: Answerer = ({ world, query, now }) => {
  const asked = page(query, 500)
  if (isRefusal(asked)) return asked
  const opened = world.openedAt ?? now
  return Object.entries(presets)
    .slice(asked.from, asked.from + asked.size)
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
export const presetOldElements: Answerer = ({ world }) =>
  Object.entries(presets).map(([id, source]) => legacyElement(world, id, source, "kling"))

/** Deletes of both libraries work on one store; the answer has no `data` (measured). */
export const deleteElement: Answerer = ({ world, route, body, now }) => {
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

/** `POST /v1/general/custom-elements`, the old library: the element itself, at once. */
export const createOldElement: Answerer = ({ world, route, body }) => {
  const input = readInput(world, route.operation, body)
  if (isRefusal(input)) return input
  const id = world.ids.long()
  const source = elementSource(input)
  world.oldElements.set(id, source)
  return legacyElement(world, id, source, world.accountId)
}

export const listOldElements: Answerer = ({ world }) =>
  Array.from(world.oldElements, ([id, source]) => legacyElement(world, id, source, world.accountId))
