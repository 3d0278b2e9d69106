import { describe, expect, it } from "vitest"
import { JsonScanner } from "./scan-json.ts"

const scan = (text: string, chunkBytes = 7) => {
  const bytes = new TextEncoder().encode(text)
  const scanner = new JsonScanner()
  for (let from = 0; from < bytes.length; from += chunkBytes) scanner.push(bytes.subarray(from, from + chunkBytes))
  return scanner.end()
}

describe("scanning JSON-RPC", () => {
  it.each([
    ['{"id":1,"method":"ping"}', ["1"]],
    ['{"method":"ping","params":{"id":2,"x":"\\"id\\":3"},"id":1}', ["1"]],
    ['{"method":"ping","params":{"a":[{"id":2}]},"id" : -1.5e3 }', ["-1.5e3"]],
    ['{"id":"a\\"}\\\\","method":"x"}', ['"a\\"}\\\\"']],
    ['{"id":"名","method":"x"}', ['"名"']],
    ['{"method":"id","params":["id",1]}', [undefined]],
    ['{"id":{"id":1},"method":"x"}', [undefined]],
    ['{"id":true,"method":"x"}', [undefined]],
    ['{"id":null,"method":"x"}', [undefined]],
    ['{"id":1,"method":"x","id":2}', ["2"]],
    ['[{"id":1,"method":"x"},7,[{"id":9}],{"id":"b","method":"y"}]', ["1", '"b"']],
    ['{"id":1,"method":"x","params":{"prompt":"breaks of', ["1"]],
    ['\ufeff {"id":1}', ["1"]],
    ["nothing", []]
  ])("finds the id of each message: %s", (text, ids) => {
    for (const chunkBytes of [1, 2, 5, 1000]) {
      expect(scan(text, chunkBytes).messages.map(({ id }) => id)).toEqual(ids)
    }
  })

  it("agrees with JSON.parse, however a message is cut", () => {
    const awkward = {
      "": null,
      id: { id: [-1, "}"] },
      'a"\\': '\\",{"id":5}',
      deep: [[[{ id: "x" }], 1e-7]],
      名: "\u2028"
    }
    for (const id of [0, -7, 2 ** 53, 1.25, "", "id", '\\"', "\t名", "{"]) {
      const orders = [
        { id, params: awkward },
        { params: awkward, id },
        { a: 1, id, b: [awkward] }
      ]
      for (const json of orders.flatMap((order) => [JSON.stringify(order), JSON.stringify(order, null, 1)])) {
        for (let chunkBytes = 1; chunkBytes < 40; chunkBytes += 1) {
          expect(JSON.parse(scan(json, chunkBytes).messages[0]?.id ?? "null")).toEqual(id)
        }
      }
    }
  })

  it.each([
    ["objects", "[".repeat(101)],
    ["lists", `{"a":${'{"a":'.repeat(100)}`],
    ["fields", `{${'"a":1,'.repeat(10_001)}`],
    ["entries", `[${"1,".repeat(10_001)}`],
    ["empty lists", `[${"[]".repeat(10_001)}`]
  ])("notices too many %s", (_, text) => {
    expect(scan(text).isTooComplex).toBe(true)
  })

  it("takes text for text, whatever is in it", () => {
    expect(scan(JSON.stringify({ id: 1, params: { prompt: '[{,"'.repeat(20_000) } })).isTooComplex).toBe(false)
  })

  it("knows a response, and a blank line", () => {
    expect(scan('{"id":1,"result":{"method":"x"}}').messages).toEqual([{ id: "1", isResponse: true }])
    expect(scan('{"id":1,"method":"x","params":{"result":1}}').messages).toEqual([{ id: "1", isResponse: false }])
    expect(scan(" \t\r\ufeff").isBlank).toBe(true)
    expect(scan("{}").isBlank).toBe(false)
  })
})
