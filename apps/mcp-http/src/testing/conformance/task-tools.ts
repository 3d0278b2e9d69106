import type { selectedTools } from "@klingkit/mcp"
import { Effect } from "effect"

type Tool = Effect.Success<ReturnType<typeof selectedTools>>[number]

/** One tool that answers at once, and three whose work goes on: tasks of Kling, by the tool that makes pictures. */
export const taskTools = (tools: ReadonlyArray<Tool>): ReadonlyArray<Tool> => {
  const pictures = tools.find(({ name }) => name === "generate_image")
  if (pictures === undefined) throw new Error("generate_image is not there")
  let made = 0
  const picture = (words: string) => ({ prompt: `${words} ${++made}` })
  const working = (name: string): Tool => ({
    ...pictures,
    name,
    inputSchema: { type: "object", properties: { seconds: { type: "number" }, label: { type: "string" } } },
    call: () => pictures.call(picture(name))
  })
  const greet: Tool = {
    ...pictures,
    name: "greet",
    charged: false,
    inputSchema: { type: "object", properties: { name: { type: "string" } } },
    outputSchema: { type: "object", properties: {} },
    call: (args) => Effect.succeed({ lines: [`Hello, ${(args as { name: string }).name}!`], facts: {} })
  }
  return [greet, ...["slow_compute", "failing_job", "confirm_delete"].map(working)]
}
