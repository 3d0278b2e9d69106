import { describe, expect, it } from "vitest"
import { LineReader } from "./line-reader.ts"
import { readMessages } from "./read-messages.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

describe("reading lines", () => {
  it("answers a line over the limit by its id, keeps none of it, and reads the next", () => {
    const reader = new LineReader(100)
    expect(reader.push(bytes('{"jsonrpc":"2.0","method":"tools/call","params":{"x":"'))).toEqual([])
    for (let chunk = 0; chunk < 50; chunk += 1) expect(reader.push(bytes("y".repeat(90)))).toEqual([])
    const [large, small] = reader.push(bytes('"},"id":"large"}\n{"jsonrpc":"2.0","id":2,"method":"ping"}\n'))
    if (large === undefined || small === undefined) throw new Error("two lines have ended")
    expect(large.chunks).toBeUndefined()
    const { refusals, reports, isTooLarge } = readMessages(large, 100)
    expect(isTooLarge).toBe(true)
    expect(refusals).toMatchObject([{ id: '"large"', code: -32_600, message: expect.stringContaining("at most 100") }])
    expect(reports).toEqual([expect.stringContaining('refused request "large"')])
    expect(readMessages(small, 100).messages).toEqual([{ jsonrpc: "2.0", id: 2, method: "ping" }])
  })

  it("answers no response that is over the limit, since it is not a request", () => {
    const reader = new LineReader(100)
    const [line] = reader.push(bytes(`{"id":1,"result":{"x":"${"y".repeat(200)}"}}\n`))
    if (line === undefined) throw new Error("a line has ended")
    expect(readMessages(line, 100).refusals.map(({ id }) => id)).toEqual(["null"])
  })

  it("refuses text that is not UTF-8, since it would be another request", () => {
    const line = bytes('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}\n')
    line[line.indexOf(0x78)] = 0xff
    const [frame] = new LineReader().push(line)
    if (frame === undefined) throw new Error("a line has ended")
    expect(readMessages(frame, 1000).refusals).toMatchObject([{ id: "1", code: -32_700 }])
  })

  it("joins a character that was cut between two chunks", () => {
    const reader = new LineReader()
    const line = bytes('{"jsonrpc":"2.0","id":"名","method":"ping"}\n')
    const middle = line.indexOf(0xe5) + 1
    expect(reader.push(line.subarray(0, middle))).toEqual([])
    const [frame] = reader.push(line.subarray(middle))
    if (frame === undefined) throw new Error("a line has ended")
    expect(readMessages(frame, 1000).messages).toEqual([{ jsonrpc: "2.0", id: "名", method: "ping" }])
  })

  it("gives the last line, which has no end", () => {
    const reader = new LineReader()
    reader.push(bytes('{"jsonrpc":"2.0","id":1,"method":"ping"}'))
    expect(readMessages(reader.end(), 1000).messages).toHaveLength(1)
    expect(readMessages(reader.end(), 1000)).toMatchObject({ messages: [], refusals: [], reports: [] })
  })
})
