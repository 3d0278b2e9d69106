import { describe, expect, expectTypeOf, it } from "vitest"
import * as core from "./index.ts"

type Input<Id extends core.OperationId> = core.InputOfId<Id>

describe("the public names", () => {
  it("are these values: removing one breaks a caller", () => {
    expect(Object.keys(core).toSorted()).toMatchInlineSnapshot(`
      [
        "CallbackError",
        "Charge",
        "Charged",
        "CheaperSetting",
        "JobMoney",
        "Kling",
        "KlingError",
        "MediaOrigin",
        "NextStep",
        "Problem",
        "Quote",
        "Setting",
        "StoredRequest",
        "Task",
        "TaskOutput",
        "TaskStatus",
        "catalog",
        "changeText",
        "checkInput",
        "createKling",
        "defaultImageModel",
        "defaultVideoModel",
        "describeRequest",
        "expectedSecondsOf",
        "families",
        "familyOfHandle",
        "fetchHttpClient",
        "findImageModel",
        "findKlingCode",
        "findOperation",
        "findVideoModel",
        "imageModels",
        "inputJsonSchema",
        "isExperimental",
        "isFinished",
        "klingCodes",
        "klingConfig",
        "klingFromOptions",
        "maxUsd",
        "mintHandle",
        "operations",
        "planImage",
        "planOperation",
        "planVideo",
        "readCallback",
        "receiptOf",
        "regionUrls",
        "replacementFor",
        "retiredModels",
        "retrySchedule",
        "sumOfQuotes",
        "verifyCallback",
        "videoModels",
      ]
    `)
  })

  it("include these types", () => {
    expectTypeOf<core.KlingErrorReason["_tag"]>().extract<"SubmissionUnknown">().toEqualTypeOf<"SubmissionUnknown">()
    expectTypeOf<core.Charged>().toEqualTypeOf<"no" | "maybe" | "yes">()
    expectTypeOf<core.TaskStatus>().toEqualTypeOf<"submitted" | "processing" | "succeed" | "failed" | "unknown">()
    expectTypeOf<core.Submitted>().toEqualTypeOf<{ readonly handle: string; readonly task: core.Task }>()
    expectTypeOf<core.Plan["quote"]>().toEqualTypeOf<core.Quote>()
    expectTypeOf<core.Quote["state"]>().toEqualTypeOf<"exact" | "estimate" | "unknown">()
    expectTypeOf<keyof core.PromiseClientOptions>().toEqualTypeOf<
      "apiKey" | "accessKey" | "secretKey" | "region" | "baseUrl"
    >()
  })
})

describe("the input of an operation", () => {
  it("requires what Kling requires and knows every enum value", () => {
    type T2v = Input<"new.t2v.kling-3.0">
    expectTypeOf<T2v["prompt"]>().toEqualTypeOf<string>()
    expectTypeOf<T2v["resolution"]>().toEqualTypeOf<"720p" | "1080p" | "4k" | undefined>()
    expectTypeOf<T2v["durationSeconds"]>().toEqualTypeOf<number | undefined>()
    expectTypeOf<{ readonly prompt: string }>().toExtend<T2v>()
    expectTypeOf<{ readonly resolution: "720p" }>().not.toExtend<T2v>()
    expectTypeOf<{ readonly prompt: string; readonly resolution: "8k" }>().not.toExtend<T2v>()
  })

  it("accepts any model name, but suggests the known ones", () => {
    type Legacy = Input<"legacy.text2video">
    expectTypeOf<{ readonly model: "kling-v9" }>().toExtend<Legacy>()
    expectTypeOf<{ readonly model: 3 }>().not.toExtend<Legacy>()
  })

  it("types arrays and objects as declared, long ids as strings", () => {
    type I2v = Input<"new.i2v.kling-3.0">
    type Element = NonNullable<I2v["elements"]>[number]
    expectTypeOf<Element>().toExtend<{ readonly elementId: string; readonly id: string }>()
    expectTypeOf<{ readonly elementId: string }>().not.toExtend<Element>()
    expectTypeOf<{ readonly elementId: number; readonly id: string }>().not.toExtend<Element>()
    expectTypeOf<Input<"legacy.image2video">["elements"]>().toEqualTypeOf<ReadonlyArray<string> | undefined>()
  })
})

describe("submit and call", () => {
  it("take what makes a task, and what answers at once", () => {
    type Submitted = Parameters<core.PromiseClient["submit"]>[0]
    type Called = Parameters<core.PromiseClient["call"]>[0]
    expectTypeOf<"new.t2v.kling-3.0" | "legacy.elements.create">().toExtend<Submitted>()
    expectTypeOf<"legacy.tts" | "account.costs" | "legacy.voices.delete">().toExtend<Called>()
    expectTypeOf<Submitted & Called>().toEqualTypeOf<never>()
    expectTypeOf<Submitted | Called>().toEqualTypeOf<core.OperationId>()
    const isTask = ({ kind }: core.AnyOperation) => kind === "create"
    expect(core.catalog.filter(isTask).map(({ id }) => id)).toContain("legacy.voices.create")
  })

  it("of the service take an operation of their kind", () => {
    const { "new.t2v.kling-3.0": video, "legacy.tts": speech } = core.operations
    type Service = core.Kling["Service"]
    const typed = (kling: Service) => {
      void kling.submit(video, video.example)
      void kling.call(speech, speech.example)
      // @ts-expect-error It answers at once.
      void kling.submit(speech, speech.example)
      // @ts-expect-error It makes a task.
      void kling.call(video, video.example)
    }
    expect(typed).toBeTypeOf("function")
  })
})

describe("the output of an operation", () => {
  it("is what Kling returns synchronously", () => {
    type Costs = core.OutputOfId<"account.costs">
    expectTypeOf<
      NonNullable<Costs["resource_pack_subscribe_infos"]>[number]["remaining_quantity"]
    >().toEqualTypeOf<number>()
  })

  it("of a promise client's call has the type of its operation", () => {
    const call = (kling: core.PromiseClient) => kling.call("account.costs", { startTime: 0, endTime: 1 })
    expectTypeOf(call).returns.toEqualTypeOf<Promise<core.OutputOfId<"account.costs">>>()
  })
})
