import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freshKling } from "../mcp/kling.ts"
import { run, startHttp, type Started } from "../mcp/program.ts"
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
/** The program that people install, and the fixture build: the same server with the suite's tools added. */
let real: string
let fixture: string

beforeAll(async () => {
  // Slow enough for the suite to see a task at work, quick enough to see it end.
  kling = await freshKling({ speed: 20 })
  const entry = new URL("../../apps/mcp-http/src/testing/conformance/fixture-server.ts", import.meta.url)
  const withFixtures = run(fileURLToPath(entry), [], kling.env)
  const [{ program, url }, [, fixtureUrl = ""]] = await Promise.all([
    startHttp(kling.env),
    withFixtures.says(/listening on (http:\S+)/)
  ])
  real = url
  fixture = fixtureUrl
  programs = [program, withFixtures]
})
afterAll(async () => {
  for (const { child } of programs) child.kill("SIGKILL")
  await kling.close()
})

const requirements = (revision: string) => ["--requirements", revision]

/** Every count and every exception is met exactly: nothing is skipped in silence, and nothing is excused in vain. */
const expected = (counts: Counts, excused: Exceptions) =>
  Object.fromEntries(
    Object.entries(counts).map(([scenario, passed]): [string, Outcome] => [
      scenario,
      { passed, other: (excused[scenario]?.checks ?? []).toSorted() }
    ])
  )

/** The outcomes that are counted here; others stand in another test. */
const only = (outcomes: Outcomes, counts: Counts): Outcomes =>
  Object.fromEntries(Object.entries(outcomes).filter(([name]) => name in counts))

describe("the HTTP server as it is installed", () => {
  it("passes what any sound server must, on the wire of 2025-11-25", async () => {
    const outcomes = await measure("mcp-conformance", real, requirements("2025-11-25"))
    expect(only(outcomes, genericOn2025)).toEqual(expected(genericOn2025, exceptions.genericOn2025))
  })

  it("passes what any sound server must, on the wire of 2026-07-28, all 14 checks of headers among them", async () => {
    const outcomes = await measure("mcp-conformance", real, requirements("2026-07-28"))
    expect(only(outcomes, genericOn2026)).toEqual(expected(genericOn2026, exceptions.genericOn2026))
    expect(outcomes["http-header-validation"]).toEqual({ passed: 14, other: [] })
  })
})

describe("the guide to prompting that it serves as a skill", () => {
  it.each(Object.keys(skillsOn2026))("keeps to the extension: %s", async (scenario) => {
    const outcomes = await measure("mcp-conformance", real, ["--scenario", scenario])
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
  }, 120_000)

  it("passes the older suite", async () => {
    expect(await measure("mcp-conformance-v1", fixture, [])).toEqual(expected(activeOfV1, exceptions.activeOfV1))
  })
})

it("an exception excuses a scenario that is measured", () => {
  const measured = { genericOn2025, genericOn2026, required2025, required2026, activeOfV1 }
  const idle = Object.entries(exceptions).flatMap(([name, excused]) =>
    Object.keys(excused).filter((scenario) => !(scenario in measured[name as keyof typeof measured]))
  )
  expect(idle).toEqual([])
})
