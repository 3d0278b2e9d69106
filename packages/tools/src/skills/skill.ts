/** A guide that a host can give its model when a task calls for it (SEP-2640). */
export interface Skill {
  /** Lower case with hyphens; also its folder. */
  readonly name: string
  /** When to read it: hosts show this line alone. */
  readonly description: string
  /** Markdown. */
  readonly body: string
}
