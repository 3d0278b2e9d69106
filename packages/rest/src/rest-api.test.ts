import { Validator } from "@seriousme/openapi-schema-validator"
import { catalog } from "@klingkit/core"
import { scopeOf, tools } from "@klingkit/tools"
import { describe, expect, it } from "vitest"
import { coveredTools, restApi } from "./index.ts"
import { restRoutes } from "./routes.ts"

const facts = { version: "1.2.3", signIn: true, publicOrigin: "https://kling.example" }
const routes = restRoutes(tools)
const idsOf = (name: string) => routes.flatMap(({ tool, operationId }) => (tool.name === name ? [operationId] : []))

describe("the routes", () => {
  it("reach every tool, each by its own name and nothing else, but for those that are a part of another", () => {
    const unreached = tools.filter(({ name }) => !idsOf(name).includes(name)).map(({ name }) => name)
    expect(unreached).toEqual(Object.keys(coveredTools))
    for (const name of Object.values(coveredTools)) expect(idsOf(name)).toContain(name)
    const endpoints = routes.map(({ method, path }) => `${method} ${path}`)
    expect(new Set(endpoints).size).toBe(endpoints.length)
    const ids = routes.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => !/^[a-z]\w*$/.test(id))).toEqual([])
  })

  it("take every argument of their tool, or say why not", () => {
    const lost = routes
      .filter(({ tool }) => tool.toolset !== "raw")
      .flatMap(({ operationId, tool, path, query, body, refused }) =>
        Object.keys(tool.inputSchema.properties)
          .filter((name) => !(name in query.properties || name in (body?.properties ?? {}) || name in refused))
          .map((name) => `${operationId} ${name} ${path}`)
      )
    expect(lost).toEqual([])
  })

  it("spend by POST only, and never by a tool that is for reading", () => {
    expect(
      routes.filter(({ method, tool }) => method === "GET" && !tool.hints.readOnly && tool.toolset !== "raw")
    ).toEqual([])
  })

  it("have one for each of Kling's operations", () => {
    const raw = routes.filter(({ tool, method }) => tool.toolset === "raw" && method === "POST")
    expect(raw.map(({ path }) => path)).toEqual(catalog.map(({ id }) => `/v1/operations/${id}`))
    expect(raw.every(({ tool }) => scopeOf(tool) === "kling:admin")).toBe(true)
  })
})

describe("the document", () => {
  it.each([facts, { version: "1.2.3", signIn: false }, { ...facts, takesUploads: true }])(
    "is valid OpenAPI 3.1: %j",
    async (of) => {
      const { document } = restApi(tools, of)
      const validator = new Validator()
      expect(await validator.validate(structuredClone(document) as Record<string, unknown>)).toEqual({ valid: true })
      expect(validator.version).toBe("3.1")
    }
  )

  it("has what the server offers, and nothing else", () => {
    const offered = tools.filter(({ hints, toolset }) => hints.readOnly && toolset === "core")
    const text = JSON.stringify(restApi(offered, facts).document)
    expect(text).toContain('"/v1/tasks/{task_id}"')
    expect(text).not.toContain("/v1/tools/generate_video")
    expect(text).not.toContain("/v1/operations")
  })

  it("is valid JSON Schema in its examples: each body is as its schema says", async () => {
    const { Ajv2020 } = await import("ajv/dist/2020.js")
    const ajv = new Ajv2020({ strict: false })
    const wrong = routes.flatMap(({ operationId, body, example }) =>
      body === undefined || example === undefined || ajv.validate(body, example)
        ? []
        : [`${operationId}: ${ajv.errorsText()}`]
    )
    expect(wrong).toEqual([])
    const withoutExample = routes.filter(({ tool, body, example }) => tool.charged && body !== undefined && !example)
    expect(withoutExample.map(({ operationId }) => operationId)).toEqual(["generate_image_to_video", "repeat_task"])
  })
})

describe("a path", () => {
  const api = restApi(
    tools.filter(({ toolset }) => toolset === "core"),
    facts
  )
  it.each([
    ["GET", "/v1/tasks/kk-1", "check_video_status", { task_id: "kk-1" }],
    ["HEAD", "/v1/tasks/kk%2F1/", "check_video_status", { task_id: "kk/1" }],
    ["GET", "/v1/tasks/wait", "check_video_status", { task_id: "wait" }],
    ["POST", "/v1/tasks/wait", "wait_for_tasks", {}],
    ["POST", "/v1/tasks/kk-1/wait", "wait_for_task", { task_id: "kk-1" }]
  ])("%s %s is that of %s", (method, path, operationId, variables) => {
    expect(api.find(method, path)).toMatchObject({ route: { operationId }, variables })
  })

  it.each([
    ["POST", "/v1/tools/generate_vidio", 404, /nearest: generate_video/],
    ["POST", "/v1/tools/describe_image", 404, /does not offer/],
    ["POST", "/v1/operations/legacy.tts", 404, /does not offer/],
    ["GET", "/v1/tasks//wait", 404, /no such path/],
    ["PUT", "/v1/tasks/kk-1", 405, /PUT is not a method/]
  ])("%s %s is answered with why: %i", (method, path, status, detail) => {
    expect(api.find(method, path)).toMatchObject({
      status,
      body: { status, detail: expect.stringMatching(detail) as string }
    })
  })
})
