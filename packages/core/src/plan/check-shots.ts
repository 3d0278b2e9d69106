import type { Problem } from "../errors/problem.ts"
import type { ModelTable } from "../models/model-table.ts"
import type { VideoModel } from "../models/video-model.ts"
import { secondsOfShots, shotLimits } from "../operations/shot-syntax.ts"
import { insteadOf } from "./check-video-request.ts"
import { needsOmni, type VideoRequest } from "./video-request.ts"

/**
 * What is wrong with shots that are given one by one, whichever way they are sent, and a video that is made of no words and of
 * nothing else. `model` is absent when it is unknown.
 */
export function* checkShots(request: VideoRequest, table: ModelTable, model?: VideoModel): Generator<Problem> {
  const { shots, prompt, multiShot, durationSeconds, referenceUse } = request
  if (shots === undefined) {
    if (prompt === undefined && request.image === undefined && !needsOmni(request)) {
      yield { field: "prompt", message: "is required (or {shots})" }
    }
    return
  }
  if (model?.multiShot === false) {
    const others = insteadOf(table, (other) => other.multiShot !== false)
    yield { field: "shots", message: `are not supported by ${model.id}${others}` }
    return
  }
  if (prompt !== undefined) {
    yield { field: "prompt", message: "and {shots} are mutually exclusive; write it into the words of the shots" }
  }
  if (multiShot === false) yield { field: "multiShot", message: "must be true with {shots}; omit it" }
  if (referenceUse === "base") yield { field: "shots", message: "cannot be used when a video is edited; use {prompt}" }
  const { count, characters, minSeconds } = shotLimits
  if (shots.length > count)
    yield { field: "shots", message: `are ${shots.length}; at most ${count}`, limit: { max: count } }
  for (const [index, shot] of shots.entries()) {
    const { length } = [...shot.prompt.trim()]
    const field = `shots[${index}].prompt`
    if (length === 0) yield { field, message: "is required: what is seen in this shot" }
    if (length > characters) {
      yield {
        field,
        message: `is ${length} characters long; the limit of a shot is ${characters}`,
        limit: { max: characters }
      }
    }
    if (!Number.isInteger(shot.durationSeconds) || shot.durationSeconds < minSeconds) {
      const message = `must be whole seconds, at least ${minSeconds}`
      yield { field: `shots[${index}].durationSeconds`, message, limit: { min: minSeconds } }
    }
  }
  const total = secondsOfShots(shots)
  if (durationSeconds !== undefined && durationSeconds !== total) {
    yield { field: "durationSeconds", message: `${durationSeconds} is not the sum of the shots, ${total}; omit it` }
  } else if (model !== undefined && !isLength(model, total)) {
    yield { field: "shots", message: `last ${total} s in total; ${model.id} makes videos of ${lengthsOf(model)} s` }
  }
}

const isLength = ({ seconds }: VideoModel, length: number): boolean =>
  "values" in seconds ? seconds.values.includes(length) : length >= seconds.min && length <= seconds.max

const lengthsOf = ({ seconds }: VideoModel): string =>
  "values" in seconds ? seconds.values.join(" or ") : `${seconds.min} to ${seconds.max}`
