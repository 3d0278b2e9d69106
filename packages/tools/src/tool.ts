import type { Kling, KlingError, Plan } from "@klingkit/core"
import type { AnyRequest } from "@klingkit/core/requests"
import type { Job, JobError, Jobs, JobsSettings, LedgerError, UserApprovals } from "@klingkit/jobs"
import { Effect } from "effect"
import type * as z from "zod"
import { renamedPaidArguments } from "./inputs/paid-arguments.ts"
import { type JsonSchema, jsonSchemaOf } from "./json-schema.ts"
import { checkArguments, withNotes, withNotesField } from "./read-arguments.ts"

/** `core` is the default; what is in `studio` or `raw` only must be selected by name. */
export type Toolset = "core" | "studio" | "raw"

/** What a host may rely on before it allows a call; every tool states all four. */
export interface ToolHints {
  /** Changes nothing, neither at Kling nor on disk. */
  readonly readOnly: boolean
  /** May delete or overwrite something. */
  readonly destructive: boolean
  /** Repeating the call has no further effect. */
  readonly idempotent: boolean
  /** Communicates beyond this machine. */
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

/** A preview small enough for a chat; base64. */
export interface PreviewImage {
  readonly mimeType: string
  readonly data: string
}

/** A tool's result: the same content as lines of text and as structured data, its files as links, and previews if requested. */
export interface ToolResult<Data extends object = object> {
  readonly lines: ReadonlyArray<string>
  readonly structured: Data
  readonly links?: ReadonlyArray<FileLink>
  readonly images?: ReadonlyArray<PreviewImage>
  /** The job that was started or read, for interfaces that watch jobs themselves. */
  readonly job?: Job
}

export type ToolFailure = KlingError | JobError | LedgerError
export type ToolNeeds = Kling | Jobs | JobsSettings | UserApprovals

export type ToolEffect<Data extends object = object> = Effect.Effect<ToolResult<Data>, ToolFailure, ToolNeeds>

/** A tool as every interface sees it: plain JSON Schema and one way to call it. */
export interface Tool {
  /** snake_case; part of the public contract. */
  readonly name: string
  readonly title: string
  readonly description: string
  readonly toolset: Toolset
  readonly hints: ToolHints
  /** A successful call spends resource units. */
  readonly charged: boolean
  readonly inputSchema: JsonSchema
  readonly outputSchema: JsonSchema
  /** Validates the arguments, then runs. Sends nothing if they are invalid. */
  call(args: unknown): ToolEffect
  /** The request and price of a call with these arguments; sends nothing. Every charged tool has it. */
  readonly plan?: (args: unknown) => Effect.Effect<Plan, ToolFailure, ToolNeeds>
  /** The arguments by which it makes a request with this input; undefined if it does not. */
  argumentsFor?(
    request: AnyRequest,
    input: Readonly<Record<string, unknown>>
  ): Readonly<Record<string, unknown>> | undefined
}

interface Declared<Input extends z.ZodObject, Output extends z.ZodObject> extends Pick<
  Tool,
  "name" | "title" | "description" | "toolset" | "hints" | "charged"
> {
  /** Flat and strict: scalars, enums, arrays of scalars; of objects only in `steps` of quote_cost. */
  readonly input: Input
  /** Data are named in snake_case, like the arguments. */
  readonly output: Output
  readonly plan?: (input: z.output<Input>) => Effect.Effect<Plan, ToolFailure, ToolNeeds>
  readonly run: (input: z.output<Input>) => ToolEffect<z.output<Output>>
}

/** Declares a tool. A tool builds no protocol content, prints nothing, and propagates every error. */
export const defineTool = <Input extends z.ZodObject, Output extends z.ZodObject>(
  declared: Declared<Input, Output>
): Tool => {
  const { input, output, plan, run, ...about } = declared
  const { name: id, charged } = about
  const readable = { id, input, aliases: renamedPaidArguments, refused: {} }
  return {
    ...about,
    inputSchema: jsonSchemaOf(input, "input"),
    outputSchema: jsonSchemaOf(withNotesField(output), "output"),
    call: (args) =>
      Effect.flatMap(checkArguments(readable, args, charged), (read) =>
        Effect.map(run(read.input), (result) => withNotes<ToolResult>(result, read.notes))
      ),
    ...(plan === undefined
      ? {}
      : {
          plan: (args: unknown) => Effect.flatMap(checkArguments(readable, args, charged), ({ input }) => plan(input))
        })
  }
}
