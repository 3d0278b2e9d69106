import { Schema } from "effect"
import { type AnyOperation, operation } from "../operation.ts"
import { text } from "../params/param.ts"
import { free } from "../prices/quote.ts"
import { LegacyTask } from "../wire/legacy-task.ts"
import { catalog } from "./catalog.ts"
import { largestPageOfVoices, pageParams } from "./page-params.ts"

type Create = Pick<AnyOperation, "id" | "family" | "path" | "confidence" | "since" | "models">

const about = ({ family, confidence, since, models }: Create) =>
  ({
    family,
    confidence,
    since,
    models,
    kind: "read",
    method: "GET",
    price: () => free,
    usualSeconds: () => 0
  }) as const

const getOf = (create: Create): AnyOperation =>
  operation({
    ...about(create),
    id: `${create.id}.get`,
    summary: `One task of ${create.id}, by Kling's id or by the external one`,
    path: `${create.path}/{task_id}`,
    params: { taskId: text("task_id", { required: true, notes: "part of the path; the external task id works too" }) },
    example: { taskId: "893605946402811985" },
    output: LegacyTask
  })

const listOf = (create: Create): AnyOperation =>
  operation({
    ...about(create),
    id: `${create.id}.list`,
    summary: `The tasks of ${create.id}, page by page`,
    path: create.path,
    params: pageParams(create.family === "voice" ? largestPageOfVoices : undefined),
    example: { pageNum: 1, pageSize: 30 },
    output: Schema.Array(LegacyTask)
  })

/**
 * The reads that hang off every legacy create: one task at `<path>/{task_id}`, pages of them at the path itself.
 * The new generation has two for all creates, `new.tasks.get` and `new.tasks.list`, and two for the solutions.
 */
export const derivedReads: ReadonlyArray<AnyOperation> = catalog
  .filter((one) => one.listed && one.generation === "legacy")
  .flatMap((create) => [getOf(create), listOf(create)])
