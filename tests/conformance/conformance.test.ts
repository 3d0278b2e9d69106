import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freshKling } from "../mcp/emulated-kling.ts"
import { run, startHttp, type Started } from "../mcp/server-process.ts"
import {
  activeOfV1,
  type Counts,
  genericOn2025,
  genericOn2026,
  required2025,
  required2026,
  skillsOn2026
} from "./counts.ts"
import { exceptions, type Exceptions } from "./exceptions.ts"
import { measure, type Outcome, type Outcomes } from "./measure.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
let programs: ReadonlyArray<Started>
/** The installed server, and the fixture build: the same server with the suite's tools added. */
let installed: string
let fixture: string

beforeAll(async () => {
  // Slow enough for the suite to see a running task, fast enough to see it complete.
  kling = await freshKling({ speed: 20 })
  const entry = new URL("../../apps/mcp-http/src/testing/conformance/fixture-server.ts", import.meta.url)
  const withFixtures = run(fileURLToPath(entry), [], kling.env)
  const [{ program, url }, [, fixtureUrl = ""]] = await Promise.all([
    startHttp(kling.env),
    withFixtures.says(/listening on (http:\S+)/)
  ])
  installed = url
  fixture = fixtureUrl
  programs = [program, withFixtures]
})
afterAll(async () => {
  for (const { child } of programs) child.kill("SIGKILL")
  await kling.close()
})

const requirements = (revision: string) => ["--requirements", revision]

/** Counts and exceptions must match exactly: no check is skipped silently, and no exception is unused. */
const expected = (counts: Counts, excused: Exceptions) =>
  Object.fromEntries(
    Object.entries(counts).map(([scenario, passed]): [string, Outcome] => [
      scenario,
      { passed, other: (excused[scenario]?.checks ?? []).toSorted() }
    ])
  )

/** The outcomes counted here; others belong to another test. */
const only = (outcomes: Outcomes, counts: Counts): Outcomes =>
  Object.fromEntries(Object.entries(outcomes).filter(([name]) => name in counts))

describe("the installed HTTP server", () => {
  it("passes what every server must, on protocol 2025-11-25", async () => {
    const outcomes = await measure("mcp-conformance", installed, requirements("2025-11-25"))
    expect(only(outcomes, genericOn2025)).toEqual(expected(genericOn2025, exceptions.genericOn2025))
  })

  it("passes what every server must, on protocol 2026-07-28, including all 14 header checks", async () => {
    const outcomes = await measure("mcp-conformance", installed, requirements("2026-07-28"))
    expect(only(outcomes, genericOn2026)).toEqual(expected(genericOn2026, exceptions.genericOn2026))
    expect(outcomes["http-header-validation"]).toEqual({ passed: 14, other: [] })
  })
})

describe("the prompting guide served as a skill", () => {
  it.each(Object.keys(skillsOn2026))("conforms to the extension: %s", async (scenario) => {
    const outcomes = await measure("mcp-conformance", installed, ["--scenario", scenario])
    expect(outcomes).toEqual(expected({ [scenario]: skillsOn2026[scenario] ?? 0 }, {}))
  })
})

describe("the same server with the suite's own tools", () => {
  it("meets the requirements of 2025-11-25", async () => {
    const outcomes = await measure("mcp-conformance", fixture, requirements("2025-11-25"))
    expect(outcomes).toEqual(expected(required2025, exceptions.required2025))
  })

  it("meets the requirements of 2026-07-28", async () => {
    const outcomes = await measure("mcp-conformance", fixture, requirements("2026-07-28"))
    expect(outcomes).toEqual(expected(required2026, exceptions.required2026))
  })

  it("passes the older suite", async () => {
    expect(await measure("mcp-conformance-v1", fixture, [])).toEqual(expected(activeOfV1, exceptions.activeOfV1))
  })
})

it("every exception belongs to a measured scenario", () => {
  const measured = { genericOn2025, genericOn2026, required2025, required2026, activeOfV1 }
  const unused = Object.entries(exceptions).flatMap(([name, excused]) =>
    Object.keys(excused).filter((scenario) => !(scenario in measured[name as keyof typeof measured]))
  )
  expect(unused).toEqual([])
})
