import type { Completer } from "../completions.ts"

export interface PromptArgument {
  readonly name: string
  readonly description: string
  readonly required?: boolean
  readonly complete?: Completer
}

/** A request that takes several tools: the user picks it by name, the model gets its text. */
export interface Prompt {
  readonly name: string
  readonly title: string
  readonly description: string
  /** Tools that it requires; a server without one of them does not offer it. */
  readonly needs: ReadonlyArray<string>
  readonly arguments: ReadonlyArray<PromptArgument>
  readonly text: (args: Readonly<Record<string, string>>) => string
}

/** How every prompt handles cost. */
export const priceFirst =
  "Before paying for anything, call quote_cost (free) once with steps: every call in order, each with an id, its tool and its arguments. Where a call needs what an earlier one makes, give that one's id. Show me every price and the total in USD, and wait for my approval."

/** How every prompt waits for tasks and saves their files. */
export const rhythm = `Make the calls as they were quoted, with Task IDs in place of the ids of steps. Each paid call answers at once with a Task ID. Call wait_for_task with it, repeatedly while the task runs (usually a minute or more). Show me the result before the next paid step. At the end, call download_task for each task and tell me the paths.
Never repeat a paid call because a wait ended or a connection broke: look up the Task ID with check_video_status or list_tasks.`

/** The user's own text inside a prompt; it ends where the quotes end. */
export const quoted = (text: string): string => JSON.stringify(text)
