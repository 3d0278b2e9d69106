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

/** What a host gives to a model at most; beyond it results are cut or put aside. */
const longestResultBytes = 25_000
/** Hosts count a picture apart, by its pixels. */
const largestPictureBytes = 100_000

const errorWords =
  /^Error: .+\n(Task ID: \S+\n)?Charged: (no|yes|maybe)\b.*\n(.+\n)*Next: .+\nCode: (KLING|JOB|LEDGER|KLINGKIT)_[A-Z_]+$/s

/** Facts that a model needs word by word, also where a host shows it the text alone. */
const inText = new Set(["task_id", "kling_task_id", "status", "next", "url", "path"])

/**
 * What every answer of every tool keeps to, by the list that the server itself gives. Gives the problems of one answer:
 * a success that its `outputSchema` does not allow or whose text leaves facts out, an error that does not say what
 * happened, what it cost and what to do, and anything too long.
 */
export const answerContract = (tools: ReadonlyArray<ListedTool>) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  const validators = new Map<string, ValidateFunction>()
  const validatorOf = (name: string): ValidateFunction | undefined => {
    const schema = tools.find((tool) => tool.name === name)?.outputSchema
    if (schema !== undefined && !validators.has(name)) validators.set(name, ajv.compile(schema))
    return validators.get(name)
  }
  /** Tools that a page asks, whose text no model reads. */
  const pages = new Set(tools.flatMap(({ name, _meta }) => (isForPages(_meta?.["ui"]) ? [name] : [])))
  return (name: string, result: RawResult): ReadonlyArray<string> => {
    const text = result.content.flatMap((block) => block.text ?? []).join("\n")
    const [pictures, told] = [result.content.filter(isPicture), result.content.filter((block) => !isPicture(block))]
    const bytes = Buffer.byteLength(JSON.stringify({ ...result, content: told }))
    const problems = bytes > longestResultBytes ? [`has ${bytes} bytes`] : []
    for (const { data = "" } of pictures) {
      const size = Buffer.from(data, "base64").length
      if (size > largestPictureBytes) problems.push(`has a picture of ${size} bytes`)
    }
    if (result.isError === true) {
      if (result.structuredContent !== undefined) problems.push("is an error with structured content")
      if (!errorWords.test(text)) problems.push(`is an error that leaves something unsaid: ${text}`)
      return problems
    }
    const validate = validatorOf(name)
    if (validate === undefined) return [...problems, "comes from a tool without outputSchema"]
    if (!validate(result.structuredContent))
      problems.push(`breaks its outputSchema: ${ajv.errorsText(validate.errors)}`)
    const missing = pages.has(name) ? [] : factsIn(result.structuredContent).filter((fact) => !text.includes(fact))
    if (missing.length > 0) problems.push(`has facts that its text leaves out: ${missing.join(", ")}`)
    return problems
  }
}

const isPicture = ({ type }: RawResult["content"][number]): boolean => type === "image"

const isForPages = (ui: unknown): boolean => JSON.stringify(ui ?? {}).includes('"visibility":["app"]')

const factsIn = (value: unknown, key = ""): ReadonlyArray<string> => {
  if (typeof value === "string") return inText.has(key) ? [value] : []
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => factsIn(inner, Array.isArray(value) ? key : name))
}
