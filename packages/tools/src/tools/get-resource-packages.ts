import { Effect } from "effect"
import * as z from "zod"
import { packSchema, readPacks, shownPacks } from "../results/resource-packs.ts"
import { defineTool } from "../tool.ts"

export const getResourcePackages = defineTool({
  name: "get_resource_packages",
  title: "Get resource packages",
  description: "Resource packs of the API account: units left and expiry. Free.",
  toolset: "core",
  charged: false,
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: z.strictObject({}),
  output: z.object({ packages: z.array(packSchema), notes: z.array(z.string()) }),
  run: () =>
    Effect.map(Effect.map(readPacks, shownPacks), ({ packs, notes }) => ({
      structured: { packages: [...packs], notes },
      lines: [
        ...(packs.length === 0
          ? ["No active resource packages found."]
          : [
              "Your Kling AI Resource Packages:",
              ...packs.flatMap(({ name, id, status, pays_for, left, total, created_at, expires_at }, index) => [
                `Package ${index + 1}:`,
                `- Name: ${name}`,
                `- Resource ID: ${id}`,
                `- Amount: ${left} of ${total} units left (pays for: ${pays_for})`,
                `- Status: ${status}`,
                ...(expires_at === undefined ? [] : [`- Expires: ${expires_at}`]),
                ...(created_at === undefined ? [] : [`- Created: ${created_at}`])
              ])
            ]),
        ...notes.map((note) => `Note: ${note}`)
      ]
    }))
})
