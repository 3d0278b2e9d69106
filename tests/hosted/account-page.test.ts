import { afterAll, beforeAll, expect, it } from "vitest"
import { openBrowser } from "../board/browser.ts"
import { addKey } from "./access-key.ts"
import { startHosted } from "./hosted-server.ts"
import { twoAccounts } from "./kling-accounts.ts"

let hosted: Awaited<ReturnType<typeof startHosted>>
let own: Awaited<ReturnType<typeof twoAccounts>>["own"]
let chromium: Awaited<ReturnType<typeof openBrowser>>
let key: string

beforeAll(async () => {
  const accounts = await twoAccounts()
  own = accounts.own
  hosted = await startHosted({ KLINGKIT_AUTH_KEYS: "on", KLINGKIT_SECRET: "of a test" }, { kling: accounts.kling })
  key = await addKey(hosted.settings, "anna")
  chromium = await openBrowser()
})
afterAll(async () => {
  await chromium.close()
  await hosted.close()
})

it("connects an account in a browser without scripts: signed in, a wrong key, the right one, its packs, and out", async () => {
  const context = await chromium.browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  const failures: Array<string> = []
  page.on("requestfailed", (request) => failures.push(request.url()))
  page.on("console", (message) => failures.push(message.text()))
  await page.goto(`${hosted.origin}/account`)
  await page.getByLabel("Access key of this server").fill(key)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByText("Signed in as key:anna").waitFor()

  await page.getByLabel("API key", { exact: true }).fill(`${own.apiKey.slice(0, -4)}0000`)
  await page.getByRole("button", { name: "Check and connect" }).click()
  expect(await page.getByRole("alert").innerText()).toMatch(
    /^Kling does not accept this key: .* Nothing was stored\.$/s
  )
  expect(await page.getByLabel("API key", { exact: true }).inputValue()).toBe("")

  await page.getByLabel("API key", { exact: true }).fill(own.apiKey)
  await page.getByLabel(/At most so many USD a day/).fill("2.50")
  await page.getByRole("button", { name: "Check and connect" }).click()
  expect(await page.getByRole("status").innerText()).toContain("Connected.")
  expect(new URL(page.url()).pathname).toBe("/account")
  const text = (await page.locator("main").innerText()).replaceAll(/\s+/g, " ")
  expect(text).toContain(`API key ending in ${own.apiKey.slice(-4)}`)
  expect(text).toMatch(/Emulator video pack \d+ units 5Con \d+ \d+ in use/)
  expect(text).toContain("2.5 USD (UTC day)")
  expect(await page.content()).not.toContain(own.apiKey)

  await page.getByRole("button", { name: "Disconnect" }).click()
  expect(await page.getByRole("status").innerText()).toContain("Disconnected.")
  await page.getByRole("button", { name: "Sign out" }).click()
  await page.getByLabel("Access key of this server").waitFor()
  expect(await context.cookies()).toEqual([])
  // Chromium reports the status of the wrong key's page as well.
  expect(failures.filter((line) => !line.includes("422"))).toEqual([])
  await context.close()
})

it.each(["light", "dark"] as const)("fits a phone and can be read in %s colours", async (colorScheme) => {
  const context = await chromium.browser.newContext({ colorScheme, viewport: { width: 320, height: 640 } })
  const page = await context.newPage()
  await page.goto(`${hosted.origin}/account`)
  await page.getByLabel("Access key of this server").fill(key)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByLabel("API key", { exact: true }).fill(own.apiKey)
  await page.getByRole("button", { name: /^Check and (connect|replace)$/ }).click()
  await page.getByRole("status").waitFor()
  const seen = await page.evaluate(() => {
    const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number)
    const luminance = (color: string) =>
      channels(color)
        .map((value) => value / 255)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
        .reduce((sum, value, index) => sum + value * ([0.2126, 0.7152, 0.0722][index] ?? 0), 0)
    const contrast = (one: string, other: string) => {
      const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
      return (high + 0.05) / (low + 0.05)
    }
    const backgroundOf = (element: Element | null): string => {
      if (element === null) return "rgb(255, 255, 255)"
      const { backgroundColor } = getComputedStyle(element)
      return backgroundColor.endsWith(", 0)") ? backgroundOf(element.parentElement) : backgroundColor
    }
    const texts = [...document.querySelectorAll("h1, h2, p, dt, dd, td, th, caption, label, legend, button, .notice")]
    return {
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      lowest: Math.min(...texts.map((element) => contrast(getComputedStyle(element).color, backgroundOf(element)))),
      background: luminance(getComputedStyle(document.body).backgroundColor),
      unlabelled: [...document.querySelectorAll<HTMLInputElement>("input:not([type=hidden])")].filter(
        ({ labels }) => labels?.length !== 1
      ).length,
      small: [...document.querySelectorAll("button")].filter((button) => button.getBoundingClientRect().height < 44)
        .length
    }
  })
  expect(seen).toMatchObject({ overflow: 0, unlabelled: 0, small: 0 })
  expect(seen.lowest).toBeGreaterThan(4.5)
  expect(seen.background > 0.5).toBe(colorScheme === "light")
  await context.close()
})
