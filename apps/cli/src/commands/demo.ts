import { baseUrlFromConfig, credentialsFromConfig } from "@klingkit/core/internal"
import { Config, Effect, FileSystem, Option, Path } from "effect"
import { Command, Flag } from "effect/cli"
import { connectAgent } from "../demo/agent.ts"
import { findServer } from "../demo/find-server.ts"
import { demoRequests, quotes } from "../demo/requests.ts"
import { type DemoResult, runRequest } from "../demo/run-request.ts"
import { startEmulator } from "../emulator/start-emulator.ts"
import { Output } from "../output/output.ts"
import { type Column, table } from "../output/table.ts"
import { quoteText, quoteView } from "../output/task-view.ts"
import { outputFlag } from "./paid-flags.ts"
import { toggle } from "./toggle.ts"

const columns: ReadonlyArray<Column<DemoResult>> = [
  { title: "handle", value: ({ handle }) => handle },
  { title: "model", value: ({ model }) => model },
  { title: "cost", value: ({ units, usd }) => (usd === undefined ? "unknown" : `${units} units, $${usd}`) },
  { title: "file", value: ({ file }) => file }
]

const accountVariables = [
  "KLINGAI_API_KEY",
  "KLINGAI_ACCESS_KEY",
  "KLINGAI_SECRET_KEY",
  "KLING_ACCESS_KEY",
  "KLING_SECRET_KEY"
]
/** What the server needs beside the account: the base URL, the user's ledger and the spend limits. */
const serverVariables = [
  "KLINGAI_BASE_URL",
  "KLINGAI_REGION",
  "KLINGKIT_HOME",
  "KLINGKIT_DATABASE_URL",
  "KLINGKIT_PRIVATE_HOSTS",
  "KLINGKIT_MAX_USD_PER_CALL",
  "KLINGKIT_MAX_USD_PER_DAY",
  "KLINGKIT_CONFIRM_ABOVE_USD"
]

/** The given variables that are set, for the child process. */
const environment = Effect.fnUntraced(function* (names: ReadonlyArray<string>) {
  const found = yield* Effect.forEach(names, (name) =>
    Config.option(Config.String(name)).pipe(
      Effect.orElseSucceed(() => Option.none<string>()),
      Effect.map((value) => (Option.isSome(value) && value.value.trim() !== "" ? [[name, value.value] as const] : []))
    )
  )
  return Object.fromEntries(found.flat())
})

/** A real account is configured: its money is spent only with `--live`. */
const showPrices = Effect.gen(function* () {
  const output = yield* Output
  const prices = yield* quotes
  const url = yield* baseUrlFromConfig
  const totalUsd = prices.reduce((sum, { priceUsd = 0 }) => sum + priceUsd, 0)
  yield* output.answer({
    json: {
      live: false,
      baseUrl: url,
      totalUsd,
      quotes: prices.map(({ what, ...quote }) => ({ what, ...quoteView(quote) }))
    },
    text: [
      `A Kling account is configured (${url}). On it the demo would cost $${totalUsd}:`,
      ...prices.map(({ what, ...quote }) => `  ${what}: ${quoteText(quote)}`),
      "Nothing was sent. Run it on that account with: klingkit demo --live",
      `Unset ${accountVariables.slice(0, 3).join(", ")} to run it free on the emulator.`
    ].join("\n")
  })
})

/** The stdio server's environment: a real or emulated account, and folders. */
const serverEnvironment = Effect.fnUntraced(function* (isLive: boolean) {
  const output = yield* Output
  if (isLive) {
    yield* credentialsFromConfig
    return yield* environment([...accountVariables, ...serverVariables])
  }
  const { url, apiKey } = yield* startEmulator({})
  yield* output.say(`A local Kling emulator runs at ${url}; nothing here costs money.`)
  const fs = yield* FileSystem.FileSystem
  // The emulator's tasks disappear with it, so they do not belong in the user's ledger.
  const home = yield* fs.makeTempDirectoryScoped({ prefix: "klingkit-demo-" })
  return { KLINGAI_BASE_URL: url, KLINGAI_API_KEY: apiKey, KLINGKIT_HOME: home }
})

const runDemo = Effect.fnUntraced(function* (isLive: boolean, target: Option.Option<string>) {
  const output = yield* Output
  const path = yield* Path.Path
  const folder = path.resolve(Option.getOrElse(target, () => "klingkit-demo"))
  const server = yield* findServer
  const agent = yield* connectAgent(server, { ...(yield* serverEnvironment(isLive)), KLINGKIT_OUTPUT_DIR: folder })
  const results = yield* Effect.forEach(demoRequests, (request) => runRequest(agent, request), {
    concurrency: "unbounded"
  })
  yield* output.answer({
    json: { live: isLive, folder, results },
    text: [table(results, columns, true), "", `The files are in ${folder}`].join("\n")
  })
}, Effect.scoped)

export const demo = Command.make(
  "demo",
  {
    live: toggle("live", "run on the real account of KLINGAI_API_KEY; this costs money"),
    output: outputFlag.pipe(Flag.withDescription("folder for both files; default ./klingkit-demo"))
  },
  Effect.fnUntraced(function* ({ live, output }) {
    const account = yield* environment(accountVariables)
    if (!live && Object.keys(account).length > 0) return yield* showPrices
    return yield* runDemo(live, output)
  })
).pipe(
  Command.withDescription("Generate an image and a 5 s video on the emulator, as an MCP client of klingkit-mcp"),
  Command.withExamples([
    { command: "klingkit demo" },
    { command: "klingkit demo --live", description: "Run it on your account" }
  ])
)
