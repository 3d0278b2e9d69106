import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { describeRequest } from "@klingkit/core"
import { type AnyRequest, isPipeline, kebabName, makesJob, requests, snakeName } from "@klingkit/core/requests"
import { ConfigProvider, Effect } from "effect"
import { klingkit } from "../testing/run-klingkit.ts"
import { planGiven } from "./plan-given.ts"
import { argumentField } from "./request-flags.ts"

/** The example of a request as a command line. */
const commandLine = (request: AnyRequest): ReadonlyArray<string> => {
  const entries = Object.entries(request.example)
  const flags = entries.flatMap(([field, value]) =>
    field === argumentField(request)
      ? []
      : (Array.isArray(value) ? value : [value]).flatMap((one) => [`--${kebabName(field)}`, String(one)])
  )
  const words = entries.filter(([field]) => field === argumentField(request)).map(([, value]) => String(value))
  return [...request.command.split(" "), ...words, ...flags]
}

/** The same example in the words of another face. */
const inWords = ({ example }: AnyRequest, word: (field: string) => string, text: (value: unknown) => unknown) =>
  Object.fromEntries(Object.entries(example).map(([field, value]) => [word(field), text(value)]))

const asText = (value: unknown): unknown => (typeof value === "number" ? String(value) : value)

const older =
  ({ aliases }: AnyRequest) =>
  (field: string): string =>
    Object.entries(aliases).find(([, meant]) => meant === field)?.[0] ?? snakeName(field)

const body = (request: AnyRequest, given: Readonly<Record<string, unknown>>) =>
  planGiven(request, given).pipe(
    Effect.map((plan) =>
      isPipeline(plan) ? plan.steps.map(({ plan: step }) => [step.operation.id, step.input]) : describeRequest(plan)
    ),
    Effect.map((wire) => JSON.stringify(wire)),
    Effect.provide(NodeServices.layer),
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: {} })))
  )

describe("a request", () => {
  it.effect.each(requests.map((request): readonly [string, AnyRequest] => [request.id, request]))(
    "%s asks Kling for the same, whatever words it is made in",
    ([, request]) =>
      Effect.gen(function* () {
        const expected = yield* body(request, { ...request.example })
        expect(yield* body(request, inWords(request, older(request), asText))).toBe(expected)
        expect(yield* body(request, inWords(request, kebabName, asText))).toBe(expected)

        if (!makesJob(request)) return
        const { exitCode, stdout } = yield* klingkit([...commandLine(request), "--dry-run", "--json"])
        expect([exitCode, stdout]).toEqual([0, expect.any(String)])
        const shown = JSON.parse(stdout)
        const wire = JSON.parse(expected)
        if ("steps" in shown) {
          expect(
            shown.steps.map((step: { operation: string; input: unknown }) => [step.operation, step.input])
          ).toEqual(wire)
        } else expect(shown.request).toMatchObject({ method: wire.method, body: wire.body })
      })
  )

  it("has a command and a name of its own", () => {
    const names = requests.flatMap(({ id, command }) => [id, command])
    expect(new Set(names).size).toBe(names.length)
  })
})
