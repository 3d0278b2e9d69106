import { catalog } from "@klingkit/core"
import { imageUnits, lipSyncRate, unitsPerCall, unitUsd, videoUnitsPerSecond } from "@klingkit/core/internal"
import { formatQuote } from "./family-page.ts"
import { code, page, table } from "./markdown.ts"

const resolutions = ["720p", "1080p", "4k"]

/** Kling's price list, and the price of each paid operation's example. */
export const pricesPage = (): string =>
  page(
    "# Prices",
    "Kling sells units in packs; units of one pack type cannot pay for another. `klingkit quote` and `--dry-run` show the price before anything is sent: *exact* by this list, an *estimate* if the duration depends on an input video or audio, or *unknown* if Kling prices it elsewhere. The duration is known for local audio files, and for video and audio made through the same ledger; otherwise the quote says *at most*, for the longest duration that Kling accepts. Spend limits count the highest price a quote allows until the charge is known; a request without a known price needs an approval. Kling does not document what a failed task costs: the receipt shows what Kling reports.",
    table(
      ["pack", "USD per unit"],
      Object.entries(unitUsd).map(([pack, usd]) => [pack, String(usd)])
    ),
    "## Video: units per second",
    table(
      ["model", "with", ...resolutions],
      Object.entries(videoUnitsPerSecond).flatMap(([model, features]) =>
        Object.entries(features).map(([feature, rates]: [string, Readonly<Record<string, number>>]) => [
          code(model),
          feature,
          ...resolutions.map((resolution) => String(rates[resolution] ?? ""))
        ])
      )
    ),
    `Lip-sync: ${lipSyncRate.rule}.`,
    "## Images: units per image",
    table(
      ["model", "for", "units"],
      Object.entries(imageUnits).flatMap(([model, features]) =>
        Object.entries(features).map(([feature, units]) => [code(model), feature, String(units)])
      )
    ),
    "## Calls: units per call",
    table(
      ["call", "units"],
      Object.entries(unitsPerCall).map(([call, units]) => [call, String(units)])
    ),
    "## Examples of paid operations",
    table(
      ["operation", "quote"],
      catalog
        .filter(({ billed }) => billed)
        .map((operation) => [code(operation.id), formatQuote(operation.price(operation.example))])
    )
  )
