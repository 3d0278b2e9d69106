import { isRefusal, refusal } from "../answers/envelope.ts"
import { finishedTask } from "../answers/legacy.ts"
import type { OperationHandler } from "../routes/operation-handler.ts"
import { createTask } from "../routes/create.ts"
import { readInput } from "../routes/read-input.ts"

/** `POST /v1/audio/tts`: synchronous, with one URL instead of the two of other audio, and no `task_info`. */
export const textToSpeech: OperationHandler = ({ world, route: { operation }, body, faults, now }) => {
  const input = readInput(world, operation, body)
  if (isRefusal(input)) return input
  // Speech has its own voices; the numeric ids of video voices are rejected (measured).
  if (/^\d+$/.test(String(input["voiceId"]))) return refusal(1201, "Voice id not found")
  const task = createTask(world, { operation, body, faults, now })
  if (isRefusal(task)) return task
  const audios = task.outputs.flatMap((output) =>
    output.type === "audio"
      ? [{ id: output.id, url: `${world.baseUrl}${output.mp3.path}`, duration: String(output.durationSeconds) }]
      : []
  )
  return {
    ...finishedTask(world, task, now),
    ...(task.failure === undefined ? { task_result: { audios } } : {})
  }
}
