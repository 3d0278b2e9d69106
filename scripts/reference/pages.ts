import { families, type FamilyName } from "@klingkit/core"
import { errorsPage } from "./errors-page.ts"
import { familyPage } from "./family-page.ts"
import { indexPage } from "./index-page.ts"
import { modelsPage } from "./models-page.ts"
import { pricesPage } from "./prices-page.ts"

/** All pages of docs/reference by file name. */
export const referencePages = (): ReadonlyMap<string, string> =>
  new Map([
    ["README.md", indexPage()],
    ["models.md", modelsPage()],
    ["prices.md", pricesPage()],
    ["errors.md", errorsPage()],
    ...(Object.keys(families) as ReadonlyArray<FamilyName>).map(
      (family) => [`${family}.md`, familyPage(family)] as const
    )
  ])
