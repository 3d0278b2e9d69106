import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import type { KlingError } from "../errors/kling-error.ts"
import { textToSpeech } from "../operations/text-to-speech.ts"
import { textToVideo30 } from "../operations/text-to-video.ts"
import { apiKey, type FakeOptions, fakeKling, keyPair, klingOver } from "../testing/fake-kling.ts"
import { ambiguousAnswers, type Answer, code, honest, lost, refused, text } from "../testing/scripted-answers.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { Kling } from "./kling.ts"
import { submitDeadlineMillis } from "./submit.ts"

const handle = "kk-t2v-0123456789abcdefghjkmnpqrs"
const createVideo = Kling.use((kling) => kling.submit(textToVideo30, { prompt: "a cat" }, { externalTaskId: handle }))
const createSpeech = Kling.use((kling) =>
  kling.call(textToSpeech, { text: "hello", voiceId: "oversea_male1", voiceLanguage: "en" })
)

const outcomeOf = Effect.fnUntraced(function* <A>(submit: Effect.Effect<A, KlingError, Kling>, options: FakeOptions) {
  const fake = fakeKling(options)
  const ended = yield* inVirtualTime(submit).pipe(Effect.provide(klingOver(fake)))
  return { ...ended, fake, charges: yield* fake.charges }
})

const failureOf = <A>(result: Result.Result<A, KlingError>): KlingError => {
  if (Result.isSuccess(result)) throw new Error("it succeeded")
  return result.failure
}

const earlier = { taskId: "77", externalId: handle, path: textToVideo30.path, createdAt: 0 }
const alreadyExists = code(1201, `External_task_id ${handle} already exists`)

describe("an external id that is in use", () => {
  it.effect("adopts the task that has it", () =>
    Effect.gen(function* () {
      const { result, charges } = yield* outcomeOf(createVideo, { tasks: [earlier] })
      expect(Result.getOrThrow(result)).toMatchObject({ handle, task: { id: "77", externalId: handle } })
      expect(charges).toEqual([earlier])
    })
  )

  it.effect("is unknown when no lookup finds such a task, and nothing is sent again", () =>
    Effect.gen(function* () {
      const { result, fake, charges } = yield* outcomeOf(createVideo, { creates: [refused(alreadyExists)] })
      const error = failureOf(result)
      expect(error.reason).toMatchObject({ _tag: "SubmissionUnknown", externalTaskId: handle })
      expect(error.suggestion).toContain(`look up ${handle}`)
      expect(fake.requests.filter((one) => one.externalId !== undefined)).toHaveLength(1)
      expect(charges).toEqual([])
    })
  )
})

describe("a create that was certainly not accepted", () => {
  it.effect.each([
    ["1302", code(1302, "too fast", { status: 429 })],
    ["1303", code(1303, "parallel task over resource pack limit", { status: 429 })],
    ["a refused connection", lost("ECONNREFUSED")]
  ] as const)("by %s is retried under the same id", ([, answer]) =>
    Effect.gen(function* () {
      const { result, fake, charges } = yield* outcomeOf(createVideo, { creates: [refused(answer), refused(answer)] })
      expect(Result.isSuccess(result)).toBe(true)
      expect(charges.map((one) => one.externalId)).toEqual([handle])
      expect(fake.requests.map((one) => one.externalId)).toEqual([handle, handle, handle])
    })
  )

  it.effect("for as long as Kling requests delays fails with the rejection, not as unknown", () =>
    Effect.gen(function* () {
      const busy = code(1303, "parallel task over resource pack limit", {
        status: 429,
        headers: { "retry-after": "60" }
      })
      const { result, seconds, charges } = yield* outcomeOf(createVideo, {
        creates: Array.from({ length: 9 }, () => refused(busy))
      })
      expect(failureOf(result)).toMatchObject({
        wasCharged: "no",
        isRetryable: true,
        reason: { _tag: "ConcurrencyLimit" }
      })
      expect(seconds).toBeLessThanOrEqual(100)
      expect(charges).toEqual([])
    })
  )

  it.effect("for a while and then ambiguously gets the full time for lookups", () =>
    Effect.gen(function* () {
      const busy = code(1302, "too fast", { status: 429, headers: { "retry-after": "60" } })
      const { result, charges } = yield* outcomeOf(createVideo, {
        creates: [refused(busy), { answer: ambiguousAnswers["silence"] ?? busy, commitsAfterSeconds: 35 }]
      })
      expect(Result.getOrThrow(result).task.id).toBe(charges[0]?.taskId)
      expect(charges).toHaveLength(1)
    })
  )

  it.effect.each([1000, 1002, 1100, 1101, 1102, 1103, 1200, 1201, 1202, 1203, 1300, 1301, 1304])(
    "by code %i is not retried",
    (number) =>
      Effect.gen(function* () {
        const { result, seconds, fake, charges } = yield* outcomeOf(createVideo, { creates: [refused(code(number))] })
        expect(failureOf(result)).toMatchObject({ wasCharged: "no", isRetryable: false })
        expect(failureOf(result).reason).toMatchObject({ klingCode: number })
        expect(fake.requests).toHaveLength(1)
        expect(seconds).toBe(0)
        expect(charges).toEqual([])
      })
  )
})

describe.each([400, 409, 429])("an unknown code with status %i", (status) => {
  const unknown = code(1777, "The model 'x' has been discontinued", { status })
  const creates = (requests: ReadonlyArray<{ readonly method: string }>) =>
    requests.filter(({ method }) => method === "POST")

  it.effect("is a refusal once no task was found; it is not sent again, and the error names the code", () =>
    Effect.gen(function* () {
      const { result, fake } = yield* outcomeOf(createVideo, { creates: [refused(unknown)] })
      expect(failureOf(result)).toMatchObject({ wasCharged: "no", reason: { _tag: "UnknownCode", klingCode: 1777 } })
      expect(failureOf(result).message).toContain("discontinued")
      expect(creates(fake.requests)).toHaveLength(1)
    })
  )

  it.effect("is no refusal when there is a task after all: it is adopted", () =>
    Effect.gen(function* () {
      const { result, fake, charges } = yield* outcomeOf(createVideo, {
        creates: [{ answer: unknown, commitsAfterSeconds: 5 }]
      })
      expect(Result.getOrThrow(result).task.id).toBe(charges[0]?.taskId)
      expect(creates(fake.requests)).toHaveLength(1)
    })
  )
})

describe("an unknown code without a 4xx status", () => {
  it.effect("is looked up, never sent again, and found when the task exists", () =>
    Effect.gen(function* () {
      const unknown = code(6001, "queued elsewhere", { status: 200 })
      const { result, charges } = yield* outcomeOf(createVideo, {
        creates: [{ answer: unknown, commitsAfterSeconds: 0 }]
      })
      expect(Result.getOrThrow(result).task.id).toBe(charges[0]?.taskId)

      const missing = yield* outcomeOf(createVideo, { creates: [refused(unknown)] })
      expect(failureOf(missing.result).reason._tag).toBe("SubmissionUnknown")
      expect(missing.charges).toEqual([])
    })
  )
})

describe("a create that returns an unknown status word", () => {
  it.effect("is accepted: it has an id and is charged", () =>
    Effect.gen(function* () {
      const unknown = text(200, `{"code":0,"data":{"id":"88","status":"queued","external_id":"${handle}"}}`)
      const { result, fake } = yield* outcomeOf(createVideo, { creates: [{ answer: unknown, commitsAfterSeconds: 0 }] })
      expect(Result.getOrThrow(result).task).toMatchObject({ id: "88", status: "unknown", statusWord: "queued" })
      expect(fake.requests).toHaveLength(1)
    })
  )
})

describe("a create that reports success immediately", () => {
  it.effect.each([
    ["without outputs is only submitted", `[]`, "submitted"],
    ["with outputs has finished", `[{"type":"video","url":"https://files.example/1.mp4"}]`, "succeed"]
  ] as const)("%s", ([, outputs, status]) =>
    Effect.gen(function* () {
      const answer = text(200, `{"code":0,"data":{"id":"88","status":"succeeded","outputs":${outputs}}}`)
      const { result } = yield* outcomeOf(createVideo, { creates: [{ answer, commitsAfterSeconds: 0 }] })
      expect(Result.getOrThrow(result).task.status).toBe(status)
    })
  )
})

describe("an operation without an external id", () => {
  it.effect.each(Object.entries(ambiguousAnswers))("is sent only once after this response: %s", ([, answer]) =>
    Effect.gen(function* () {
      const { result, seconds, fake, charges } = yield* outcomeOf(createSpeech, {
        creates: [{ answer, commitsAfterSeconds: 0 }]
      })
      const error = failureOf(result)
      expect(error).toMatchObject({ wasCharged: "maybe", isRetryable: false, reason: { _tag: "SubmissionUnknown" } })
      expect(error.suggestion).toContain("Kling's console")
      expect(fake.requests).toHaveLength(1)
      expect(charges).toHaveLength(1)
      expect(seconds).toBeLessThanOrEqual(100)
    })
  )

  it.effect("is retried only when it never reached Kling", () =>
    Effect.gen(function* () {
      const { result, charges } = yield* outcomeOf(createSpeech, { creates: [refused(lost("ENOTFOUND"))] })
      expect(Result.isSuccess(result)).toBe(true)
      expect(charges).toHaveLength(1)
    })
  )
})

describe("a failed lookup", () => {
  it.effect("proves nothing: the create is not sent again while reads are down", () =>
    Effect.gen(function* () {
      const { result, fake, seconds } = yield* outcomeOf(createVideo, {
        creates: [refused(code(5000))],
        answer: (request) => (request.method === "GET" ? code(5001, "down", { status: 503 }) : undefined)
      })
      expect(failureOf(result).reason._tag).toBe("SubmissionUnknown")
      expect(fake.requests.filter((one) => one.method === "POST")).toHaveLength(1)
      expect(seconds).toBeLessThanOrEqual(100)
    })
  )

  it.effect("that keeps failing ends within the deadline, even if every response hangs", () =>
    Effect.gen(function* () {
      const silence: Answer = { kind: "hang" }
      const { result, seconds } = yield* outcomeOf(createVideo, {
        creates: [refused(silence), refused(silence)],
        reads: [silence, honest, honest, silence, silence, silence, silence]
      })
      expect(failureOf(result)).toMatchObject({ wasCharged: "maybe", reason: { externalTaskId: handle } })
      expect(seconds * 1000).toBeLessThanOrEqual(submitDeadlineMillis)
    })
  )

  it.effect("does not prevent a later one from finding the task", () =>
    Effect.gen(function* () {
      const { result, charges, fake } = yield* outcomeOf(createVideo, {
        creates: [{ answer: code(5002), commitsAfterSeconds: 0 }],
        reads: [code(5001), ambiguousAnswers["silence"] ?? code(5001)]
      })
      expect(Result.getOrThrow(result).task.id).toBe(charges[0]?.taskId)
      expect(fake.requests.filter((one) => one.method === "POST")).toHaveLength(1)
    })
  )
})

describe("a request that must not be sent", () => {
  it.effect("is rejected before anything is sent: invalid input, and a key pair on a new path", () =>
    Effect.gen(function* () {
      const fake = fakeKling()
      const invalid = Kling.use((kling) => kling.submit(textToVideo30, { prompt: "a cat", durationSeconds: 99 }))
      const inputError = yield* Effect.flip(invalid).pipe(Effect.provide(klingOver(fake, apiKey)))
      expect(inputError.message).toContain("durationSeconds 99")
      const pairError = yield* Effect.flip(createVideo).pipe(Effect.provide(klingOver(fake, keyPair)))
      expect(pairError.message).toContain("KLINGAI_API_KEY")
      expect([inputError, pairError].map((error) => [error.reason._tag, error.wasCharged])).toEqual([
        ["InvalidInput", "no"],
        ["InvalidInput", "no"]
      ])
      expect(fake.requests).toEqual([])
    })
  )
})

describe("an operation of the other kind", () => {
  it.effect("is neither called nor submitted, and the error names the method that is right", () =>
    Effect.gen(function* () {
      const fake = fakeKling()
      const wrong = Kling.use((kling) =>
        Effect.all([
          // @ts-expect-error It makes a task.
          Effect.flip(kling.call(textToVideo30, { prompt: "a cat" })),
          // @ts-expect-error It answers at once.
          Effect.flip(kling.submit(textToSpeech, textToSpeech.example))
        ])
      )
      const errors = yield* wrong.pipe(Effect.provide(klingOver(fake)))
      expect(errors.map(({ reason, next, wasCharged }) => ({ reason, next, wasCharged }))).toEqual([
        {
          reason: { _tag: "WrongMethod", operationId: "new.t2v.kling-3.0", method: "submit" },
          next: { _tag: "UseMethod", method: "submit" },
          wasCharged: "no"
        },
        {
          reason: { _tag: "WrongMethod", operationId: "legacy.tts", method: "call" },
          next: { _tag: "UseMethod", method: "call" },
          wasCharged: "no"
        }
      ])
      expect(errors.map(({ suggestion }) => suggestion)).toEqual([
        expect.stringMatching(/^use submit: .*nothing was sent$/),
        expect.stringMatching(/^use call: .*nothing was sent$/)
      ])
      expect(fake.requests).toEqual([])
    })
  )
})

describe("the caller's own external id", () => {
  it.effect.each(["", "a,b", "two words", "zwei\u00fc", "x".repeat(129)])(
    "is rejected when no lookup could use it: %j",
    (id) =>
      Effect.gen(function* () {
        const fake = fakeKling()
        const error = yield* Effect.flip(
          Kling.use((kling) => kling.submit(textToVideo30, { prompt: "a cat" }, { externalTaskId: id }))
        ).pipe(Effect.provide(klingOver(fake)))
        expect(error.message).toContain("externalTaskId")
        expect(fake.requests).toEqual([])
      })
  )

  it.effect("is merged into the other options of the request", () =>
    Effect.gen(function* () {
      const { fake } = yield* outcomeOf(
        Kling.use((kling) =>
          kling.submit(
            textToVideo30,
            { prompt: "a cat", callbackUrl: "https://example.com/done" },
            { externalTaskId: "order-7" }
          )
        ),
        {}
      )
      expect(JSON.parse(fake.requests[0]?.text ?? "")).toMatchObject({
        prompt: "a cat",
        options: { callback_url: "https://example.com/done", external_task_id: "order-7" }
      })
    })
  )
})

describe("the caller's interruption", () => {
  it.effect("leaves a task that can be found by the caller's own id", () =>
    Effect.gen(function* () {
      const fake = fakeKling({ creates: [{ answer: { kind: "hang" }, commitsAfterSeconds: 0 }] })
      const found = yield* Effect.gen(function* () {
        const sending = yield* Effect.forkChild(createVideo)
        yield* TestClock.adjust("5 seconds")
        yield* Fiber.interrupt(sending)
        return yield* Kling.use((kling) => kling.task(handle))
      }).pipe(Effect.provide(klingOver(fake)))
      expect(found.externalId).toBe(handle)
      expect(yield* fake.charges).toHaveLength(1)
    })
  )
})
