import { catalog, imageUnits, lipSyncRate, unitsPerCall, unitUsd, videoUnitsPerSecond } from "@klingkit/core"
import { quoteWords } from "./family-page.ts"
import { code, page, table } from "./markdown.ts"

const resolutions = ["720p", "1080p", "4k"]

/** Kling's price list, and what each paid operation's example costs by it. */
export const pricesPage = (): string =>
  page(
    "# Prices",
    "Kling sells units in packs; the units of one kind of pack cannot pay for the other. `klingkit quote` and `--dry-run` say a price before anything is sent: *exact* by this list, an *estimate* where the length follows an input clip or sound, or *unknown* where Kling prices it elsewhere. A length is known when the sound is a file of this machine, or when the clip or sound was made through the same ledger; else the quote says *at most*, by the longest that Kling takes. Spend limits count the most that a quote can come to, until the charge is known; a price that is unknown passes a limit only with an approval. Kling does not document what a failed task costs: its receipt says what Kling says.",
    table(
      ["pack", "USD a unit"],
      Object.entries(unitUsd).map(([pack, usd]) => [pack, String(usd)])
    ),
    "## Clips: units a second",
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
    "## Pictures: units each",
    table(
      ["model", "for", "units"],
      Object.entries(imageUnits).flatMap(([model, features]) =>
        Object.entries(features).map(([feature, units]) => [code(model), feature, String(units)])
      )
    ),
    "## Calls: units each",
    table(
      ["what", "units"],
      Object.entries(unitsPerCall).map(([what, units]) => [what, String(units)])
    ),
    "## The example of every paid operation",
    table(
      ["operation", "quote"],
      catalog.filter(({ billed }) => billed).map((one) => [code(one.id), quoteWords(one.price(one.example))])
    )
  )
