import type { Client } from "@modelcontextprotocol/client"

type Tool = Awaited<ReturnType<Client["listTools"]>>["tools"][number]

/** What the stranger knows of the world beyond the server: what the person wants. */
export interface Wish {
  readonly prompt: string
}

/** One step: the words that led to it, the call, and the words that came back. */
export interface Step {
  readonly because: string
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly answer: string
}

/** More than a film takes; a stranger who is led in circles gives up. */
const patience = 20

/**
 * A client that has never heard of Kling. It calls what the server's instructions name first, and from there on only what
 * the answer before has named; arguments come from the wish or from a line `Name: value` of an earlier answer.
 */
export const walk = async (client: Client, wish: Wish): Promise<ReadonlyArray<Step>> => {
  const { tools } = await client.listTools()
  const steps: Array<Step> = []
  let because = client.getInstructions() ?? ""
  while (steps.length < patience) {
    const tool = toolNamedIn(because, tools)
    if (tool === undefined) break
    const args = argumentsFor(tool, wish, steps)
    const { content } = await client.callTool({ name: tool.name, arguments: args })
    const answer = content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n")
    steps.push({ because, tool: tool.name, args, answer })
    because = /^Next: (.*)$/m.exec(answer)?.[1] ?? ""
  }
  return steps
}

/** The first tool that a text names. */
const toolNamedIn = (text: string, tools: ReadonlyArray<Tool>): Tool | undefined => {
  const [name] = text.match(/\b[a-z]+(_[a-z]+)+\b/g)?.filter((word) => tools.some((tool) => tool.name === word)) ?? []
  return tools.find((tool) => tool.name === name)
}

/** What the tool's own schema requires, and no more. */
const argumentsFor = (tool: Tool, wish: Wish, steps: ReadonlyArray<Step>): Record<string, unknown> =>
  Object.fromEntries(
    (tool.inputSchema.required ?? []).map((name) => [name, name in wish ? wish[name as keyof Wish] : told(name, steps)])
  )

/** `task_id` as the line `Task ID: ...` told it last. */
const told = (name: string, steps: ReadonlyArray<Step>): string | undefined => {
  const line = new RegExp(String.raw`^${name.replaceAll("_", " ")}: (\S+)$`, "im")
  return steps.flatMap(({ answer }) => line.exec(answer)?.[1] ?? []).at(-1)
}
