import type { Schema } from "../../hosts/converted-tools.ts"

const bodyBytes = 4 * 1024 * 1024

export const call = (name: string, args: unknown) =>
  JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } })
const request = (method: string, params: object, id: string | number = 1) =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params })
const filled = (start: string, entry: string, end: string) =>
  start + entry.repeat(Math.floor((bodyBytes - start.length - end.length) / entry.length)) + end
const text = "x".repeat(bodyBytes - 500)
const keys = (count: number, length: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}`.padEnd(length, "k"), 1]))

/** Bodies of 4 MiB, each of a shape of its own. */
export const hostileBodies: Readonly<Record<string, string>> = {
  "a list of a million images": filled(
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"virtual_try_on","arguments":{"cloth_image_urls":["a"',
    ',"a"',
    "]}}}"
  ),
  "325,000 unknown settings": call("generate_video", keys(325_000, 6)),
  "1,990 long unknown settings": call("generate_video", keys(1990, 2000)),
  "1,990 long images": call("virtual_try_on", { cloth_image_urls: Array<string>(1990).fill("x".repeat(2000)) }),
  "a long name of a video model": call("generate_video", { prompt: "x", model_name: text }),
  "a long name of an image model": call("generate_image", { prompt: "x", model_name: text }),
  "lists in lists": filled('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":', "[", ""),
  "a batch of empty lists": filled("[1", ",[]", "]"),
  "a batch of what are no messages": `[${Array<number>(9000).fill(1).join()}]`,
  "a batch of tools/list": `[${Array.from({ length: 100 }, (_, id) => request("tools/list", {}, id)).join()}]`,
  "a batch of pings": filled(
    '[{"jsonrpc":"2.0","id":0,"method":"ping"}',
    ',{"jsonrpc":"2.0","id":1,"method":"ping"}',
    "]"
  ),
  "a long id": request("ping", {}, text),
  "a long method": request(text, {}),
  "a long name of a tool": request("tools/call", { name: text }),
  "a long name of a prompt": request("prompts/get", { name: text }),
  "a long URI": request("resources/read", { uri: text }),
  "a long task id": request("tasks/get", { taskId: text }),
  "a long revision": request("initialize", { protocolVersion: text, capabilities: {}, clientInfo: {} }),
  "a long reference": request("completion/complete", {
    ref: { type: "ref/prompt", name: text },
    argument: { name: "x", value: "" }
  }),
  "a long log level": request("logging/setLevel", { level: text }),
  "quotes and backslashes": filled('{"id":1,"method":"ping","params":"', '\\"\\\\', ""),
  "bytes that are not JSON": filled("", "{]", "")
}

interface Listed {
  readonly name: string
  readonly inputSchema: Schema & { readonly required?: ReadonlyArray<string> }
}

/** For each argument that tools have: one text of 4 MiB in its place, and as many entries as are read where it takes a list. */
export const hostileArguments = (tools: ReadonlyArray<Listed>): Readonly<Record<string, string>> => {
  const played = new Set<string>()
  return Object.fromEntries(
    tools.flatMap(({ name, inputSchema: { properties = {}, required = [] } }) => {
      const others = Object.fromEntries(required.map((argument) => [argument, exampleOf(properties[argument])]))
      return Object.entries(properties).flatMap(([argument, { type }], index) => {
        // What several tools have is read alike by all; of each tool one argument is played in any case.
        if (played.has(argument) && index > 0) return []
        played.add(argument)
        const bodies: Record<string, string> = {
          [`${name}: a long ${argument}`]: call(name, { ...others, [argument]: type === "array" ? [text] : text })
        }
        if (type === "array") bodies[`${name}: many ${argument}`] = call(name, { ...others, [argument]: many })
        return Object.entries(bodies)
      })
    })
  )
}

const many = Array<string>(9900).fill("x".repeat(400))
const exampleOf = (schema: Schema | undefined) => schema?.enum?.[0] ?? (schema?.type === "array" ? ["x"] : "x")
