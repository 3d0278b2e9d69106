import type { Kling, KlingError, Plan } from "@klingkit/core"
import type { Job, JobError, Jobs, LedgerError } from "@klingkit/jobs"
import type { Effect } from "effect"
import type * as z from "zod"
import { checkArguments } from "./check-arguments.ts"
import { type JsonSchema, jsonSchemaOf } from "./json-schema.ts"

/** `core` is shown unless told otherwise; `studio` and `raw` are asked for by name. */
export type Toolset = "core" | "studio" | "raw"

/** What a host may rely on before it lets a call pass; all four are stated for every tool. */
export interface ToolHints {
  /** Changes nothing: not at Kling, not on disk. */
  readonly readOnly: boolean
  /** May remove or overwrite something. */
  readonly destructive: boolean
  /** The same call again changes nothing more. */
  readonly idempotent: boolean
  /** Reaches beyond this machine. */
  readonly openWorld: boolean
}

/** A file of a result, on Kling's servers or on this machine. */
export interface FileLink {
  readonly uri: string
  readonly name: string
  readonly mimeType?: string
  readonly sizeBytes?: number
  readonly description?: string
}

/** A picture to look at, small enough for a chat; base64. */
export interface Picture {
  readonly mimeType: string
  readonly data: string
}

/** What a call has to say: the same facts as lines to read and as data, the files as links, and a picture if it was asked for. */
export interface ToolResult<Facts extends object = object> {
  readonly lines: ReadonlyArray<string>
  readonly facts: Facts
  readonly links?: ReadonlyArray<FileLink>
  readonly picture?: Picture
  /** The job that was started or looked at, for faces that follow jobs by their own means. */
  readonly job?: Job
}

export type ToolFailure = KlingError | JobError | LedgerError
export type ToolNeeds = Kling | Jobs

export type ToolEffect<Facts extends object = object> = Effect.Effect<ToolResult<Facts>, ToolFailure, ToolNeeds>

/** A tool as every face sees it: plain JSON Schema, and one way to call it. */
export interface Tool {
  /** snake_case; a promise to everybody who uses it. */
  readonly name: string
  readonly title: string
  readonly description: string
  readonly toolset: Toolset
  readonly hints: ToolHints
  /** A successful call spends resource units. */
  readonly charged: boolean
  readonly inputSchema: JsonSchema
  readonly outputSchema: JsonSchema
  /** Checks the arguments, then runs. Nothing is sent when they are wrong. */
  call(args: unknown): ToolEffect
  /** What a call with these arguments would ask of Kling, and its price; nothing is sent. Charged tools have it. */
  readonly plan?: (args: unknown) => Effect.Effect<Plan, ToolFailure, ToolNeeds>
}

interface Declared<Input extends z.ZodObject, Output extends z.ZodObject> extends Pick<
  Tool,
  "name" | "title" | "description" | "toolset" | "hints" | "charged"
> {
  /** Flat and strict: scalars, choices, lists of scalars. */
  readonly input: Input
  /** Facts are named in snake_case, like the arguments. */
  readonly output: Output
  /** Arguments that this tool does not take although people know them from elsewhere, each with the reason. */
  readonly refused?: Readonly<Record<string, string>>
  readonly plan?: (input: z.output<Input>) => Effect.Effect<Plan, ToolFailure, ToolNeeds>
  readonly run: (input: z.output<Input>) => ToolEffect<z.output<Output>>
}

/** Declares a tool. It never builds protocol content, never prints, and lets every error pass. */
export const defineTool = <Input extends z.ZodObject, Output extends z.ZodObject>(
  declared: Declared<Input, Output>
): Tool => {
  const { input, output, refused = {}, plan, run, ...about } = declared
  return {
    ...about,
    inputSchema: jsonSchemaOf(input, "input"),
    outputSchema: jsonSchemaOf(output, "output"),
    call: (args) => checkArguments(input, refused, args, run),
    ...(plan === undefined ? {} : { plan: (args: unknown) => checkArguments(input, refused, args, plan) })
  }
}
