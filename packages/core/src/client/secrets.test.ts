import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Logger, Redacted, Stream, Tracer } from "effect"
import type { Credentials } from "../auth/credentials.ts"
import { klingCodes } from "../errors/codes.ts"
import type { KlingError } from "../errors/kling-error.ts"
import { legacyTextToVideo, textToVideo30 } from "../operations/text-to-video.ts"
import { fakeKling, klingOver } from "../testing/fake-kling.ts"
import { ambiguousAnswers, type Answer, code, lost, text } from "../testing/scripted-answers.ts"
import { inMixedTime } from "../testing/virtual-time.ts"
import { Kling } from "./kling.ts"

const canary = "c4n4ry-f4ls3-s3cr3t"
const credentialKinds: Readonly<Record<string, Credentials>> = {
  "an API key": { kind: "api-key", apiKey: Redacted.make(canary) },
  "a key pair": { kind: "key-pair", accessKey: "access", secretKey: Redacted.make(canary) }
}

const answers: Readonly<Record<string, Answer>> = {
  ...ambiguousAnswers,
  "no connection": lost("ECONNREFUSED"),
  "an unknown code": code(1999),
  "an unknown status word": text(200, `{"code":0,"data":[{"id":"1","external_id":"1","status":"paused"}]}`),
  ...Object.fromEntries(klingCodes.map((row) => [`code ${row.code}`, code(row.code, "no", { status: row.httpStatus })]))
}

/** Everything that a program could log while it uses the client: failures, log lines, spans. */
const allOutput = Effect.fnUntraced(function* (credentials: Credentials, answer: Answer) {
  const written: Array<string> = []
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const loggers = [Logger.formatLogFmt, Logger.formatJson].map((format) =>
    Logger.map(format, (line) => {
      written.push(line)
    })
  )
  const fake = fakeKling({ answer: () => answer })
  const uses = (kling: Kling["Service"]): ReadonlyArray<Effect.Effect<unknown, KlingError>> => [
    kling.submit(textToVideo30, { prompt: "a cat" }),
    kling.submit(legacyTextToVideo, { model: "kling-v3", prompt: "a cat" }),
    kling.task("1"),
    Stream.runCollect(kling.tasks())
  ]
  yield* inMixedTime(
    Kling.use((kling) =>
      Effect.forEach(uses(kling), (use) =>
        Effect.catchCause(Effect.asVoid(use), (cause) => {
          const error = Cause.squash(cause) as Error
          written.push(Cause.pretty(cause), JSON.stringify(cause), JSON.stringify(error), String(error.stack))
          written.push(String(error), error.message, JSON.stringify(Object.entries(error)))
          return Effect.logError("it failed", cause)
        })
      )
    ).pipe(Effect.provide(klingOver(fake, credentials)))
  ).pipe(Effect.withTracer(tracer), Effect.provide(Logger.layer(loggers)))
  for (const span of spans) {
    const text = JSON.stringify([span.name, [...span.attributes], span.events, span.status], (_key, value: unknown) =>
      typeof value === "bigint" ? String(value) : value
    )
    written.push(text)
  }
  const sent = fake.requests.map((request) => request.headers["authorization"] ?? "")
  return { written, tokens: [...new Set(sent.map((header) => header.replace("Bearer ", "")))] }
})

describe.each(Object.keys(credentialKinds))("%s", (kind) => {
  it.effect.each(Object.keys(answers))("appears in no error, log line or span after this answer: %s", (answer) =>
    Effect.gen(function* () {
      const credentials = credentialKinds[kind]
      if (credentials === undefined) throw new Error("unknown credential")
      const { written, tokens } = yield* allOutput(credentials, answers[answer] ?? code(1000))
      expect(tokens.length).toBeGreaterThan(0)
      expect(written.length).toBeGreaterThan(10)
      for (const secret of [canary, ...tokens]) {
        expect(written.filter((line) => line.includes(secret))).toEqual([])
      }
    })
  )
})
