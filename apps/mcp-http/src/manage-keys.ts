import { AccessKeys } from "@klingkit/hosting"
import type { LedgerError } from "@klingkit/jobs"
import { DateTime, Effect, Redacted } from "effect"
import type { KeysArgs } from "./arguments.ts"

interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

const done = (stdout: string, stderr = ""): Outcome => ({ stdout, stderr, exitCode: 0 })
const failed = (message: string): Outcome => ({ stdout: "", stderr: `klingkit-mcp-http: ${message}\n`, exitCode: 1 })

/** Gives, lists and takes back access keys. Only the key itself goes to stdout, so that it can be piped into a secret store. */
export const manageKeys = (args: KeysArgs): Effect.Effect<Outcome, LedgerError, AccessKeys> =>
  Effect.gen(function* () {
    const keys = yield* AccessKeys
    switch (args.do) {
      case "add-key": {
        const key = yield* keys.issue(args.name, args.scopes)
        if (key === undefined) return failed(`${args.name} has a key; revoke it first, or choose another name`)
        const note = `The key of ${args.name}, for ${args.scopes.join(", ")}. It is not stored and cannot be shown again.\n`
        return done(`${Redacted.value(key)}\n`, note)
      }
      case "revoke-key":
        return (yield* keys.revoke(args.name))
          ? done("", `The key of ${args.name} opens nothing any more.\n`)
          : failed(`there is no key of ${args.name}; keys list shows all`)
      case "list-keys": {
        const lines = (yield* keys.list).map(
          ({ name, scopes, createdAt }) =>
            `${name}\t${scopes.join(",")}\t${DateTime.formatIsoDateUtc(DateTime.makeUnsafe(createdAt))}\n`
        )
        return done(lines.join(""), lines.length === 0 ? "No keys yet: klingkit-mcp-http keys add NAME\n" : "")
      }
    }
  })
