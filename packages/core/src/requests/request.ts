import type { Effect } from "effect"
import type * as z from "zod"
import type { KlingError } from "../errors/kling-error.ts"
import type { PipelinePlan } from "../pipelines/pipeline-plan.ts"
import type { Plan } from "../plan/plan.ts"
import type { PlanContext } from "./plan-context.ts"

/** An older word for a field, with what its values mean today. */
export interface Alias {
  readonly field: string
  read(value: unknown): unknown
}

/**
 * What a request makes. `answer` comes with the call itself: nothing to wait for. `entries` (of a library) and `deleted` are
 * free answers about what exists already.
 */
export type RequestResult = "video" | "image" | "audio" | "element" | "voice" | "answer" | "entries" | "deleted"

/** What a caller may ask for, declared once: every face (tool, command, batch line, pipeline step, program) derives from it. */
export interface Request<
  Id extends string = string,
  Input extends z.ZodObject = z.ZodObject,
  Method extends string = string,
  Result extends RequestResult = RequestResult
> {
  /** snake_case and a verb: `generate_video`. */
  readonly id: Id
  readonly title: string
  /** One sentence; says what comes back, not that it is paid. */
  readonly summary: string
  /** Noun and verb in a program: `video.lipSync`. */
  readonly method: Method
  /** The same at a shell: `video lipsync`. */
  readonly command: string
  readonly result: Result
  /** camelCase, units in names; every field described. */
  readonly input: Input
  /** A typical input, legal as it stands: for help, docs and tests. */
  readonly example: z.input<Input>
  /** The field that a pipeline step fills with what an earlier step made. */
  readonly source?: string
  /** Older words of fields. The first one of a field is the name that tools list, because hosts know it. */
  readonly aliases: Readonly<Record<string, string | Alias>>
  /** Fields that callers know from elsewhere and this request never takes, each with the reason. */
  readonly refused: Readonly<Record<string, string>>
  /** What Kling is to be asked for. Nothing is sent. */
  plan<E>(input: z.output<Input>, context: PlanContext<E>): Planned<E>
}

export type Planned<E> = Effect.Effect<Plan | PipelinePlan, KlingError | E>

/** Any request: its `plan` wants an input that its own `input` has accepted. */
export type AnyRequest = Request

type Declared<Id extends string, Input extends z.ZodObject, Method extends string, Result extends RequestResult> = Omit<
  Request<Id, Input, Method, Result>,
  "aliases" | "refused" | "command"
> &
  Partial<Pick<Request<Id, Input>, "aliases" | "refused">>

/** Declares one request. */
export const defineRequest = <
  const Id extends string,
  Input extends z.ZodObject,
  const Method extends `${string}.${string}`,
  const Result extends RequestResult
>(
  declared: Declared<Id, Input, Method, Result>
): Request<Id, Input, Method, Result> => ({
  aliases: {},
  refused: {},
  command: declared.method.replace(".", " ").toLowerCase(),
  ...declared
})

export const isPipeline = (plan: Plan | PipelinePlan): plan is PipelinePlan => "steps" in plan

/** Whether a request makes something, and so becomes a job; what only lists or deletes does not. */
export const makesJob = ({ result }: Pick<Request, "result">): boolean => result !== "entries" && result !== "deleted"
