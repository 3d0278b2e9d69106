import { isFinished, type KlingError, type TaskOutput } from "@klingkit/core"
import { invalidInput, type MediaReference } from "@klingkit/core/internal"
import { Effect } from "effect"
import type { Job } from "../job.ts"

/** What an input may hold; the first is what it is asked for. */
export type AcceptedTypes = readonly [MediaType, ...ReadonlyArray<MediaType>]
export type MediaType = "image" | "video" | "audio"

type OutputOf<Type> = Extract<TaskOutput, { readonly type: Type }>

/** The result of a finished task that a reference names, and its place among the results, from 0. */
export interface FoundOutput<Type = MediaType> {
  readonly output: OutputOf<Type>
  readonly position: number
}

/** Finds the result that a reference means. Fails with what the task has instead, and what to write. */
export const resultOfTask = <Type extends TaskOutput["type"]>(
  field: string,
  { handle, task }: Job,
  { id, number, frame }: MediaReference,
  accepted: readonly [Type, ...ReadonlyArray<Type>]
): Effect.Effect<FoundOutput<Type>, KlingError> => {
  const refuse = (message: string, nearest?: string) =>
    Effect.fail(invalidInput([{ field, message, ...(nearest === undefined ? {} : { nearest }) }]))
  const [asked] = accepted
  const isAccepted = (one: TaskOutput): one is OutputOf<Type> => accepted.some((type) => type === one.type)
  const { outputs, status } = task
  if (!isFinished(task)) {
    return refuse(
      status === "unknown"
        ? "has an unknown outcome: look its task up first"
        : `is still ${status}; wait until it has finished`
    )
  }
  if (status === "failed" && outputs.length === 0) return refuse(`failed and made no ${asked}`)
  if (outputs.length === 0) return refuse("has succeeded, but Kling does not show its results yet; try again later")
  const named = number === undefined ? outputs.findIndex((one) => "id" in one && one.id === id) : number - 1
  const fitting = outputs.filter(isAccepted)
  const only = fitting.length === 1 ? fitting[0] : undefined
  const position = named >= 0 ? named : only === undefined ? 0 : outputs.indexOf(only)
  const output = outputs[position]
  if (output === undefined) {
    return refuse(`has ${outputs.length === 1 ? "one result" : `${outputs.length} results`}, and no #${number}`)
  }
  if (!isAccepted(output)) {
    const name = outputs.length === 1 ? handle : `${handle}#${position + 1}`
    return output.type === "video" && asked === "image"
      ? refuse(`is a video, not an image; ${name}@last is its last frame`, `${name}@last`)
      : refuse(`is ${nouns[output.type]}, not ${nouns[asked]}${adviceFor(output.type, frame)}`)
  }
  if (named < 0 && only === undefined) {
    return refuse(
      `has ${outputs.length} results; choose one: ${handle}#1 to ${handle}#${outputs.length}`,
      `${handle}#1`
    )
  }
  return Effect.succeed({ output, position })
}

const nouns: Readonly<Record<TaskOutput["type"], string>> = {
  image: "an image",
  video: "a video",
  audio: "audio",
  voice: "a voice",
  element: "an element",
  file: "a file"
}

const adviceFor = (made: TaskOutput["type"], frame: MediaReference["frame"]): string =>
  frame !== undefined ? `: leave out @${frame}` : made === "image" ? "; make a video of it first" : ""
