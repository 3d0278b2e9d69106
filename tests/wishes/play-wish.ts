import { controlWorld, startEmulator } from "@klingkit/emulator"
import { Effect } from "effect"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { grayPng } from "./gray-png.ts"
import { type Answer, openHost, type StdioHost } from "./stdio-host.ts"
import { type Call, type Played, taskId, type Wish } from "./wish.ts"

/** Plays a wish over the built server, a fresh Kling and a fresh ledger. Files and host are there until `check` ends. */
export const playWish = (wish: Wish, check: (played: Played, host: StdioHost) => Promise<void>): Promise<void> =>
  Effect.gen(function* () {
    const account = yield* openAccount(wish)
    const host = yield* Effect.acquireRelease(
      Effect.promise(() => openHost(account.env)),
      ({ close }) => Effect.promise(close)
    )
    const known: Record<string, string | ReadonlyArray<string>> = {}
    const make = (calls: ReadonlyArray<Call>) =>
      Effect.forEach(calls, (call) => Effect.promise(() => makeCall(host, call, known)))
    yield* make(wish.before ?? [])
    const sentBefore = account.sent.length
    const { charges: chargesBefore } = yield* account.ledger
    const answers = yield* make(wish.calls)
    const { charges } = yield* account.ledger
    const played: Played = {
      answers,
      sent: account.sent.slice(sentBefore),
      charges: charges.slice(chargesBefore.length),
      totalUsd: sumUsd(charges),
      saved: savedIn(account.outputDir),
      known
    }
    yield* Effect.promise(() => check(played, host))
    yield* Effect.forEach(wish.calls, ({ tool, alsoWritten = [] }, index) =>
      Effect.forEach(alsoWritten, (args) =>
        Effect.promise(() => findSameTask(host, { tool, arguments: args }, known, answers[index]))
      )
    )
    const { charges: chargesAfter } = yield* account.ledger
    if (chargesAfter.length > charges.length) throw new Error(`${wish.row}: another spelling was charged again`)
  }).pipe(Effect.scoped, Effect.runPromise)

const openAccount = Effect.fnUntraced(function* ({ kling = {}, settings = {}, images = [] }: Wish) {
  const { url, apiKey, world } = yield* startEmulator({ seed: 7, speed: 1e6, ...kling })
  const home = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "klingkit-wish-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  for (const path of images) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), grayPng(768, 1024))
  }
  const sent: Array<Played["sent"][number]> = []
  const answer = world.answer.bind(world)
  Object.assign(world, {
    answer: (request: Parameters<typeof answer>[0]) => {
      if (request.method === "POST") sent.push({ path: request.path, body: JSON.parse(request.body) as Arguments })
      return answer(request)
    }
  })
  const outputDir = join(home, "klingkit")
  const env = {
    HOME: home,
    KLINGKIT_HOME: join(home, "ledger"),
    KLINGAI_API_KEY: apiKey,
    KLINGAI_BASE_URL: url,
    KLINGKIT_OUTPUT_DIR: outputDir,
    ...settings
  }
  return { env, outputDir, sent, ledger: controlWorld(world, "GET ledger") }
})

type Arguments = Readonly<Record<string, unknown>>
type Known = Readonly<Record<string, string | ReadonlyArray<string>>>

const makeCall = async (
  host: StdioHost,
  { tool, arguments: args, reads = {}, says = [], refused }: Call,
  known: Record<string, string | ReadonlyArray<string>>
): Promise<Answer> => {
  const answer = await host.call(tool, fillIn(args, known))
  const about = `${tool} ${JSON.stringify(args)}: ${answer.text}`
  if (answer.isError !== (refused === true)) throw new Error(`${answer.isError ? "refused" : "not refused"}: ${about}`)
  for (const pattern of says) if (!pattern.test(answer.text)) throw new Error(`does not say ${pattern}: ${about}`)
  for (const [name, pattern] of Object.entries(reads)) {
    const matches = [...answer.text.matchAll(new RegExp(pattern, "gm"))].map(([, found = ""]) => found)
    if (matches.length === 0) throw new Error(`has no ${name}: ${about}`)
    known[name] = pattern.global ? matches : (matches[0] ?? "")
  }
  return answer
}

/** Replaces each `$name` by what is known under it. */
const fillIn = (args: Arguments, known: Known): Arguments => {
  const filled = (value: unknown): unknown => {
    const [, name, index] = (typeof value === "string" && /^\$(\w+)(?:\[(\d)\])?$/.exec(value)) || []
    if (name !== undefined) {
      const found = index === undefined ? known[name] : known[name]?.[Number(index)]
      if (found === undefined) throw new Error(`no answer has said ${String(value)}`)
      return found
    }
    if (Array.isArray(value)) return value.flatMap(filled)
    if (typeof value === "object" && value !== null) return fillIn(value as Arguments, known)
    return value
  }
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, filled(value)]))
}

const findSameTask = async (host: StdioHost, call: Call, known: Known, first: Answer | undefined): Promise<void> => {
  const { text, isError } = await host.call(call.tool, fillIn(call.arguments, known))
  const expected = taskId.exec(first?.text ?? "")?.[1]
  if (isError || expected === undefined || taskId.exec(text)?.[1] !== expected) {
    throw new Error(`${call.tool} ${JSON.stringify(call.arguments)} is not ${expected}: ${text}`)
  }
}

/** The emulator's prices have at most six decimals. */
const sumUsd = (charges: ReadonlyArray<{ readonly usd: number }>): number =>
  Number(charges.reduce((sum, { usd }) => sum + usd, 0).toFixed(6))

const savedIn = (folder: string): ReadonlyArray<string> =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => !name.endsWith(".json"))
        .toSorted()
        .map((name) => join(folder, name))
    : []
