import { describe, expect, it } from "vitest"
import { readText } from "../house/source-file.ts"
import { brokenLinks, readPages } from "./links.ts"

describe("links of the docs", () => {
  it("lead somewhere", () => {
    const pages = readPages()
    expect(pages).toContain("docs/reference/README.md")
    expect(pages.flatMap((page) => brokenLinks(page, readText(page)))).toEqual([])
  })

  it.each([
    ["a file that is gone", "[x](gone.md)"],
    ["a heading that is gone", "# Here\n[x](#there)"],
    ["a heading that is gone from another page", "[x](models.md#gone)"],
    ["a folder above that is gone", "[x](../../gone/)"]
  ])("would be caught leading to %s", (_, text) => {
    expect(brokenLinks("docs/reference/a.md", text)).toHaveLength(1)
  })

  it("may lead to a heading, a page, a folder and the web, and code is no link", () => {
    const text = "# Two words: 2.6\n[a](#two-words-26) [b](../adr/) [c](https://example.com)\n```\n[d](gone.md)\n```\n"
    expect(brokenLinks("docs/reference/models.md", text)).toEqual([])
    expect(brokenLinks("docs/reference/a.md", "[v](models.md#video) [m](models.md)")).toEqual([])
  })
})
