import type { KlingWorld } from "@klingkit/emulator"
import type { JobRecord } from "@klingkit/jobs"

type EmulatedTask = NonNullable<ReturnType<KlingWorld["state"]["tasks"]["byId"]>>

/** What Kling has made, by what it was asked for: the prompt is in each result. */
export class KlingTasks {
  readonly #kling: KlingWorld
  readonly #intents = new Map<string, number | undefined>()

  constructor(kling: KlingWorld) {
    this.#kling = kling
  }

  /** Those of a job: under its handle, or under the id that it has learned. */
  of({ handle, taskId }: JobRecord): ReadonlyArray<EmulatedTask> {
    const { tasks } = this.#kling.state
    const byHandle = tasks.byExternalId(handle)
    const known = taskId === undefined ? undefined : tasks.byId(taskId)
    return known === undefined || byHandle.includes(known) ? byHandle : [...byHandle, known]
  }

  chargesOf(record: JobRecord): number {
    const ids = this.of(record).map(({ id }) => id)
    return this.#kling.state.charges.filter(({ charge }) => ids.includes(charge.taskId)).length
  }

  get ids(): ReadonlyArray<string> {
    return [...this.#kling.state.tasks.newestFirst()].map(({ id }) => id)
  }

  intentOf(id: string): number | undefined {
    const task = this.#kling.state.tasks.byId(id)
    return task === undefined ? undefined : this.#askedFor(task)
  }

  get perIntent(): ReadonlyMap<number | undefined, number> {
    const counts = new Map<number | undefined, number>()
    for (const task of this.#kling.state.tasks.newestFirst()) {
      const intent = this.#askedFor(task)
      counts.set(intent, (counts.get(intent) ?? 0) + 1)
    }
    return counts
  }

  get usd(): number {
    let usd = 0
    for (const task of this.#kling.state.tasks.newestFirst()) usd += task.usd
    return usd
  }

  /** Whether one of an intent has ended by now. */
  hasEnded(intent: number, now: number): boolean {
    for (const task of this.#kling.state.tasks.newestFirst()) {
      if (task.endsAt <= now && this.#askedFor(task) === intent) return true
    }
    return false
  }

  #askedFor({ id, outputs: [output] }: EmulatedTask): number | undefined {
    if (this.#intents.has(id)) return this.#intents.get(id)
    const media = output?.type === "video" ? output.file.media : undefined
    const number = /intent (\d+)/.exec(media?.text ?? "")?.[1]
    const intent = number === undefined ? undefined : Number(number)
    this.#intents.set(id, intent)
    return intent
  }
}
