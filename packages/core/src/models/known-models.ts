import { catalog } from "../operations/catalog.ts"
import { modelTableOf } from "./model-table.ts"

/** The models of every operation that klingkit declares. */
export const knownModels = modelTableOf(catalog)
