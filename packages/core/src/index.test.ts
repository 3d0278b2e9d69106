import { describe, expect, expectTypeOf, it } from "vitest"
import * as core from "./index.ts"

type Input<Id extends core.OperationId> = core.InputOfId<Id>

describe("the public names", () => {
  it("are these values: taking one away breaks a program somewhere", () => {
    expect(Object.keys(core).toSorted()).toMatchInlineSnapshot(`
      [
        "CallbackError",
        "Kling",
        "KlingError",
        "anySound",
        "anyVideo",
        "bareBase64",
        "baseUrlFromConfig",
        "catalog",
        "chargeText",
        "chargedUsd",
        "checkInput",
        "createKling",
        "credentialsFromConfig",
        "defaultImageModel",
        "defaultVideoModel",
        "derivedReads",
        "describeRequest",
        "endOfScene",
        "exactNumber",
        "families",
        "familyOfHandle",
        "findImageModel",
        "findKlingCode",
        "findOperation",
        "findVideoModel",
        "imageModels",
        "imageUnits",
        "inputJsonSchema",
        "invalidInput",
        "isExperimental",
        "isFinished",
        "klingCodes",
        "klingConfig",
        "klingFromOptions",
        "legacyImage",
        "lipSyncOf",
        "lipSyncRate",
        "mintHandle",
        "mostUsd",
        "nearestWord",
        "newImage",
        "openScenes",
        "operations",
        "parseJson",
        "picturesOfScene",
        "planImage",
        "planOperation",
        "planVideo",
        "pollDelaySeconds",
        "quotedText",
        "readBody",
        "readCallback",
        "readPicture",
        "receiptOf",
        "regionUrls",
        "retiredModels",
        "retryPolicy",
        "stringifyJson",
        "submitDeadlineMillis",
        "successorOf",
        "sumOfQuotes",
        "taskFrom",
        "unitUsd",
        "unitsPerCall",
        "untrustedText",
        "usdText",
        "usualSecondsOf",
        "verifyCallback",
        "videoModels",
        "videoUnitsPerSecond",
        "writeBody",
      ]
    `)
  })

  it("are these types as well", () => {
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
  it("asks for what Kling requires and knows every word", () => {
    type T2v = Input<"new.t2v.kling-3.0">
    expectTypeOf<T2v["prompt"]>().toEqualTypeOf<string>()
    expectTypeOf<T2v["resolution"]>().toEqualTypeOf<"720p" | "1080p" | "4k" | undefined>()
    expectTypeOf<T2v["durationSeconds"]>().toEqualTypeOf<number | undefined>()
    expectTypeOf<{ readonly prompt: string }>().toExtend<T2v>()
    expectTypeOf<{ readonly resolution: "720p" }>().not.toExtend<T2v>()
    expectTypeOf<{ readonly prompt: string; readonly resolution: "8k" }>().not.toExtend<T2v>()
  })

  it("leaves a model's name open, but suggests those that are known", () => {
    type Legacy = Input<"legacy.text2video">
    expectTypeOf<{ readonly model: "kling-v9" }>().toExtend<Legacy>()
    expectTypeOf<{ readonly model: 3 }>().not.toExtend<Legacy>()
  })

  it("holds lists and records as they are declared, long ids as text", () => {
    type I2v = Input<"new.i2v.kling-3.0">
    type Element = NonNullable<I2v["elements"]>[number]
    expectTypeOf<Element>().toExtend<{ readonly elementId: string; readonly id: string }>()
    expectTypeOf<{ readonly elementId: string }>().not.toExtend<Element>()
    expectTypeOf<{ readonly elementId: number; readonly id: string }>().not.toExtend<Element>()
    expectTypeOf<Input<"legacy.image2video">["elements"]>().toEqualTypeOf<ReadonlyArray<string> | undefined>()
  })
})

describe("the output of an operation", () => {
  it("is what Kling answers at once", () => {
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
