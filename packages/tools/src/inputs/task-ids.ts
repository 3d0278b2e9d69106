import { familyOfHandle, isFinished, type KlingError } from "@klingkit/core"
import { invalidInput } from "@klingkit/core/internal"
import { idField } from "@klingkit/core/requests"
import { Jobs, type LedgerError } from "@klingkit/jobs"
import { Effect } from "effect"
import * as z from "zod"
import { taskId } from "./task-id.ts"

/** At once: more would not fit in a result, with what each has. */
const mostIds = 50

/** The arguments of tools that take one task or several. */
export const taskIdArguments = {
  task_id: taskId.optional(),
  task_ids: z.array(idField()).optional().describe('Several instead; ["unsaved"]: all whose results are not saved')
}

interface Given {
  readonly task_id?: string | undefined
  readonly task_ids?: ReadonlyArray<string> | undefined
}

/** What is meant: one task, or several. */
export interface AskedTasks {
  /** In a result of its own form, which callers of one task know. */
  readonly one?: string
  readonly ids: ReadonlyArray<string>
  /** All tasks whose results are not saved were asked for: those that run, and how many are left out. */
  readonly unsaved?: { readonly running: ReadonlyArray<string>; readonly leftOut: number }
}

/** Reads which tasks are meant; a word for all of them is read wherever it stands. */
export const askedTasks = Effect.fnUntraced(function* ({
  task_id,
  task_ids
}: Given): Effect.fn.Return<AskedTasks, KlingError | LedgerError, Jobs> {
  const ofOne = task_id === undefined ? [] : idsIn(task_id)
  const given = [...new Set((task_ids ?? []).flatMap(idsIn))]
  if (given.length > 0 && ofOne.some((id) => !given.includes(id))) {
    return yield* invalidInput([{ field: "task_ids", message: "contradicts task_id; give only one of them" }])
  }
  const ids = given.length > 0 ? given : ofOne
  const [first] = ids
  if (first === undefined) return yield* invalidInput([{ field: "task_id", message: "is required, or task_ids" }])
  if (ids.length > mostIds) {
    return yield* invalidInput([{ field: "task_ids", message: `has too many entries: at most ${mostIds}` }])
  }
  if (ids.some(isWordForUnsaved)) {
    const found = yield* Jobs.use((jobs) => jobs.unsaved())
    const running = found.filter(({ task }) => !isFinished(task)).map(({ handle }) => handle)
    const ended = found.filter(({ task }) => isFinished(task)).map(({ handle }) => handle)
    const all = [...new Set([...ids.filter((id) => !isWordForUnsaved(id)), ...running, ...ended])]
    return { ids: all.slice(0, mostIds), unsaved: { running, leftOut: Math.max(0, all.length - mostIds) } }
  }
  return ids.length === 1 && given.length === 0 ? { one: first, ids } : { ids }
})

const wordsForUnsaved = ["unsaved", "all", "all unsaved", "not saved", "*"]

const isWordForUnsaved = (id: string): boolean => wordsForUnsaved.includes(id.toLowerCase().replaceAll("_", " "))

/** Models also give several ids as one text. */
const idsIn = (text: string): ReadonlyArray<string> => {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== "")
  return parts.length > 1 && parts.every(isId) ? parts : [text]
}

const isId = (text: string): boolean => familyOfHandle(text) !== undefined || /^\d{15,20}$/.test(text)

export const leftOutLines = (unsaved: AskedTasks["unsaved"]): ReadonlyArray<string> =>
  unsaved === undefined || unsaved.leftOut === 0
    ? []
    : [`${unsaved.leftOut} more are not saved: ask again once these are.`]
