import type { TaskOutput } from "@klingkit/core"
import { Effect } from "effect"
import { type ResultsToSave, saveResults } from "../save-results.ts"

const oneVideo: ReadonlyArray<TaskOutput> = [{ type: "video", url: "https://files.example/video" }]

/** A task's outputs, one video by default, to be saved below a folder; sidecars contain what is known of the file. */
export const savingOptions = (root: string, handle: string, options: Partial<ResultsToSave> = {}): ResultsToSave => ({
  handle,
  outputs: oneVideo,
  policy: { klingIsLocal: false, privateHosts: [] },
  root,
  nameFacts: { date: "2026-09-20", time: "14-05-09", model: "kling", prompt: "a cat", handle, take: "1", id: handle },
  recorded: [],
  overwrite: false,
  sidecarFor: (file) => JSON.stringify(file),
  onProgress: () => Effect.void,
  onSaved: () => Effect.void,
  ...options
})

export const saveOutputs = (root: string, handle: string, options: Partial<ResultsToSave> = {}) =>
  saveResults(savingOptions(root, handle, options))
