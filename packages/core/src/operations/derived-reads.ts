import { Schema } from "effect"
import { type AnyOperation, operation } from "../operation.ts"
import { string } from "../params/param.ts"
import { LegacyTask } from "../wire/legacy-task.ts"
import { catalog } from "./catalog.ts"
import { freeRead } from "./free-calls.ts"
import { maxVoicePageSize, pageParams } from "./page-params.ts"

type Create = Pick<AnyOperation, "id" | "family" | "path" | "confidence" | "since" | "models">

const sharedFields = ({ family, confidence, since, models }: Create) =>
  ({
    family,
    confidence,
    since,
    models,
    ...freeRead,
    method: "GET"
  }) as const

const getOf = (create: Create): AnyOperation =>
  operation({
    ...sharedFields(create),
    id: `${create.id}.get`,
    summary: `One task of ${create.id}, by Kling's id or the external id`,
    path: `${create.path}/{task_id}`,
    params: {
      taskId: string("task_id", { required: true, notes: "path parameter; also accepts the external task id" })
    },
    example: { taskId: "893605946402811985" },
    output: LegacyTask
  })

/** The pages of a legacy create's tasks: of elements and voices, what they have made. */
export const listOf = (create: Create): AnyOperation =>
  operation({
    ...sharedFields(create),
    id: `${create.id}.list`,
    summary: `The tasks of ${create.id}, paged`,
    path: create.path,
    params: pageParams(create.family === "voice" ? maxVoicePageSize : undefined),
    example: { pageNum: 1, pageSize: 30 },
    output: Schema.Array(LegacyTask)
  })

/**
 * The reads of every legacy create: one task at `<path>/{task_id}`, pages of tasks at the path itself. The new
 * generation has two reads for all creates, `new.tasks.get` and `new.tasks.list`; so do the solutions.
 */
export const derivedReads: ReadonlyArray<AnyOperation> = catalog
  .filter(({ listed, generation }) => listed && generation === "legacy")
  .flatMap((create) => [getOf(create), listOf(create)])
