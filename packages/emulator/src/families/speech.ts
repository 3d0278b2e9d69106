import { isRefusal, refusal } from "../answers/envelope.ts"
import { finishedTask } from "../answers/legacy.ts"
import type { Answerer } from "../routes/asked.ts"
import { createTask } from "../routes/create.ts"
import { readInput } from "../routes/read-input.ts"

/** `POST /v1/audio/tts`: finished at once, with one URL in place of the two of other sounds, and no `task_info`. */
export const textToSpeech: Answerer = ({ world, route: { operation }, body, struck, now }) => {
  const input = readInput(world, operation, body)
  if (isRefusal(input)) return input
  // Speech has voices of its own; the ids of video voices are numbers (measured: refused).
  if (/^\d+$/.test(String(input["voiceId"]))) return refusal(1201, "Voice id not found")
  const task = createTask(world, { operation, body, struck, now })
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
