import { describe, expect, it } from "vitest"
import { folderCircles } from "./circles.ts"
import { sourceFile, sourceFiles } from "./source-file.ts"

const circlesOf = (files: Readonly<Record<string, string>>) =>
  folderCircles(Object.entries(files).map(([path, text]) => sourceFile(`packages/jobs/src/${path}`, text)))

describe("the folders of packages/jobs", () => {
  it("import each other in one direction only", () => {
    expect(folderCircles(sourceFiles().filter(({ room }) => room === "packages/jobs"))).toEqual([])
  })

  it.each([
    ["by value", `import { b } from "../submit/b.ts"`, `import { a } from "../polling/a.ts"`],
    ["by type", `import type { B } from "../submit/b.ts"`, `import type { A } from "../polling/a.ts"`],
    ["by a type among values", `import { b } from "../submit/b.ts"`, `import { type A } from "../polling/c.ts"`]
  ])("report a circle %s", (_, a, b) => {
    expect(circlesOf({ "polling/a.ts": a, "submit/b.ts": b })).toEqual(["polling -> submit -> polling"])
  })

  it("report a circle over a file beside the folders", () => {
    const files = {
      "job.ts": `import type { View } from "./pipelines/view.ts"`,
      "pipelines/view.ts": `import { jobOf } from "../queue/jobs.ts"`,
      "queue/jobs.ts": `import { jobOfRecord } from "../job.ts"`
    }
    expect(circlesOf(files)).toEqual(["job.ts -> pipelines -> queue -> job.ts"])
  })

  it("may be used by each other's tests", () => {
    const files = {
      "polling/a.ts": `import { b } from "../submit/b.ts"`,
      "submit/b.test.ts": `import { a } from "../polling/a.ts"`
    }
    expect(circlesOf(files)).toEqual([])
  })
})
