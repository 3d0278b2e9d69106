import { execFile } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

interface Check {
  readonly id: string
  readonly status: "SUCCESS" | "FAILURE" | "WARNING" | "SKIPPED" | "INFO"
}

/** The result of one scenario: the number of passed checks, and each other check as `check STATUS`. */
export interface Outcome {
  readonly passed: number
  readonly other: ReadonlyArray<string>
}

/** By scenario. */
export type Outcomes = Readonly<Record<string, Outcome>>

/** The 2026 suite, which covers both protocol versions, and the one tagged `latest` in the registry. */
export type Suite = "mcp-conformance" | "mcp-conformance-v1"

/** Runs a conformance suite against a server; returns the outcome of every scenario. */
export const measure = async (suite: Suite, url: string, args: ReadonlyArray<string>): Promise<Outcomes> => {
  const folder = mkdtempSync(join(tmpdir(), "klingkit-conformance-"))
  const entry = fileURLToPath(new URL(`../node_modules/${suite}/dist/index.js`, import.meta.url))
  try {
    // Its exit code includes expected failures; the checks are read one by one instead.
    await new Promise((resolve) => {
      execFile(process.execPath, [entry, "server", "--url", url, ...args, "-o", folder], resolve)
    })
    return Object.fromEntries(readdirSync(folder).map((name) => [scenarioIn(name), outcomeIn(join(folder, name))]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `ping` for `server-ping-2026-11-26T05-45-40-178Z`. */
const scenarioIn = (folder: string): string => folder.replace(/^server-/, "").replace(/-\d{4}-\d\d-\d\dT[\dZ-]+$/, "")

const outcomeIn = (folder: string): Outcome => {
  const checks = JSON.parse(readFileSync(join(folder, "checks.json"), "utf8")) as ReadonlyArray<Check>
  return {
    passed: checks.filter(({ status }) => status === "SUCCESS").length,
    other: checks
      .filter(({ status }) => status !== "SUCCESS" && status !== "INFO")
      .map(({ id, status }) => `${id} ${status}`)
      .toSorted()
  }
}
