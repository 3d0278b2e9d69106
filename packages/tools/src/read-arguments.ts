import type { KlingError } from "@klingkit/core"
import { invalidInput } from "@klingkit/core/internal"
import { type NameOf, type Readable, type ReadRequest, readRequest } from "@klingkit/core/requests"
import { Effect } from "effect"
import * as z from "zod"
import { hostArguments } from "./host-arguments.ts"
import type { ToolResult } from "./tool.ts"

/** A tool's arguments, read by their declaration: paid tools refuse what they do not know, the others say what they left out. */
export const readArguments = <Input extends z.ZodObject>(
  readable: Readable<Input>,
  args: unknown,
  charged: boolean,
  nameOf: NameOf = (_, field) => field
): ReadRequest<Input> => readRequest(readable, args, nameOf, { isLenient: !charged, ignored: hostArguments })

/** The same, where the declaration alone decides. */
export const checkArguments = <Input extends z.ZodObject>(
  readable: Readable<Input>,
  args: unknown,
  charged: boolean
): Effect.Effect<{ readonly input: z.output<Input>; readonly notes: ReadonlyArray<string> }, KlingError> => {
  const { input, notes, problems } = readArguments(readable, args, charged)
  return input === undefined ? Effect.fail(invalidInput(problems)) : Effect.succeed({ input, notes })
}

/** What was read otherwise than it was given, in every tool's result. */
const notesField = { notes: z.array(z.string()).optional() }

export const withNotesField = (output: z.ZodObject): z.ZodObject =>
  "notes" in output.shape ? output : output.extend(notesField)

/** A result that says what was read otherwise; the next step stays on the last line. */
export const withNotes = <Result extends ToolResult>(result: Result, notes: ReadonlyArray<string>): Result => {
  if (notes.length === 0) return result
  const { lines, structured } = result
  const earlier = "notes" in structured && Array.isArray(structured.notes) ? (structured.notes as Array<string>) : []
  const end = lines.at(-1)?.startsWith("Next: ") === true ? lines.length - 1 : lines.length
  return {
    ...result,
    structured: { ...structured, notes: [...earlier, ...notes] },
    lines: [...lines.slice(0, end), ...notes.map((note) => `Note: ${note}.`), ...lines.slice(end)]
  }
}
