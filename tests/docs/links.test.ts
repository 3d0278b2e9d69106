import { describe, expect, it } from "vitest"
import { readText } from "../house/source-file.ts"
import { brokenLinks, readPages } from "./links.ts"

describe("links in the docs", () => {
  it("resolve", () => {
    const pages = readPages()
    expect(pages).toContain("docs/reference/README.md")
    expect(pages.flatMap((page) => brokenLinks(page, readText(page)))).toEqual([])
  })

  it.each([
    ["a missing file", "[x](gone.md)"],
    ["a missing heading", "# Here\n[x](#there)"],
    ["a missing heading on another page", "[x](models.md#gone)"],
    ["a missing parent folder", "[x](../../gone/)"]
  ])("are reported when broken: %s", (_, text) => {
    expect(brokenLinks("docs/reference/a.md", text)).toHaveLength(1)
  })

  it("may point to a heading, a page, a folder and the web; code is not a link", () => {
    const text = "# Two words: 2.6\n[a](#two-words-26) [b](../adr/) [c](https://example.com)\n```\n[d](gone.md)\n```\n"
    expect(brokenLinks("docs/reference/models.md", text)).toEqual([])
    expect(brokenLinks("docs/reference/a.md", "[v](models.md#video) [m](models.md)")).toEqual([])
  })
})
