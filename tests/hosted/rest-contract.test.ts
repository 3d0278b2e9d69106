import { Ajv2020 } from "ajv/dist/2020.js"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freshKling } from "../mcp/emulated-kling.ts"
import { startHosted } from "./hosted-server.ts"

/** The parts of an OpenAPI document that a client goes by. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}
interface Operation {
  readonly operationId: string
  readonly parameters: ReadonlyArray<{ readonly name?: string; readonly in?: string; readonly required?: boolean }>
  readonly requestBody?: {
    readonly content: {
      readonly "application/json": { readonly example?: object; readonly schema: { readonly properties: object } }
    }
  }
  readonly responses: Readonly<Record<string, object>>
}

let hosted: Awaited<ReturnType<typeof startHosted>>
let document: Document
const ajv = new Ajv2020({ strict: false, allErrors: true })

beforeAll(async () => {
  // Every caller is let in, and may call all of Kling.
  hosted = await startHosted({}, { args: ["--toolsets", "all"], kling: await freshKling({ speed: 100_000 }) })
  document = (await (await fetch(`${hosted.origin}/v1/openapi.json`)).json()) as Document
  ajv.addSchema(document, "openapi")
})
afterAll(() => hosted.close())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
  )

/** Calls what the document describes with what it gives as an example; `problem` is what the answer has against its schema. */
const play = async (path: string, method: string, operation: Operation, taskId: string) => {
  const { operationId, parameters, requestBody, responses } = operation
  const query = parameters.flatMap(({ name = "", in: where, required }) =>
    where === "query" && required === true ? [`${name}=video`] : []
  )
  const { schema, example } = requestBody?.content["application/json"] ?? {}
  // Not all that the other examples have made, which takes a while.
  const given = JSON.parse(JSON.stringify(example ?? {}).replaceAll("unsaved", taskId)) as object
  const takesTime = schema !== undefined && "timeout_seconds" in schema.properties
  const body = schema === undefined ? undefined : { ...given, ...(takesTime ? { timeout_seconds: 1 } : {}) }
  const url = `${hosted.origin}${path.replace("{task_id}", taskId)}${query.length === 0 ? "" : `?${query.join("&")}`}`
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) })
  })
  const type = response.headers.get("content-type") ?? ""
  const status = response.status in responses ? String(response.status) : "default"
  const pointer =
    status === "default"
      ? "#/components/responses/problem"
      : `#/paths/${encodeURIComponent(path.replaceAll("~", "~0").replaceAll("/", "~1"))}/${method}/responses/${status}`
  const answerSchema = `openapi${pointer}/content/${encodeURIComponent(type.replace("/", "~1"))}/schema`
  const answer = (await response.json()) as Readonly<Record<string, unknown>>
  const isValid = ajv.validate({ $ref: answerSchema }, answer)
  return { operationId, status: response.status, answer, problem: isValid ? "" : ajv.errorsText() }
}

describe("a client that knows nothing but the document", () => {
  it("gets from every operation what the document says, and problems as it says", async () => {
    const image = operations().find(({ operation }) => operation.operationId === "generate_image")
    if (image === undefined) throw new Error("no generate_image")
    const made = await play(image.path, image.method, image.operation, "")
    expect(made).toMatchObject({ status: 202, problem: "" })
    await hosted.kling.finishTasks()
    const id = String(made.answer["task_id"])
    const answers = []
    for (const { path, method, operation } of operations()) answers.push(await play(path, method, operation, id))
    expect(answers.filter(({ problem }) => problem !== "")).toEqual([])
    expect(answers.length).toBeGreaterThan(80)
    // Some examples name what Kling has not made here: a voice to delete, a session of elements.
    const failed = answers.filter(({ status, answer }) => status >= 300 && answer["code"] !== "KLING_INVALID_REQUEST")
    // It needs an image, and its request's example has none.
    expect(failed.map(({ operationId }) => operationId)).toEqual(["generate_image_to_video"])
    expect(answers.filter(({ status }) => status < 300).length).toBeGreaterThan(70)
  }, 120_000)
})
