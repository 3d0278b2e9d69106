import { filesOf, type Output, type OutputFile } from "../outputs/output.ts"
import type { EmulatedTask } from "./task.ts"

/** A file of a task, by its path. */
export interface StoredFile {
  readonly task: EmulatedTask
  readonly file: OutputFile
}

/** Every task ever created, its outputs, and which tasks are still running. */
export class TaskStore {
  readonly #all: Array<EmulatedTask> = []
  readonly #byId = new Map<string, EmulatedTask>()
  readonly #byExternalId = new Map<string, Array<EmulatedTask>>()
  readonly #usedIds = new Set<string>()
  readonly #files = new Map<string, StoredFile>()
  readonly #outputs = new Map<string, { readonly task: EmulatedTask; readonly output: Output }>()
  readonly #running = new Set<EmulatedTask>()
  #nextEnd = Infinity

  add(task: EmulatedTask): void {
    this.#all.push(task)
    this.#byId.set(task.id, task)
    if (task.externalId !== "") {
      this.#usedIds.add(task.externalId)
      const sameId = this.#byExternalId.get(task.externalId)
      if (sameId === undefined) this.#byExternalId.set(task.externalId, [task])
      else sameId.push(task)
    }
    for (const output of task.outputs) {
      if ("id" in output) this.#outputs.set(output.id, { task, output })
      for (const file of filesOf(output)) this.#files.set(file.path, { task, file })
    }
    this.#running.add(task)
    this.#nextEnd = Math.min(this.#nextEnd, task.endsAt)
  }

  get size(): number {
    return this.#all.length
  }

  *newestFirst(): Generator<EmulatedTask> {
    for (let index = this.#all.length - 1; index >= 0; index--) yield this.#all[index] as EmulatedTask
  }

  get running(): Iterable<EmulatedTask> {
    return this.#running
  }

  byId(id: string): EmulatedTask | undefined {
    return this.#byId.get(id)
  }

  /** More than one only if a duplicate id was accepted. */
  byExternalId(id: string): ReadonlyArray<EmulatedTask> {
    return this.#byExternalId.get(id) ?? []
  }

  isUsed(externalId: string): boolean {
    return this.#usedIds.has(externalId)
  }

  markUsed(externalId: string): void {
    this.#usedIds.add(externalId)
  }

  file(path: string): StoredFile | undefined {
    return this.#files.get(path)
  }

  /** An output of a finished task, by the id of the video, audio, voice or element. */
  output<Type extends Output["type"]>(id: unknown, type: Type, now: number) {
    const found = typeof id === "string" ? this.#outputs.get(id) : undefined
    if (found === undefined || found.task.endsAt > now || found.task.failure !== undefined) return undefined
    return isOfType(found.output, type) ? { task: found.task, output: found.output } : undefined
  }

  usedSlots(slotKey: string): number {
    let used = 0
    for (const task of this.#running) if (task.slotKey === slotKey) used += task.slots
    return used
  }

  /** Removes finished tasks from the running ones and returns them in the order of their end. */
  takeEnded(now: number): ReadonlyArray<EmulatedTask> {
    if (now < this.#nextEnd) return []
    const ended = [...this.#running].filter((task) => task.endsAt <= now).toSorted((a, b) => a.endsAt - b.endsAt)
    for (const task of ended) this.#running.delete(task)
    this.#nextEnd = Infinity
    for (const task of this.#running) this.#nextEnd = Math.min(this.#nextEnd, task.endsAt)
    return ended
  }
}

const isOfType = <Type extends Output["type"]>(output: Output, type: Type): output is Extract<Output, { type: Type }> =>
  output.type === type
