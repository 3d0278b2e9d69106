import { skills } from "@klingkit/tools"
import { describe, expect, it } from "vitest"
import { connectedClient, wires } from "./testing/connected-client.ts"
import { emulatedServices } from "./testing/emulated-services.ts"
import { modernRequests, resultOf } from "./testing/modern-requests.ts"

const uri = "skill://klingkit/prompting-kling/SKILL.md"

interface Entry {
  readonly uri: string
  readonly frontmatter: { readonly name: string; readonly description: string }
  readonly resources: ReadonlyArray<{ readonly uri: string; readonly digest: string; readonly size: number }>
}

describe("the guide as a skill", () => {
  it("is listed with its digest, and read as it was listed", async () => {
    const send = modernRequests(emulatedServices().services, { extensions: { "io.modelcontextprotocol/skills": {} } })
    const listed = await send("skills/list", {})
    expect(listed.result).toMatchObject({ ttlMs: 3_600_000, cacheScope: "public" })
    const [entry] = resultOf(listed)["skills"] as ReadonlyArray<Entry>
    expect(entry).toMatchObject({ uri, frontmatter: { name: "prompting-kling" } })
    expect(JSON.stringify((await send("skills/get", { uri })).result)).toContain(JSON.stringify(entry))
    const read = resultOf(await send("resources/read", { uri }))
    const [{ text } = { text: "" }] = read["contents"] as ReadonlyArray<{ readonly text: string }>
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))
    expect(JSON.stringify(entry)).toContain(Buffer.from(digest).toString("hex"))
    expect((await send("skills/get", { uri: "skill://klingkit/other/SKILL.md" })).error).toMatchObject({
      code: -32_602
    })
  })
})

describe.each(wires)("the guide on a %s", (wire) => {
  it("is found and read by a host that knows resources only", async () => {
    const client = await connectedClient(emulatedServices().services, wire)
    expect((await client.listResources()).resources).toContainEqual(
      expect.objectContaining({ uri, mimeType: "text/markdown", description: skills[0]?.description })
    )
    const [content] = (await client.readResource({ uri })).contents
    const text = content !== undefined && "text" in content ? content.text : ""
    expect(text).toMatch(/^---\nname: prompting-kling\ndescription: ".*"\n---\n\n# Prompting Kling\n/)
    await expect(client.readResource({ uri: "skill://klingkit/../secret" })).rejects.toMatchObject({ code: -32_602 })
  })
})
