import { Effect } from "effect"
import * as z from "zod"
import { packSchema, readPacks, shownPacks } from "../results/resource-packs.ts"
import { defineTool } from "../tool.ts"

export const getAccountBalance = defineTool({
  name: "get_account_balance",
  title: "Get account balance",
  description: "Units left on the API account, by type. Free.",
  toolset: "core",
  charged: false,
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: z.strictObject({}),
  output: z.object({
    balance: z.array(packSchema.pick({ pays_for: true, left: true })),
    packages: z.array(packSchema.pick({ name: true, left: true, total: true })),
    notes: z.array(z.string())
  }),
  run: () =>
    Effect.map(readPacks, (packs) => {
      const online = packs.filter(({ status }) => status === "online")
      const kinds = [...new Set(online.map(({ pays_for }) => pays_for))]
      const balance = kinds.map((kind) => ({
        pays_for: kind,
        left: round(online.reduce((sum, { pays_for, left }) => (pays_for === kind ? sum + left : sum), 0))
      }))
      const { packs: shown, notes } = shownPacks(online)
      const packages = shown.map(({ name, left, total }) => ({ name, left, total }))
      const total = balance.map(({ pays_for, left }) => `${left} ${pays_for} units`).join(", ")
      return {
        structured: { balance, packages, notes },
        lines: [
          "Kling AI Account Balance:",
          `Total Balance: ${total === "" ? "0 units, no active pack" : total}`,
          ...(packages.length === 0 ? [] : ["", "Resource Packages Breakdown:"]),
          ...packages.map((pack) => `- ${pack.name}: ${pack.left} of ${pack.total} units left`),
          ...notes.map((note) => `Note: ${note}`)
        ]
      }
    })
})

// Sums of tenths drift in binary.
const round = (units: number): number => Math.round(units * 1000) / 1000
