import { NodeServices } from "@effect/platform-node"
import { fetchHttpClient, Kling, KlingError } from "@klingkit/core"
import { Jobs, moneyOfJob } from "@klingkit/jobs"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { nodeFileHost } from "@klingkit/jobs/node"
import { createJobs } from "@klingkit/jobs/promise"
import { findTool, formatError } from "@klingkit/tools"
import { ConfigProvider, Effect, Layer } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { klingkit } from "../cli/testing/built-klingkit.ts"
import type { Ending } from "./endings.ts"

/** Where a face finds Kling and the ledger. */
export interface Home {
  readonly env: Readonly<Record<string, string>>
  readonly folder: string
}

/** The same, and how long to wait. */
export type Asked = Home & Pick<Ending, "timeout">

/** What a face says about money, and of which job; `charged` is absent where it only tells the state. */
export interface Said {
  readonly charged: string | undefined
  readonly handle: string | undefined
  readonly exitCode?: number | null
  readonly all: string
}

const wordIn = (text: string): string | undefined => /^Charged: (no|maybe|yes|\d)/m.exec(text)?.[1]
const handleIn = (text: string): string | undefined => /kk-t2v-\w{26}/.exec(text)?.[0]

const textOf = async (args: ReadonlyArray<string>, { env, folder }: Home): Promise<Said> => {
  const { exitCode, stdout, stderr } = await klingkit(args, { env, cwd: folder }).ended
  const all = `${stderr}${stdout}`
  return { exitCode, all, charged: wordIn(all), handle: handleIn(all) }
}

interface Document {
  readonly handle?: string
  readonly error?: { readonly charged: string; readonly handle?: string }
  readonly receipt?: { readonly charged?: string }
}

const jsonOf = async (args: ReadonlyArray<string>, { env, folder }: Home): Promise<Said> => {
  const { exitCode, stdout } = await klingkit([...args, "--json"], { env, cwd: folder }).ended
  const document = JSON.parse(stdout) as Document | ReadonlyArray<BatchLine>
  if (isLines(document)) {
    const [line] = document
    const charged = line?.error?.charged ?? wordIn(`Charged: ${line?.task?.receipt?.charged}`)
    return { exitCode, all: stdout, charged, handle: line?.handle }
  }
  const { handle, error, receipt } = document
  const charged = error?.charged ?? wordIn(`Charged: ${receipt?.charged}`)
  return { exitCode, all: stdout, charged, handle: error === undefined ? handle : error.handle }
}

interface BatchLine extends Document {
  readonly task?: { readonly receipt?: Document["receipt"] }
}

const isLines = (document: Document | ReadonlyArray<BatchLine>): document is ReadonlyArray<BatchLine> =>
  Array.isArray(document)

const toolText = (name: string, args: object, { env }: Home): Promise<Said> => {
  const tool = findTool(name)
  if (tool === undefined) throw new Error(`no tool ${name}`)
  const services = Jobs.layerConfig.pipe(
    Layer.provideMerge(Kling.layerConfig()),
    Layer.provide([nodeFileHost, ledgerFromConfig, fetchHttpClient]),
    Layer.provideMerge(NodeServices.layer)
  )
  return tool.call(args).pipe(
    Effect.map(({ lines }) => lines),
    Effect.catch((error) => Effect.succeed(formatError(tool, error).lines)),
    Effect.map((lines) => lines.join("\n")),
    Effect.map((all): Said => ({ all, charged: wordIn(all), handle: handleIn(all) })),
    Effect.provide(services),
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
    Effect.scoped,
    Effect.orDie,
    Effect.runPromise
  )
}

const statusInProgram = async (handle: string, { env, folder }: Home): Promise<Said> => {
  await using jobs = createJobs({
    apiKey: env["KLINGAI_API_KEY"] ?? "",
    baseUrl: env["KLINGAI_BASE_URL"] ?? "",
    ledgerDir: env["KLINGKIT_HOME"] ?? "",
    outputDir: folder
  })
  return await jobs.status(handle).then(
    (job) => ({ charged: moneyOfJob(job).charged, handle: job.handle, all: job.task.status }),
    (error: unknown) => {
      if (!(error instanceof KlingError)) throw error
      return { charged: error.wasCharged, handle: error.job?.handle, all: error.message }
    }
  )
}

const create = ({ timeout }: Asked) => ["video", "create", "a paper boat", "--wait", "--timeout", timeout]

/** A file of one line, or of one step. */
const file = ({ folder }: Home, name: string, content: object): string => {
  writeFileSync(join(folder, name), JSON.stringify(content))
  return name
}

const boat = { id: "boat", prompt: "a paper boat" }
const batch = (home: Asked) => ["batch", file(home, "lines.json", [boat]), "--wait", "--timeout", home.timeout]
const pipeline = (home: Asked) => {
  const steps = file(home, "film.json", { name: "film", steps: [boat] })
  return ["pipeline", "run", steps, "--timeout", home.timeout]
}

/** Each makes its own request. */
export const creating: Readonly<Record<string, (home: Asked) => Promise<Said>>> = {
  "create --wait": (home) => textOf(create(home), home),
  "create --wait --json": (home) => jsonOf(create(home), home),
  "batch --wait": (home) => textOf(batch(home), home),
  "batch --wait --json": (home) => jsonOf(batch(home), home),
  "pipeline run": (home) => textOf(pipeline(home), home),
  "pipeline run --json": (home) => jsonOf(pipeline(home), home)
}

/** Each asks about a request that was made before. */
export const asking: Readonly<Record<string, (handle: string, home: Asked) => Promise<Said>>> = {
  "task wait": (handle, home) => textOf(["task", "wait", handle, "--timeout", home.timeout], home),
  "task wait --json": (handle, home) => jsonOf(["task", "wait", handle, "--timeout", home.timeout], home),
  "task get": (handle, home) => textOf(["task", "get", handle], home),
  "task get --json": (handle, home) => jsonOf(["task", "get", handle], home),
  wait_for_task: (handle, home) => toolText("wait_for_task", { task_id: handle, timeout_seconds: 1 }, home),
  check_video_status: (handle, home) => toolText("check_video_status", { task_id: handle }, home),
  "jobs.status": (handle, home) => statusInProgram(handle, home)
}
