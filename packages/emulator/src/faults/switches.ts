import { Schema } from "effect"

const Seconds = Schema.Number.check(Schema.isGreaterThanOrEqualTo(0))

/**
 * Feature flags for behaviour of the live API that was never measured, or only once.
 * A client should be correct under every setting.
 */
export const Switches = Schema.Struct({
  /** `enforce`: a duplicate external id is rejected, across both generations and all products (measured once). */
  uniqueness: Schema.optionalKey(Schema.Literals(["enforce", "off"])),
  /** `ignore`: creates take no external id, so no task has one; `refuse`: a create that sends one is rejected (unmeasured). */
  externalIds: Schema.optionalKey(Schema.Literals(["keep", "ignore", "refuse"])),
  /** How long after its creation a task is found by Kling's id only, not by its external id. */
  externalIdDelaySeconds: Schema.optionalKey(Seconds),
  /** A rejected create (1301, 1303, 1102) uses up its external id. */
  refusalUsesUpId: Schema.optionalKey(Schema.Boolean),
  /** How long lookups by id do not find a new task. */
  visibilityDelaySeconds: Schema.optionalKey(Seconds),
  /** How long a new task is missing from lists. */
  listDelaySeconds: Schema.optionalKey(Seconds),
  /** `POST /tasks` also lists tasks created on legacy paths. */
  legacyTasksInNewList: Schema.optionalKey(Schema.Boolean),
  /** A failed task is charged like a successful one. */
  chargeFailedTasks: Schema.optionalKey(Schema.Boolean),
  /** How legacy paths treat an unknown body field; new paths ignore it (measured). */
  unknownLegacyFields: Schema.optionalKey(Schema.Literals(["ignore", "refuse"])),
  /** Operations whose only models were retired on 2026-09-15 still work, or are rejected as discontinued. */
  retiredOperations: Schema.optionalKey(Schema.Literals(["serve", "refuse"])),
  /** A second `GET /account/costs` within a second returns 1302. */
  costsOncePerSecond: Schema.optionalKey(Schema.Boolean),
  /** Callbacks of legacy tasks are signed too. */
  signLegacyCallbacks: Schema.optionalKey(Schema.Boolean)
})

export type SwitchSettings = Required<typeof Switches.Type>

export const defaultSwitches: SwitchSettings = {
  uniqueness: "enforce",
  externalIds: "keep",
  externalIdDelaySeconds: 0,
  refusalUsesUpId: false,
  visibilityDelaySeconds: 0,
  listDelaySeconds: 0,
  legacyTasksInNewList: true,
  chargeFailedTasks: false,
  unknownLegacyFields: "ignore",
  retiredOperations: "serve",
  costsOncePerSecond: false,
  signLegacyCallbacks: true
}
