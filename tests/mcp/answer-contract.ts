import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"

/** A result as it came over the wire. */
export interface RawResult {
  readonly content: ReadonlyArray<{
    readonly type: string
    readonly text?: string
    readonly uri?: string
    readonly mimeType?: string
    /** Base64. */
    readonly data?: string
  }>
  readonly structuredContent?: Readonly<Record<string, unknown>>
  readonly isError?: boolean
}

export interface ListedTool {
  readonly name: string
  readonly _meta?: Readonly<Record<string, unknown>> | undefined
  readonly outputSchema?: object | undefined
}

/** Hosts truncate or drop results longer than this. */
const maxResultBytes = 25_000
/** Hosts count images separately, by their pixels. */
const maxImageBytes = 100_000

const errorFormat =
  /^Error: .+\n(Task ID: \S+\n)?Charged: (no|yes|maybe)\b.*\n(.+\n)*Next: .+\nCode: (KLING|JOB|LEDGER|KLINGKIT)_[A-Z_]+$/s

/** Fields that a model needs verbatim, also where a host shows it only the text. */
const requiredInText = new Set(["task_id", "kling_task_id", "status", "next", "url", "path"])

/**
 * The contract of every answer of every listed tool. Returns the problems of one answer: a success that violates its
 * `outputSchema` or whose text omits required fields, an error that does not say what happened, whether it was charged and
 * what to do, and anything too long.
 */
export const answerContract = (tools: ReadonlyArray<ListedTool>) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  const validators = new Map<string, ValidateFunction>()
  const validatorOf = (name: string): ValidateFunction | undefined => {
    const schema = tools.find((tool) => tool.name === name)?.outputSchema
    if (schema !== undefined && !validators.has(name)) validators.set(name, ajv.compile(schema))
    return validators.get(name)
  }
  /** Tools for the board only, whose text no model reads. */
  const boardTools = new Set(tools.flatMap(({ name, _meta }) => (isBoardOnly(_meta?.["ui"]) ? [name] : [])))
  return (name: string, result: RawResult): ReadonlyArray<string> => {
    const text = result.content.flatMap((block) => block.text ?? []).join("\n")
    const [images, texts] = [result.content.filter(isImage), result.content.filter((block) => !isImage(block))]
    const bytes = Buffer.byteLength(JSON.stringify({ ...result, content: texts }))
    const problems = bytes > maxResultBytes ? [`has ${bytes} bytes`] : []
    for (const { data = "" } of images) {
      const size = Buffer.from(data, "base64").length
      if (size > maxImageBytes) problems.push(`has an image of ${size} bytes`)
    }
    if (result.isError === true) {
      if (result.structuredContent !== undefined) problems.push("is an error with structured content")
      if (!errorFormat.test(text)) problems.push(`is an incomplete error: ${text}`)
      return problems
    }
    const validate = validatorOf(name)
    if (validate === undefined) return [...problems, "comes from a tool without outputSchema"]
    if (!validate(result.structuredContent))
      problems.push(`violates its outputSchema: ${ajv.errorsText(validate.errors)}`)
    const missing = boardTools.has(name)
      ? []
      : requiredFieldsIn(result.structuredContent).filter((field) => !text.includes(field))
    if (missing.length > 0) problems.push(`has fields that its text omits: ${missing.join(", ")}`)
    return problems
  }
}

const isImage = ({ type }: RawResult["content"][number]): boolean => type === "image"

const isBoardOnly = (ui: unknown): boolean => JSON.stringify(ui ?? {}).includes('"visibility":["app"]')

const requiredFieldsIn = (value: unknown, key = ""): ReadonlyArray<string> => {
  if (typeof value === "string") return requiredInText.has(key) ? [value] : []
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => requiredFieldsIn(inner, Array.isArray(value) ? key : name))
}
