import { expect, it } from "vitest"
import { contradictions, type Remains } from "./check-history.ts"

const [one, other] = ["kk-img-1", "kk-img-2"]
const answerWith = (text: string) => ({
  status: 200,
  headers: new Headers(),
  id: 1,
  text,
  isError: false,
  result: {}
})
const paidOnce = { caller: "anna", tool: "generate_image", key: "anna 0", answer: answerWith(`Task ID: ${one}`) }
const sound: Remains = {
  events: [paidOnce, paidOnce, { caller: "anna", tool: "wait_for_task", about: one, answer: answerWith(`of ${one}`) }],
  tasks: [{ externalTaskId: one, status: "succeed" }],
  charges: [{ externalTaskId: one }],
  rows: [{ handle: one, state: "SUCCEEDED", principal: "key:anna" }],
  files: [`${one}-1.png`]
}

it("a history that keeps the promise has no contradictions", () => {
  expect(contradictions(sound)).toEqual([])
})

it.each<[string, Partial<Remains>]>([
  ["has the tasks", { events: [paidOnce, { ...paidOnce, answer: answerWith(`Task ID: ${other}`) }] }],
  ["is 2 tasks at Kling", { tasks: [...sound.tasks, ...sound.tasks] }],
  ["was charged 2 times", { charges: [...sound.charges, ...sound.charges] }],
  ["is not its caller's", { rows: [{ handle: one, state: "SUCCEEDED", principal: "key:ben" }] }],
  ["was acknowledged and is ACCEPTED", { rows: [{ handle: one, state: "ACCEPTED", principal: "key:anna" }] }],
  ["was acknowledged and is SUCCEEDED", { tasks: [], files: [] }],
  ["and the ledger nothing", { tasks: [...sound.tasks, { externalTaskId: other, status: "succeed" }] }],
  ["answered: of another", { events: [{ ...paidOnce, about: one, answer: answerWith("of another") }] }],
  ["is of no task", { files: [`${other}-1.png`] }]
])("that something %s is found", (words, change) => {
  expect(contradictions({ ...sound, ...change }).join("\n")).toContain(words)
})
