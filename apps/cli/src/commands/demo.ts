import { baseUrlFromConfig, credentialsFromConfig } from "@klingkit/core"
import { Config, Effect, FileSystem, Option, Path } from "effect"
import { Command, Flag } from "effect/cli"
import { connectAgent } from "../demo/agent.ts"
import { films, quotes } from "../demo/films.ts"
import { findServer } from "../demo/find-server.ts"
import { type Made, makeFilm } from "../demo/make-film.ts"
import { startEmulator } from "../emulator/start-emulator.ts"
import { Output } from "../output/output.ts"
import { type Column, table } from "../output/table.ts"
import { quoteText, quoteView } from "../output/task-view.ts"
import { outputFlag } from "./paid-flags.ts"

const columns: ReadonlyArray<Column<Made>> = [
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
/** What the server must know beside the account: where Kling is, the user's ledger, and what may be spent. */
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

/** Those of the variables that are set, as the child gets them. */
const environment = Effect.fnUntraced(function* (names: ReadonlyArray<string>) {
  const found = yield* Effect.forEach(names, (name) =>
    Config.option(Config.String(name)).pipe(
      Effect.orElseSucceed(() => Option.none<string>()),
      Effect.map((value) => (Option.isSome(value) && value.value.trim() !== "" ? [[name, value.value] as const] : []))
    )
  )
  return Object.fromEntries(found.flat())
})

/** A real account is at hand: its money is not spent without being asked. */
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
      `A Kling account is set (${url}). There the demo would cost $${totalUsd}:`,
      ...prices.map(({ what, ...quote }) => `  ${what}: ${quoteText(quote)}`),
      "Nothing was sent. Make it on that account with: klingkit demo --live",
      `See it for nothing, in the emulator, without ${accountVariables.slice(0, 3).join(", ")} in the environment.`
    ].join("\n")
  })
})

/** The stdio server's environment: an account, real or emulated, and folders. */
const kling = Effect.fnUntraced(function* (isLive: boolean) {
  const output = yield* Output
  if (isLive) {
    yield* credentialsFromConfig
    return yield* environment([...accountVariables, ...serverVariables])
  }
  const { url, apiKey } = yield* startEmulator({})
  yield* output.say(`An emulated Kling runs at ${url}; nothing here costs money.`)
  const fs = yield* FileSystem.FileSystem
  // Its tasks are gone when it ends, so they have no place in the user's own ledger.
  const home = yield* fs.makeTempDirectoryScoped({ prefix: "klingkit-demo-" })
  return { KLINGAI_BASE_URL: url, KLINGAI_API_KEY: apiKey, KLINGKIT_HOME: home }
})

const play = Effect.fnUntraced(function* (isLive: boolean, target: Option.Option<string>) {
  const output = yield* Output
  const path = yield* Path.Path
  const folder = path.resolve(Option.getOrElse(target, () => "klingkit-demo"))
  const server = yield* findServer
  const agent = yield* connectAgent(server, { ...(yield* kling(isLive)), KLINGKIT_OUTPUT_DIR: folder })
  const made = yield* Effect.forEach(films, (film) => makeFilm(agent, film), { concurrency: "unbounded" })
  yield* output.answer({
    json: { live: isLive, folder, results: made },
    text: [table(made, columns, true), "", `The files are in ${folder}`].join("\n")
  })
}, Effect.scoped)

export const demo = Command.make(
  "demo",
  {
    live: Flag.Boolean("live").pipe(
      Flag.withoutNegation,
      Flag.withDescription("on the real account that KLINGAI_API_KEY names; this costs money"),
      Flag.withDefault(false)
    ),
    output: outputFlag.pipe(Flag.withDescription("the folder for both files; default ./klingkit-demo"))
  },
  Effect.fnUntraced(function* ({ live, output }) {
    const account = yield* environment(accountVariables)
    if (!live && Object.keys(account).length > 0) return yield* showPrices
    return yield* play(live, output)
  })
).pipe(
  Command.withDescription(
    "An image and a clip of five seconds, made by an MCP client through klingkit-mcp, in the emulator"
  ),
  Command.withExamples([
    { command: "klingkit demo" },
    { command: "klingkit demo --live", description: "The same on your account" }
  ])
)
