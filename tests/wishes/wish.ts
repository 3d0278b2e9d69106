import type { EmulatorOptions } from "@klingkit/emulator"
import type { Answer } from "./stdio-host.ts"

/** One call, as a model writes it with nothing but the list of tools and the answers so far. */
export interface Call {
  readonly tool: string
  /** A text `$name` is what an earlier answer said under that name; `$name[1]` the second of several. */
  readonly arguments: Readonly<Record<string, unknown>>
  /** What the model reads from the answer: the first group of the pattern, or of each match if it is global. */
  readonly reads?: Readonly<Record<string, RegExp>>
  readonly says?: ReadonlyArray<RegExp>
  /** What was asked for is not possible: the answer is an error and says so. */
  readonly refused?: true
  /** Other arguments by which models ask for the same; sent after everything else, each must find the same task. */
  readonly alsoWritten?: ReadonlyArray<Readonly<Record<string, unknown>>>
}

/** Something that users ask for every day, and the calls that it takes. */
export interface Wish {
  /** Its row in `docs/wishes.md`. */
  readonly row: string
  readonly kling?: Pick<EmulatorOptions, "speed" | "faults">
  readonly settings?: Readonly<Record<string, string>>
  /** Images that lie in the user's home, by their path in it. */
  readonly images?: ReadonlyArray<string>
  /** What was made before, in an earlier chat. */
  readonly before?: ReadonlyArray<Call>
  readonly calls: ReadonlyArray<Call>
  /** The operations that Kling charges for these calls, one for each charge. */
  readonly charges: ReadonlyArray<string>
  /** What the user has in the end. */
  readonly outcome?: (played: Played) => Promise<void> | void
}

/** What happened when a wish was played. */
export interface Played {
  readonly answers: ReadonlyArray<Answer>
  /** Bodies of what was sent to Kling, oldest first, each under its path. */
  readonly sent: ReadonlyArray<{ readonly path: string; readonly body: Readonly<Record<string, unknown>> }>
  /** What Kling charged for the calls. */
  readonly charges: ReadonlyArray<{ readonly operation: string; readonly usd: number }>
  /** Of all that was ever charged, what came before included. */
  readonly totalUsd: number
  /** Paths of saved results, in the order of their names. */
  readonly saved: ReadonlyArray<string>
  /** What the answers said, by the names in `reads`. */
  readonly known: Readonly<Record<string, string | ReadonlyArray<string>>>
}

/** The task that an answer is about. */
export const taskId = /^Task ID: (\S+)$/m

/** Every task that an answer is about. */
export const taskIds = /^Task ID: (\S+)$/gm
