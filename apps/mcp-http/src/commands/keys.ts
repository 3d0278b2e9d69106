import { AccessKeys, isBudgetName, type KeyOwner } from "@klingkit/hosting"
import { type Scope, scopes } from "@klingkit/tools"
import { DateTime, Effect, Redacted } from "effect"
import { type Command, done, failed, nameRefusal, type Refusal } from "./command.ts"

/** Gives, lists and takes back access keys. Only the key itself goes to stdout, so that it can be piped into a secret store. */
export const keys: Command = {
  flags: ["scopes", "person", "project"],
  read: ([verb, name, ...rest], flags) => {
    if (verb === "list" && name === undefined) return withKeys(list)
    if ((verb !== "add" && verb !== "revoke") || name === undefined || rest.length > 0) {
      return { refused: "keys takes add NAME, revoke NAME, or list" }
    }
    if (verb === "revoke") {
      const [given] = Object.keys(flags)
      return given === undefined ? withKeys(revoke(name)) : { refused: `--${given} is for keys add` }
    }
    const refusal = nameRefusal(name, "a key")
    if (refusal !== undefined) return refusal
    const asked = readScopes(flags["scopes"] ?? "kling:generate")
    if ("refused" in asked) return asked
    const { person, project } = flags
    const owner = { ...(person === undefined ? {} : { person }), ...(project === undefined ? {} : { project }) }
    const nameless = Object.entries(owner).find(([, value]) => !isBudgetName(value))
    return nameless === undefined
      ? withKeys(add(name, asked.scopes, owner))
      : { refused: `--${nameless[0]} must be a name in one line, not ${JSON.stringify(nameless[1])}` }
  }
}

const readScopes = (text: string): { readonly scopes: ReadonlyArray<Scope> } | Refusal => {
  const asked = text.split(",").map((scope) => scope.trim())
  const unknown = asked.find((scope) => !scopes.some((known) => known === scope))
  return unknown === undefined
    ? { scopes: scopes.filter((scope) => asked.includes(scope)) }
    : { refused: `${unknown} is not a scope: ${scopes.join(", ")}` }
}

const withKeys = Effect.provide(AccessKeys.layer)

const add = Effect.fnUntraced(function* (name: string, held: ReadonlyArray<Scope>, owner: KeyOwner) {
  const key = yield* AccessKeys.use((known) => known.issue(name, held, owner))
  if (key === undefined) return failed(`${name} has a key; revoke it first, or choose another name`)
  const note = `The key of ${name}, for ${held.join(", ")}. It is not stored and cannot be shown again.\n`
  return done(`${Redacted.value(key)}\n`, note)
})

const revoke = Effect.fnUntraced(function* (name: string) {
  return (yield* AccessKeys.use((known) => known.revoke(name)))
    ? done("", `The key of ${name} opens nothing any more.\n`)
    : failed(`there is no key of ${name}; keys list shows all`)
})

const list = Effect.gen(function* () {
  const lines = (yield* AccessKeys.use((known) => known.list)).map(
    ({ name, scopes: held, createdAt, person = "", project = "" }) =>
      `${[name, held.join(","), DateTime.formatIsoDateUtc(DateTime.makeUnsafe(createdAt)), person, project].join("\t").trimEnd()}\n`
  )
  return done(lines.join(""), lines.length === 0 ? "No keys yet: klingkit-mcp-http keys add NAME\n" : "")
})
