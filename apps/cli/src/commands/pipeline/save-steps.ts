import { type Job, Jobs, type PipelineStepView, type SavedResult } from "@klingkit/jobs"
import { Effect } from "effect"
import type { Destination } from "../destination.ts"
import { type DownloadFlags, downloadFiles } from "../download-files.ts"
import type { StepDestinations } from "./step-output.ts"

interface SaveOptions extends DownloadFlags {
  readonly destinations: StepDestinations
}

/** Saves what the steps of a pipeline have made, each under its own name. Files that are in place are not fetched again. */
export const saveSteps =
  ({ destinations, ...flags }: SaveOptions) =>
  ({ handle, pipeline }: Job) =>
    Effect.forEach(pipeline?.steps ?? [], (step) => {
      const destination = destinations.get(step.id)
      return destination === undefined || !hasFiles(step)
        ? Effect.succeed([])
        : saveStep(step, withHandle(destination, handle), flags)
    }).pipe(Effect.map((saved) => saved.flat()))

const hasFiles = ({ status, outputs = [] }: PipelineStepView): boolean =>
  status === "succeed" && outputs.some((output) => "url" in output && output.url !== undefined)

/** Until it is started, a pipeline has no handle. */
const withHandle = ({ nameTemplate, ...destination }: Destination, handle: string): Destination =>
  nameTemplate === undefined
    ? destination
    : { ...destination, nameTemplate: nameTemplate.replaceAll("{handle}", () => handle) }

const saveStep = Effect.fnUntraced(function* (step: PipelineStepView, destination: Destination, flags: DownloadFlags) {
  const { id, handle = "", outputs = [] } = step
  const job = yield* Jobs.use((jobs) => jobs.status(handle))
  const files = yield* downloadFiles({ ...job, task: { ...job.task, outputs } }, destination, flags)
  return files.map((file): SavedResult => ({ ...file, step: id }))
})
