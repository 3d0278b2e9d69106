import type { McpUiStyles } from "@modelcontextprotocol/ext-apps/app-bridge"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type BoardPage, openProduct, type Product } from "./open-board.ts"
import { makeBoardStates, type BoardStates } from "./board-states.ts"

let product: Product
let states: BoardStates
beforeAll(async () => {
  product = await openProduct()
  states = await makeBoardStates(product)
})
afterAll(() => product.close())

/** Runs in the page: text with too little contrast, as `ratio text`. */
const lowContrastTexts = (): ReadonlyArray<string> => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
  const rgb = (color: string): ReadonlyArray<number> => {
    if (canvas === null) return []
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data]
  }
  const luminance = (color: ReadonlyArray<number>): number => {
    const [r = 0, g = 0, b = 0] = color.map((part) =>
      part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4
    )
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const backgroundOf = (element: Element | null): ReadonlyArray<number> => {
    if (element === null) return rgb("Canvas")
    const color = rgb(getComputedStyle(element).backgroundColor)
    return (color[3] ?? 0) > 250 ? color : backgroundOf(element.parentElement)
  }
  return [...document.querySelectorAll<HTMLElement>("main *")].flatMap((element) => {
    const text = [...element.childNodes].flatMap((node) =>
      node.nodeType === Node.TEXT_NODE ? (node.textContent?.trim() ?? "") : []
    )
    if (
      text.join("") === "" ||
      element.closest("video, audio, .visually-hidden") !== null ||
      element.offsetParent === null
    )
      return []
    const style = getComputedStyle(element)
    const [a, b] = [luminance(rgb(style.color)), luminance(backgroundOf(element))]
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    const minimum = Number.parseFloat(style.fontSize) >= 24 ? 3 : 4.5
    return ratio >= minimum ? [] : [`${ratio.toFixed(2)} ${text.join(" ").slice(0, 40)}`]
  })
}

/** Runs in the page: accessibility problems, such as missing names and content that is cut off. */
const accessibilityProblems = (): ReadonlyArray<string> => {
  const visible = [
    ...document.querySelectorAll<HTMLElement>("button, textarea, video, audio, img, section, ul, ol, dl")
  ].filter((element) => element.offsetParent !== null && element.closest("[aria-hidden=true]") === null)
  const nameOf = (element: HTMLElement): string =>
    element.getAttribute("aria-label") ??
    document.getElementById(element.getAttribute("aria-labelledby") ?? "")?.textContent ??
    (element instanceof HTMLTextAreaElement ? element.labels[0]?.textContent : element.textContent) ??
    ""
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id)
  const main = document.documentElement
  return [
    ...visible
      .filter(
        (element) => /^(BUTTON|TEXTAREA|VIDEO|AUDIO|SECTION)$/.test(element.tagName) && nameOf(element).trim() === ""
      )
      .map((element) => `${element.tagName} ${element.id} has no name`),
    ...visible
      .filter((element) => element instanceof HTMLImageElement && element.alt === "")
      .map(() => "an image has no alt text"),
    ...[...document.querySelectorAll("[aria-controls]")]
      .map((element) => element.getAttribute("aria-controls") ?? "")
      .filter((id) => !ids.includes(id))
      .map((id) => `no element #${id}`),
    ...(new Set(ids).size === ids.length ? [] : ["an id is used twice"]),
    ...(document.querySelectorAll("h1").length === 1 ? [] : ["there is not exactly one main heading"]),
    ...(main.scrollWidth > main.clientWidth ? [`is ${main.scrollWidth} px wide in ${main.clientWidth}`] : []),
    ...visible
      .filter(
        (element) =>
          element.closest("#thumbnails") === null &&
          element.id !== "thumbnails" &&
          element.getBoundingClientRect().right > main.clientWidth + 0.5
      )
      .map((element) => `${element.tagName} ${element.id} overflows`)
  ]
}

describe.each([
  [320, "light"],
  [320, "dark"],
  [720, "light"],
  [1280, "dark"]
] as const)("the board at %i px, %s", (width, theme) => {
  let board: BoardPage
  beforeAll(async () => {
    board = await product.openPage({ width, theme })
    // Transitions would show intermediate colours.
    await board.page.emulateMedia({ reducedMotion: "reduce" })
  })
  afterAll(() => board.close())

  it.each(["running", "finished", "form", "picking", "compared", "nine", "large", "failed", "refused"] as const)(
    "is accessible: %s",
    async (name) => {
      await states[name](board)
      expect(await board.frame().evaluate(accessibilityProblems)).toEqual([])
      expect(await board.frame().evaluate(lowContrastTexts)).toEqual([])
      expect(board.violations).toEqual([])
    }
  )
})

describe("the board in a chat that changes its theme", () => {
  it("follows the theme and uses the colours that the chat defines", async () => {
    const board = await product.openPage({ theme: "light" })
    await states.finished(board)
    const background = () => board.frame().evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
    expect(await background()).toBe("rgb(255, 255, 255)")
    await board.changeContext({ theme: "dark" })
    await expect.poll(background).toBe("rgb(23, 24, 26)")
    await expect.poll(() => board.frame().evaluate(lowContrastTexts)).toEqual([])
    await board.changeContext({ styles: { variables: { "--color-background-primary": "#102030" } as McpUiStyles } })
    await expect.poll(background).toBe("rgb(16, 32, 48)")
    await board.close()
  })
})

describe("the board without a pointer", () => {
  let board: BoardPage
  beforeAll(async () => {
    board = await product.openPage()
  })

  it.each(["finished", "form", "compared", "nine", "large", "failed"] as const)(
    "reaches every control with the Tab key, and shows the focus: %s",
    async (name) => {
      await states[name](board)
      await board.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
      const controls = await board.frame().evaluate(() => {
        const elements = [...document.querySelectorAll<HTMLElement>("button, textarea, video[controls]")].filter(
          (element) => element.offsetParent !== null
        )
        elements.forEach((element, index) => element.setAttribute("data-walk", String(index)))
        return elements.map((_, index) => String(index))
      })
      const reached = new Set<string>()
      const withoutOutline: Array<string> = []
      for (let press = 0; press < controls.length * 3 + 20 && reached.size < controls.length; press++) {
        await board.page.keyboard.press("Tab")
        const at = await board.frame().evaluate(() => {
          const active = document.activeElement
          const outline = active === null ? "" : getComputedStyle(active).outlineStyle
          return { walk: active?.getAttribute("data-walk"), isMedia: active instanceof HTMLMediaElement, outline }
        })
        if (at.walk === null || at.walk === undefined) continue
        reached.add(at.walk)
        if (!at.isMedia && at.outline === "none") withoutOutline.push(at.walk)
      }
      expect([...reached].toSorted()).toEqual(controls.toSorted())
      expect(withoutOutline).toEqual([])
    }
  )

  it("does not move when reduced motion is requested", async () => {
    await board.page.emulateMedia({ reducedMotion: "reduce" })
    await states.running(board)
    const moving = await board.frame().evaluate(
      () =>
        [...document.querySelectorAll("*")].filter((element) => {
          const { animationName, transitionDuration } = getComputedStyle(element)
          return animationName !== "none" || transitionDuration.split(",").some((time) => Number.parseFloat(time) > 0)
        }).length
    )
    expect(moving).toBe(0)
  })

  it("enters and leaves full screen, which it fills", async () => {
    await states.finished(board)
    const click = (name: string) => board.board.getByRole("button", { name, exact: true }).click()
    await board.page.setViewportSize({ width: 1440, height: 900 })
    await click("Full screen")
    await expect
      .poll(() => board.frame().evaluate(() => document.documentElement.dataset["display"]))
      .toBe("fullscreen")
    const widthOfPlayer = async () => (await board.board.locator("#player").boundingBox())?.width ?? 0
    await expect.poll(widthOfPlayer).toBeGreaterThan(1000)
    await click("Leave full screen")
    await expect.poll(() => board.frame().evaluate(() => document.documentElement.dataset["display"])).toBe("inline")
    await expect.poll(widthOfPlayer).toBeLessThan(900)
  })
})
