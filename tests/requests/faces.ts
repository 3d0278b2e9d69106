import { NodeServices } from "@effect/platform-node"
import { fetchHttpClient, isFinished, Kling } from "@klingkit/core"
import { type AnyRequest, kebabName } from "@klingkit/core/requests"
import { startEmulator } from "@klingkit/emulator"
import { Jobs } from "@klingkit/jobs"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { nodeFileHost } from "@klingkit/jobs/node"
import { createJobs } from "@klingkit/jobs/promise"
import { type Tool, tools } from "@klingkit/tools"
import { ConfigProvider, Effect, Layer, Stream } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { linkedBin, start, temporaryFolder } from "../cli/testing/built-klingkit.ts"
import type { Drawn, Input } from "./draw-inputs.ts"

/** A face makes a request in its own words; undefined if it has no words for this input. */
export type Face = (request: AnyRequest, input: Input, kling: Account) => Promise<void> | undefined

/** Where a face finds Kling, and keeps its ledger. */
interface Account {
  readonly env: Readonly<Record<string, string>>
  readonly folder: string
}

/** What a face sends for a request: the method, path and body of each call, as they are on the wire. */
export const sentBy = (face: Face, request: AnyRequest, drawn: Drawn): Promise<ReadonlyArray<string> | undefined> =>
  Effect.gen(function* () {
    const { world, account } = yield* newAccount(drawn)
    const sent: Array<string> = []
    const answer = world.answer.bind(world)
    Object.assign(world, {
      answer: (call: Parameters<typeof answer>[0]) => {
        if (call.method === "POST") sent.push(`${call.path} ${withoutIds(call.body)}`)
        return answer(call)
      }
    })
    const made = face(request, drawn.input, account)
    if (made === undefined) return undefined
    yield* Effect.promise(() => made)
    return sent
  }).pipe(Effect.scoped, Effect.runPromise)

/** How many tasks there are after each of these, made one after the other on one account and ledger. */
export const tasksAfter = (
  request: AnyRequest,
  credential: Drawn["credential"],
  runs: ReadonlyArray<{ readonly face: Face; readonly input: Input }>
): Promise<ReadonlyArray<number>> =>
  Effect.gen(function* () {
    const { world, account } = yield* newAccount({ credential })
    return yield* Effect.forEach(runs, ({ face, input }) =>
      Effect.map(
        Effect.promise(async () => face(request, input, account)),
        () => world.state.tasks.size
      )
    )
  }).pipe(Effect.scoped, Effect.runPromise)

const newAccount = Effect.fnUntraced(function* ({ credential }: Pick<Drawn, "credential">) {
  const { url, apiKey, accessKey, secretKey, world } = yield* startEmulator({ speed: 1e6, seed: 1 })
  const folder = temporaryFolder()
  const key =
    credential === "api-key"
      ? { KLINGAI_API_KEY: apiKey }
      : { KLINGAI_ACCESS_KEY: accessKey, KLINGAI_SECRET_KEY: secretKey }
  const env = { ...key, KLINGAI_BASE_URL: url, KLINGKIT_HOME: folder, KLINGKIT_OUTPUT_DIR: folder }
  return { world, account: { env, folder } satisfies Account }
})

/** Each request has a handle of its own, and each world its own session, faces and sounds. */
const withoutIds = (body: string): string => {
  const text = body.replaceAll(/kk-\w+-[0-9a-z]{20,}/g, "kk-ID")
  return text.includes("session_id") ? text.replaceAll(/"(session_id|face_id|audio_id)":"?[\w-]+"?/g, '"$1":ID') : text
}

const isPipelineHandle = (handle: string): boolean => handle.startsWith("kk-chain-")

/** How the arguments of a tool are written. */
export type Spelling = (args: Input, tool: Tool) => Input

/** The tool that makes a request, with its arguments written in this way. */
export const callToolAs =
  (spell: Spelling): Face =>
  (request, input, { env }) => {
    const found = tools
      .map((tool) => ({ tool, args: tool.argumentsFor?.(request, input) }))
      .find(({ args }) => args !== undefined)
    if (found?.args === undefined) return undefined
    const services = Jobs.layerConfig.pipe(
      Layer.provideMerge(Kling.layerConfig()),
      Layer.provide([nodeFileHost, ledgerFromConfig, fetchHttpClient]),
      Layer.provideMerge(NodeServices.layer)
    )
    return found.tool.call(spell(found.args, found.tool)).pipe(
      Effect.flatMap(({ job }) =>
        job !== undefined && isPipelineHandle(job.handle)
          ? Jobs.use((jobs) => Stream.runDrain(jobs.follow(job.handle)))
          : Effect.void
      ),
      // Kling may refuse a drawn model; klingkit refuses no way of writing the same.
      Effect.catchIf(
        ({ reason }) => reason._tag !== "InvalidInput",
        () => Effect.void
      ),
      Effect.provide(services),
      Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
      Effect.scoped,
      Effect.orDie,
      Effect.runPromise
    )
  }

const callTool = callToolAs((args) => args)

const runCommand: Face = async ({ command, input: { shape } }, input, { env, folder }) => {
  const argument = ["prompt", "text"].find((field) => field in shape)
  const flags = Object.entries(input).flatMap(([field, value]) =>
    [value].flat().flatMap((one) => {
      if (field === argument) return []
      if (typeof one === "boolean") return [`--${one ? "" : "no-"}${kebabName(field)}`]
      return [`--${kebabName(field)}`, typeof one === "string" ? one : JSON.stringify(one)]
    })
  )
  const words = argument !== undefined && argument in input ? [String(input[argument])] : []
  await start(linkedBin, [...command.split(" "), ...words, ...flags], { env, cwd: folder }).ended
}

/** A line with the names of flags and with values as text, as in a cell. */
const runLine: Face = async ({ command }, input, { env, folder }) => {
  const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value))
  const fields = Object.entries(input).map(([field, value]) => [kebabName(field), asText(value)])
  writeFileSync(join(folder, "lines.json"), JSON.stringify([{ kind: command, ...Object.fromEntries(fields) }]))
  await start(linkedBin, ["batch", "lines.json"], { env, cwd: folder }).ended
}

type Method = (...args: ReadonlyArray<unknown>) => Promise<{ readonly handle: string }>

const runProgram: Face = async ({ method }, input, { env, folder }) => {
  const { model, ...rest } = input
  const options = {
    apiKey: env["KLINGAI_API_KEY"],
    accessKey: env["KLINGAI_ACCESS_KEY"],
    secretKey: env["KLINGAI_SECRET_KEY"],
    baseUrl: env["KLINGAI_BASE_URL"],
    ledgerDir: folder,
    outputDir: folder
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  await using jobs = createJobs(given)
  const [noun = "", verb = ""] = method.split(".")
  const call = (jobs as unknown as Record<string, Record<string, Method>>)[noun]?.[verb]
  const made = await call?.(...(model === undefined ? [] : [model]), rest).catch(() => undefined)
  if (made === undefined || !isPipelineHandle(made.handle)) return
  for await (const { task } of jobs.follow(made.handle)) if (isFinished(task)) return
}

export const faces: Readonly<Record<string, Face>> = {
  tool: callTool,
  command: runCommand,
  "batch line": runLine,
  program: runProgram
}
