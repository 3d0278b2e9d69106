import { Effect, Result } from "effect"
import { checkClient } from "../checks/client.ts"
import { type Finding, ok, wrong } from "../checks/finding.ts"
import { checkIssuerOf, checkKling, checkLedger, checkLimits } from "../checks/needs.ts"
import { readSettings } from "../read-settings.ts"
import type { Command, Outcome } from "./command.ts"

/** Tries what the server needs and what a client does, and says of each what is wrong and what to do. Costs nothing. */
export const check: Command = {
  flags: [],
  read: ([word]) => (word === undefined ? run : { refused: "check takes nothing; it reads the settings of the server" })
}

const run = Effect.gen(function* () {
  const settings = yield* Effect.result(readSettings({ toolsets: undefined, readOnly: false }))
  const ofSettings = Result.isSuccess(settings)
    ? [ok("settings", "can be read")]
    : settings.failure.map((problem) => wrong("settings", problem))
  const needs = yield* Effect.all([checkLimits, checkLedger, checkKling], { concurrency: "unbounded" })
  const ofCallers = Result.isSuccess(settings)
    ? yield* Effect.all([checkIssuerOf(settings.success.hosting), checkClient(settings.success.hosting)])
    : []
  return outcomeOf([...ofSettings, ...needs, ...ofCallers])
})

const outcomeOf = (findings: ReadonlyArray<Finding>): Outcome => ({
  stdout: findings.map(({ about, state, text }) => `${state.padEnd(9)}  ${about.padEnd(8)}  ${text}\n`).join(""),
  stderr: "",
  exitCode: findings.some(({ state }) => state === "wrong") ? 1 : 0
})
