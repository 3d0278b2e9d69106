import { expect, it } from "@effect/vitest"
import { nameForStep } from "./name-for-step.ts"

const two = { pipeline: "kk-chain-1", step: "two", index: 1, count: 3 }

it.each([
  [{}, "kk-chain-1-two"],
  [{ fileName: "walk.mp4" }, "walk-two.{ext}"],
  [{ fileName: "walk {1}.mp4" }, "walk -1--two.{ext}"],
  [{ nameTemplate: "{date}/{model}" }, "{date}/{model}-two"],
  [{ nameTemplate: "{date}.{ext}" }, "{date}-two.{ext}"],
  [{ nameTemplate: "{step}/{prompt}" }, "two/{prompt}"],
  [{ nameTemplate: "{id}.mp4" }, "two.mp4"],
  [{ nameTemplate: "shot {index}" }, "shot 2"]
])("names the file of a step by %j", (options, nameTemplate) => {
  expect(nameForStep(options, two)).toEqual({ nameTemplate })
})

it("names the files of steps apart, whatever the steps are called", () => {
  const name = (step: string) => nameForStep({ nameTemplate: "{step}" }, { ...two, step }).nameTemplate
  expect(name("../{date}")).toBe("..--date-")
})

it("keeps the name of a single result", () => {
  const single = { ...two, index: 0, count: 1 }
  expect(nameForStep({ fileName: "talk.mp4", folder: "/out" }, single)).toEqual({
    fileName: "talk.mp4",
    folder: "/out"
  })
  expect(nameForStep({ nameTemplate: "{handle}-{index}" }, single)).toEqual({ nameTemplate: "kk-chain-1-{index}" })
})
