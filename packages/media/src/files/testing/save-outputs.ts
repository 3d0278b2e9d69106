import type { TaskOutput } from "@klingkit/core"
import { Effect } from "effect"
import { type ResultsToSave, saveResults } from "../save-results.ts"

const oneVideo: ReadonlyArray<TaskOutput> = [{ type: "video", url: "https://files.example/video" }]

/** Saves a task's outputs, one video by default, below a folder; sidecars contain what is known of the file. */
export const saveOutputs = (root: string, handle: string, options: Partial<ResultsToSave> = {}) =>
  saveResults({
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
