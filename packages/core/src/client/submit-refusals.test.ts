import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import type { KlingError } from "../errors/kling-error.ts"
import { textToSpeech } from "../operations/text-to-speech.ts"
import { textToVideo30 } from "../operations/text-to-video.ts"
import { apiKey, type FakeOptions, fakeKling, keyPair, klingOver } from "../testing/fake-kling.ts"
import { ambiguousAnswers, type Answer, code, honest, lost, refused, text } from "../testing/fate.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { Kling } from "./kling.ts"
import { submitDeadlineMillis } from "./submit.ts"

const handle = "kk-t2v-0123456789abcdefghjkmnpqrs"
const clip = Kling.use((kling) => kling.submit(textToVideo30, { prompt: "a cat" }, { externalTaskId: handle }))
const speech = Kling.use((kling) =>
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
      const { result, charges } = yield* outcomeOf(clip, { tasks: [earlier] })
      expect(Result.getOrThrow(result)).toMatchObject({ handle, task: { id: "77", externalId: handle } })
      expect(charges).toEqual([earlier])
    })
  )

  it.effect("is unknown when no look-up sees such a task, and nothing is sent again", () =>
    Effect.gen(function* () {
      const { result, fake, charges } = yield* outcomeOf(clip, { creates: [refused(alreadyExists)] })
      const error = failureOf(result)
      expect(error.reason).toMatchObject({ _tag: "SubmissionUnknown", externalTaskId: handle })
      expect(error.suggestion).toContain(`task get ${handle}`)
      expect(fake.seen.filter((one) => one.externalId !== undefined)).toHaveLength(1)
      expect(charges).toEqual([])
    })
  )
})

describe("a create that was certainly not accepted", () => {
  it.effect.each([
    ["1302", code(1302, "too fast", { status: 429 })],
    ["1303", code(1303, "parallel task over resource pack limit", { status: 429 })],
    ["a refused connection", lost("ECONNREFUSED")]
  ] as const)("by %s goes out again under the same id", ([, answer]) =>
    Effect.gen(function* () {
      const { result, fake, charges } = yield* outcomeOf(clip, { creates: [refused(answer), refused(answer)] })
      expect(Result.isSuccess(result)).toBe(true)
      expect(charges.map((one) => one.externalId)).toEqual([handle])
      expect(fake.seen.map((one) => one.externalId)).toEqual([handle, handle, handle])
    })
  )

  it.effect("for as long as Kling asks for pauses fails with the refusal, not as unknown", () =>
    Effect.gen(function* () {
      const busy = code(1303, "parallel task over resource pack limit", {
        status: 429,
        headers: { "retry-after": "60" }
      })
      const { result, seconds, charges } = yield* outcomeOf(clip, {
        creates: Array.from({ length: 9 }, () => refused(busy))
      })
      expect(failureOf(result)).toMatchObject({ wasCharged: "no", isRetryable: true, reason: { _tag: "SlotsTaken" } })
      expect(seconds).toBeLessThanOrEqual(100)
      expect(charges).toEqual([])
    })
  )

  it.effect("for a while and then ambiguously has the whole time to be found", () =>
    Effect.gen(function* () {
      const busy = code(1302, "too fast", { status: 429, headers: { "retry-after": "60" } })
      const { result, charges } = yield* outcomeOf(clip, {
        creates: [refused(busy), { answer: ambiguousAnswers["silence"] ?? busy, commitsAfterSeconds: 35 }]
      })
      expect(Result.getOrThrow(result).task.id).toBe(charges[0]?.taskId)
      expect(charges).toHaveLength(1)
    })
  )

  it.effect.each([1000, 1002, 1100, 1101, 1102, 1103, 1200, 1201, 1202, 1203, 1300, 1301, 1304])(
    "by code %i stops at once",
    (number) =>
      Effect.gen(function* () {
        const { result, seconds, fake, charges } = yield* outcomeOf(clip, { creates: [refused(code(number))] })
        expect(failureOf(result)).toMatchObject({ wasCharged: "no", isRetryable: false })
        expect(failureOf(result).reason).toMatchObject({ klingCode: number })
        expect(fake.seen).toHaveLength(1)
        expect(seconds).toBe(0)
        expect(charges).toEqual([])
      })
  )

  it.effect("by a code that nobody knows and a 4xx status stops at once and says the code", () =>
    Effect.gen(function* () {
      const { result, fake } = yield* outcomeOf(clip, {
        creates: [refused(code(1777, "The model 'x' has been discontinued", { status: 400 }))]
      })
      expect(failureOf(result)).toMatchObject({ wasCharged: "no", reason: { _tag: "UnknownCode", klingCode: 1777 } })
      expect(failureOf(result).message).toContain("discontinued")
      expect(fake.seen).toHaveLength(1)
    })
  )
})

describe("a code that nobody knows, without a refusing status", () => {
  it.effect("is looked up, never sent again, and found when the task exists", () =>
    Effect.gen(function* () {
      const odd = code(6001, "queued elsewhere", { status: 200 })
      const { result, charges } = yield* outcomeOf(clip, { creates: [{ answer: odd, commitsAfterSeconds: 0 }] })
      expect(Result.getOrThrow(result).task.id).toBe(charges[0]?.taskId)

      const unseen = yield* outcomeOf(clip, { creates: [refused(odd)] })
      expect(failureOf(unseen.result).reason._tag).toBe("SubmissionUnknown")
      expect(unseen.charges).toEqual([])
    })
  )
})

describe("a create answered with a status word that nobody knows", () => {
  it.effect("is taken as it is: it has an id and is paid", () =>
    Effect.gen(function* () {
      const odd = text(200, `{"code":0,"data":{"id":"88","status":"queued","external_id":"${handle}"}}`)
      const { result, fake } = yield* outcomeOf(clip, { creates: [{ answer: odd, commitsAfterSeconds: 0 }] })
      expect(Result.getOrThrow(result).task).toMatchObject({ id: "88", status: "unknown", statusWord: "queued" })
      expect(fake.seen).toHaveLength(1)
    })
  )
})

describe("a create answered as succeeded at once", () => {
  it.effect.each([
    ["without results has only begun", `[]`, "submitted"],
    ["with results has ended", `[{"type":"video","url":"https://files.example/1.mp4"}]`, "succeed"]
  ] as const)("%s", ([, outputs, status]) =>
    Effect.gen(function* () {
      const answer = text(200, `{"code":0,"data":{"id":"88","status":"succeeded","outputs":${outputs}}}`)
      const { result } = yield* outcomeOf(clip, { creates: [{ answer, commitsAfterSeconds: 0 }] })
      expect(Result.getOrThrow(result).task.status).toBe(status)
    })
  )
})

describe("an operation without an external id", () => {
  it.effect.each(Object.entries(ambiguousAnswers))("is sent once, whatever happens: %s", ([, answer]) =>
    Effect.gen(function* () {
      const { result, seconds, fake, charges } = yield* outcomeOf(speech, {
        creates: [{ answer, commitsAfterSeconds: 0 }]
      })
      const error = failureOf(result)
      expect(error).toMatchObject({ wasCharged: "maybe", isRetryable: false, reason: { _tag: "SubmissionUnknown" } })
      expect(error.suggestion).toContain("Kling's console")
      expect(fake.seen).toHaveLength(1)
      expect(charges).toHaveLength(1)
      expect(seconds).toBeLessThanOrEqual(100)
    })
  )

  it.effect("goes out again only when it never reached Kling", () =>
    Effect.gen(function* () {
      const { result, charges } = yield* outcomeOf(speech, { creates: [refused(lost("ENOTFOUND"))] })
      expect(Result.isSuccess(result)).toBe(true)
      expect(charges).toHaveLength(1)
    })
  )
})

describe("a look-up that fails", () => {
  it.effect("says nothing: the create is not sent again while reads are down", () =>
    Effect.gen(function* () {
      const { result, fake, seconds } = yield* outcomeOf(clip, {
        creates: [refused(code(5000))],
        answer: (request) => (request.method === "GET" ? code(5001, "down", { status: 503 }) : undefined)
      })
      expect(failureOf(result).reason._tag).toBe("SubmissionUnknown")
      expect(fake.seen.filter((one) => one.method === "POST")).toHaveLength(1)
      expect(seconds).toBeLessThanOrEqual(100)
    })
  )

  it.effect("again and again is given up in time, also when every answer hangs", () =>
    Effect.gen(function* () {
      const silence: Answer = { kind: "hang" }
      const { result, seconds } = yield* outcomeOf(clip, {
        creates: [refused(silence), refused(silence)],
        reads: [silence, honest, honest, silence, silence, silence, silence]
      })
      expect(failureOf(result)).toMatchObject({ wasCharged: "maybe", reason: { externalTaskId: handle } })
      expect(seconds * 1000).toBeLessThanOrEqual(submitDeadlineMillis)
    })
  )

  it.effect("does not keep a later one from finding the task", () =>
    Effect.gen(function* () {
      const { result, charges, fake } = yield* outcomeOf(clip, {
        creates: [{ answer: code(5002), commitsAfterSeconds: 0 }],
        reads: [code(5001), ambiguousAnswers["silence"] ?? code(5001)]
      })
      expect(Result.getOrThrow(result).task.id).toBe(charges[0]?.taskId)
      expect(fake.seen.filter((one) => one.method === "POST")).toHaveLength(1)
    })
  )
})

describe("a request that must not leave", () => {
  it.effect("is refused before anything is sent: wrong input, and a key pair on a new path", () =>
    Effect.gen(function* () {
      const fake = fakeKling()
      const wrong = Kling.use((kling) => kling.submit(textToVideo30, { prompt: "a cat", durationSeconds: 99 }))
      const inputError = yield* Effect.flip(wrong).pipe(Effect.provide(klingOver(fake, apiKey)))
      expect(inputError.message).toContain("durationSeconds 99")
      const pairError = yield* Effect.flip(clip).pipe(Effect.provide(klingOver(fake, keyPair)))
      expect(pairError.message).toContain("KLINGAI_API_KEY")
      expect([inputError, pairError].map((error) => [error.reason._tag, error.wasCharged])).toEqual([
        ["InvalidInput", "no"],
        ["InvalidInput", "no"]
      ])
      expect(fake.seen).toEqual([])
    })
  )
})

describe("an external id of the caller's own", () => {
  it.effect.each(["", "a,b", "two words", "zwei\u00fc", "x".repeat(129)])(
    "is refused when it could not find the task: %j",
    (id) =>
      Effect.gen(function* () {
        const fake = fakeKling()
        const error = yield* Effect.flip(
          Kling.use((kling) => kling.submit(textToVideo30, { prompt: "a cat" }, { externalTaskId: id }))
        ).pipe(Effect.provide(klingOver(fake)))
        expect(error.message).toContain("externalTaskId")
        expect(fake.seen).toEqual([])
      })
  )

  it.effect("goes beside the other options of the request", () =>
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
      expect(JSON.parse(fake.seen[0]?.text ?? "")).toEqual({
        prompt: "a cat",
        options: { callback_url: "https://example.com/done", external_task_id: "order-7" }
      })
    })
  )
})

describe("the caller's interruption", () => {
  it.effect("leaves a task that can be found by the id the caller chose", () =>
    Effect.gen(function* () {
      const fake = fakeKling({ creates: [{ answer: { kind: "hang" }, commitsAfterSeconds: 0 }] })
      const found = yield* Effect.gen(function* () {
        const sending = yield* Effect.forkChild(clip)
        yield* TestClock.adjust("5 seconds")
        yield* Fiber.interrupt(sending)
        return yield* Kling.use((kling) => kling.task(handle))
      }).pipe(Effect.provide(klingOver(fake)))
      expect(found.externalId).toBe(handle)
      expect(yield* fake.charges).toHaveLength(1)
    })
  )
})
