import { afterAll, beforeAll, expect, it } from "vitest"
import { readText } from "../house/source-file.ts"
import { addKey } from "./access-key.ts"
import { startHosted } from "./hosted-server.ts"

let hosted: Awaited<ReturnType<typeof startHosted>>
beforeAll(async () => {
  hosted = await startHosted({ KLINGKIT_AUTH_KEYS: "on" })
})
afterAll(() => hosted.close())

/** The commands of the page, without the line that sets their variables. */
const commands = (): ReadonlyArray<string> => {
  const block = /```sh\n([^]*?)```/.exec(readText("docs/rest.md"))?.[1] ?? ""
  return block.split("\n").filter((line) => line.startsWith("curl "))
}

/** What cURL does with this command line; only the flags that the documentation uses are known. */
const curl = (line: string): Promise<Response> => {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare
  )
  const headers = new Headers()
  let body: string | undefined
  let url = ""
  for (let word = words[1], index = 1; word !== undefined; word = words[++index]) {
    if (word === "-H") {
      const [name = "", ...value] = words[++index]?.split(": ") ?? []
      headers.set(name, value.join(": "))
    } else if (word === "--json") {
      body = words[++index]
      headers.set("content-type", "application/json")
      headers.set("accept", "application/json")
    } else if (word.startsWith("-")) throw new Error(`unknown flag ${word}`)
    else url = word
  }
  return fetch(url, { headers, ...(body === undefined ? {} : { method: "POST", body }) })
}

it("the documented commands work as they stand, one after the other", async () => {
  const auth = `Authorization: Bearer ${await addKey(hosted.settings, "anna")}`
  const run = async (line: string, id = "") => {
    const filled = line.replaceAll("$AUTH", auth).replaceAll("$API", `${hosted.origin}/v1`).replaceAll("TASK_ID", id)
    return (await curl(filled)).json() as Promise<Readonly<Record<string, unknown>>>
  }
  const [quote = "", submit = "", wait = "", ...others] = commands()
  expect(others).toEqual([])
  expect(await run(quote)).toMatchObject({ quote: { usd: 0.42 } })
  expect((await hosted.kling.ledger()).tasks).toEqual([])
  const { task_id: id } = await run(submit)
  expect((await run(submit))["task_id"]).toBe(id)
  expect((await hosted.kling.ledger()).tasks).toMatchObject([{ externalTaskId: id }])
  await hosted.kling.finishTasks()
  expect(await run(wait, String(id))).toMatchObject({ status: "succeed", outputs: [{ type: "video" }] })
}, 60_000)
