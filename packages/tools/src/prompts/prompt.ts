import type { Completer } from "../completions.ts"

export interface PromptArgument {
  readonly name: string
  readonly description: string
  readonly required?: boolean
  readonly complete?: Completer
}

/** Something to ask for that takes several tools: a person picks it by name, the model gets its text. */
export interface Prompt {
  readonly name: string
  readonly title: string
  readonly description: string
  /** Tools without which it cannot be done; a server that lacks one does not offer it. */
  readonly needs: ReadonlyArray<string>
  readonly arguments: ReadonlyArray<PromptArgument>
  readonly text: (given: Readonly<Record<string, string>>, has: (tool: string) => boolean) => string
}

/** How money and time are treated, whatever is made. */
export const priceFirst =
  "Before anything is paid: ask quote_cost (tool and arguments of each call; it is free), show me every price and the sum in USD, and wait for my yes."

export const rhythm = `Each paid call answers at once with a Task ID. Call wait_for_task with it, again and again while the task runs (a minute or more is usual). Show me the result before the next paid step. At the end call download_task for each task and tell me the paths.
Never make a paid call again because a wait ended or a connection broke: look the Task ID up with check_video_status or list_tasks.`

/** A person's words inside a text; they end where the quotes end. */
export const quoted = (words: string): string => JSON.stringify(words)
