import type { FileHost, LedgerError, LedgerSource } from "@klingkit/jobs"
import type { Effect } from "effect"

/** What a command prints, and the exit code of the program. */
export interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

export const done = (stdout: string, stderr = ""): Outcome => ({ stdout, stderr, exitCode: 0 })
export const failed = (message: string): Outcome => ({
  stdout: "",
  stderr: `klingkit-mcp-http: ${message}\n`,
  exitCode: 1
})

/** A command line that cannot be meant. */
export interface Refusal {
  readonly refused: string
}

export type Run = Effect.Effect<Outcome, LedgerError, LedgerSource | FileHost>

/** A noun of the command line, beside serving: `keys add anna`. */
export interface Command {
  /** Flags that take a value. */
  readonly flags: ReadonlyArray<string>
  /** What follows the noun, and the flags that were given. */
  read(words: ReadonlyArray<string>, flags: Readonly<Record<string, string | undefined>>): Run | Refusal
}

/** As they appear in the log and on the command line. */
const commandName = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** Why a name cannot be given, if so. */
export const nameRefusal = (name: string, thing: string): Refusal | undefined =>
  commandName.test(name)
    ? undefined
    : { refused: `${name} cannot name ${thing}: small letters, digits, ".", "_" and "-", at most 64` }
