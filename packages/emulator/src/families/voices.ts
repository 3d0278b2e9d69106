import { isRefusal, refusal } from "../answers/envelope.ts"
import { legacyTask } from "../answers/legacy.ts"
import type { OperationHandler } from "../routes/operation-handler.ts"
import { page } from "../routes/page.ts"
import { readInput } from "../routes/read-input.ts"

const presets: Readonly<Record<string, string>> = {
  "829824295735410756": "Harbour pilot",
  "829826751202009168": "Night radio",
  "829836802793406551": "Story teller"
}

/** `GET /v1/general/presets-voices`: tasks without `task_info` and deductions. */
export const presetVoices: OperationHandler = ({ world, query, now }) => {
  const range = page(query, 1000)
  if (isRefusal(range)) return range
  const opened = world.openedAt ?? now
  return Object.entries(presets)
    .slice(range.from, range.from + range.size)
    .map(([id, name]) => ({
      task_id: `preset-${id}`,
      task_status: "succeed",
      task_status_msg: "",
      task_result: { voices: [{ voice_id: id, voice_name: name, trial_url: "", owned_by: "kling" }] },
      created_at: opened,
      updated_at: opened
    }))
}

/** A delete returns the whole task of the voice (measured). */
export const deleteVoice: OperationHandler = ({ world, route, body, now }) => {
  const input = readInput(world, route.operation, body)
  if (isRefusal(input)) return input
  const id = String(input["voiceId"])
  const found = world.tasks.output(id, "voice", now)
  if (found === undefined || world.deleted.has(id)) return refusal(1201, `Voice id not found: ${id}`)
  world.deleted.add(id)
  return legacyTask(world, found.task, now)
}
