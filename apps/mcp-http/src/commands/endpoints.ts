import { Endpoints, type NewEndpoint } from "@klingkit/hosting"
import { DateTime, Effect, Redacted } from "effect"
import { type Command, done, failed, nameRefusal, type Run } from "./command.ts"

type Flags = Readonly<Record<string, string | undefined>>

/** The programs that are notified when jobs end. Only a secret goes to stdout, so that it can be piped into a secret store. */
export const endpoints: Command = {
  flags: ["caller", "since", "message"],
  read: (words, flags) => {
    const [verb = "", name, url, ...rest] = words
    const allowed = flagsOf[verb]
    if (allowed === undefined || rest.length > 0 || words.length !== wordsOf[verb]) {
      return { refused: "endpoints takes add NAME URL, list, remove NAME, replay NAME, or test NAME" }
    }
    const extra = Object.keys(flags).find((flag) => flags[flag] !== undefined && !allowed.includes(flag))
    if (extra !== undefined) return { refused: `--${extra} is not for endpoints ${verb}` }
    if (name === undefined) return withEndpoints(list)
    if (verb === "add") return readAdd({ name, url: url ?? "" }, flags)
    if (verb === "replay") return readReplay(name, flags)
    return withEndpoints(verb === "remove" ? remove(name) : test(name))
  }
}

const flagsOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  add: ["caller"],
  list: [],
  remove: [],
  replay: ["since", "message"],
  test: []
}
/** The verb included. */
const wordsOf: Readonly<Record<string, number>> = { add: 3, list: 1, remove: 2, replay: 2, test: 2 }

const withEndpoints = <A extends Effect.Success<Run>>(run: Effect.Effect<A, Effect.Error<Run>, Endpoints>): Run =>
  Effect.provide(run, Endpoints.layer)

const readAdd = (endpoint: NewEndpoint, { caller }: Flags) => {
  if (caller?.trim() === "") return { refused: "--caller must be the subject of a token, or key:NAME" }
  return (
    nameRefusal(endpoint.name, "an endpoint") ??
    withEndpoints(add({ ...endpoint, ...(caller === undefined ? {} : { caller }) }))
  )
}

const add = Effect.fnUntraced(function* (endpoint: NewEndpoint) {
  const { name, caller } = endpoint
  const note = `The secret of ${name}, which hears of ${heardOf(caller)}. It is not stored and is not shown again.\n`
  return yield* Endpoints.use((known) => known.add(endpoint)).pipe(
    Effect.map((secret) => done(`${Redacted.value(secret)}\n`, note)),
    Effect.catchTag("EndpointRefused", ({ message }) => Effect.succeed(failed(message)))
  )
})

const heardOf = (caller: string | undefined): string =>
  caller === undefined ? "the jobs of all callers" : `the jobs of ${caller}`

const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/

const readReplay = (name: string, { since, message }: Flags) => {
  if ((since === undefined) === (message === undefined)) {
    return { refused: "endpoints replay takes --since TIME or --message ID" }
  }
  if (message !== undefined) return withEndpoints(replay(name, { messageId: message }))
  const at = time.test(since ?? "") ? Date.parse(since ?? "") : Number.NaN
  return Number.isNaN(at)
    ? { refused: `--since must be a time such as 2026-11-30T00:00Z, not ${since}` }
    : withEndpoints(replay(name, { since: at }))
}

const replay = Effect.fnUntraced(function* (name: string, which: Parameters<Endpoints["Service"]["replay"]>[1]) {
  const count = yield* Endpoints.use((known) => known.replay(name, which))
  if (count === undefined) return failed(unknown(name))
  return count === 0
    ? failed("nothing has ended since, or there is no such message")
    : done(
        "",
        `${count === 1 ? "1 message is" : `${count} messages are`} sent to ${name} again by the running server.\n`
      )
})

const remove = Effect.fnUntraced(function* (name: string) {
  return (yield* Endpoints.use((known) => known.remove(name)))
    ? done("", `${name} gets no more messages; what was on its way is deleted.\n`)
    : failed(unknown(name))
})

const test = Effect.fnUntraced(function* (name: string) {
  return yield* Endpoints.use((known) => known.test(name)).pipe(
    Effect.map((answer) =>
      answer._tag === "Delivered"
        ? done("", `${name} has taken the message endpoint.test.\n`)
        : failed(`${name} has not taken the message endpoint.test: ${answer.failure}`)
    ),
    Effect.catchTag("EndpointRefused", ({ message }) => Effect.succeed(failed(message)))
  )
})

const unknown = (name: string): string => `there is no endpoint ${name}; endpoints list shows all`

const list = Effect.gen(function* () {
  const lines = (yield* Endpoints.use((known) => known.list)).map((endpoint) => {
    const { name, url, principal, createdAt, disabledAt, delivered, pending, givenUp, lastFailure } = endpoint
    const facts = [
      name,
      url,
      principal ?? "all callers",
      DateTime.formatIsoDateUtc(DateTime.makeUnsafe(createdAt)),
      `${delivered} delivered, ${pending} pending, ${givenUp} given up`,
      ...(disabledAt === undefined ? [] : ["disabled: it wants no more messages"]),
      ...(lastFailure === undefined ? [] : [`last failure: ${lastFailure}`])
    ]
    return `${facts.join("\t")}\n`
  })
  return done(lines.join(""), lines.length === 0 ? "No endpoints yet: klingkit-mcp-http endpoints add NAME URL\n" : "")
})
