import { describe, expect, it } from "vitest"
import { connectedClient, wires } from "./testing/connected-client.ts"
import { emulatedServices } from "./testing/emulated-services.ts"

const submit = { name: "generate_video", arguments: { prompt: "a cat" } }

/** The requests about tasks; what identifies the account is read besides. */
const methodsOf = async (control: ReturnType<typeof emulatedServices>["control"]): Promise<ReadonlyArray<string>> => {
  const { requests } = await control("GET requests")
  const sent = requests as ReadonlyArray<{ readonly method: string; readonly path: string }>
  return sent.filter(({ path }) => path !== "/account/costs").map(({ method }) => method)
}

describe.each(wires)("a caller that disconnects on a %s", (wire) => {
  it("changes nothing about the job or its price", async () => {
    const { services, control, injectFault, pass } = emulatedServices()
    const client = await connectedClient(services, wire)
    await injectFault({ fault: "commit-then-hang" })
    const leaving = new AbortController()
    const call = client.callTool(submit, { signal: leaving.signal })
    await expect.poll(async () => (await control("GET ledger")).tasks).toHaveLength(1)
    leaving.abort()
    await expect(call).rejects.toBeInstanceOf(Error)
    await pass(300)
    const { tasks, charges } = await control("GET ledger")
    expect(tasks).toMatchObject([{ status: "succeed" }])
    expect(charges).toHaveLength(1)
    // An interrupted call is still reconciled: by a lookup, never by a second create.
    expect(await methodsOf(control)).toEqual(["POST", "GET"])
  })

  it("ends the wait, and the task continues", async () => {
    const { services, control, pass } = emulatedServices()
    const client = await connectedClient(services, wire)
    const { structuredContent } = await client.callTool(submit)
    const { task_id } = structuredContent as { readonly task_id: string }
    const asked = async () => (await methodsOf(control)).length
    const leaving = new AbortController()
    const wait = client.callTool({ name: "wait_for_task", arguments: { task_id } }, { signal: leaving.signal })
    await expect.poll(asked).toBe(2)
    leaving.abort()
    await expect(wait).rejects.toBeInstanceOf(Error)
    // Over HTTP the server hears of it a little later.
    await client.listTools()
    await pass(45)
    // A stateless server of 2025 cannot tell which of its calls was cancelled; that wait ends by itself.
    const last = wire === "2025 HTTP" ? await asked() : 2
    expect(await asked()).toBe(last)
    await pass(300)
    expect(await asked()).toBe(last)
    const after = await client.callTool({ name: "check_video_status", arguments: { task_id } })
    expect(after.structuredContent).toMatchObject({ status: "succeed" })
  })
})

describe.each(wires)("arguments of more elements than any request has, on a %s", (wire) => {
  it("are refused in a short answer, before anything is sent", async () => {
    const { services, control } = emulatedServices()
    const client = await connectedClient(services, wire)
    const cloth_image_urls = Array.from({ length: 3000 }, (_, index) => index)
    const call = {
      name: "virtual_try_on",
      arguments: { human_image_url: "https://example.com/a.png", cloth_image_urls }
    }
    const answer = await client.callTool(call).then(
      ({ isError, content }) => ({ isError, text: JSON.stringify(content) }),
      (error: unknown) => ({ isError: true, text: String(error) })
    )
    expect(answer.isError).toBe(true)
    expect(answer.text.length).toBeLessThan(2000)
    expect((await control("GET requests")).requests).toEqual([])
  })
})
