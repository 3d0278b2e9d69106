import { Schema } from "effect"

const Seconds = Schema.Number.check(Schema.isGreaterThanOrEqualTo(0))

/**
 * How the live API behaves where nobody has measured it, or where one measurement is all there is.
 * A client that is right under every setting needs no luck.
 */
export const Switches = Schema.Struct({
  /** `enforce`: a repeated external id is refused, over both generations and all products (measured once). */
  uniqueness: Schema.optionalKey(Schema.Literals(["enforce", "off"])),
  /** A create that was refused (1301, 1303, 1102) has used its external id up. */
  refusalUsesUpId: Schema.optionalKey(Schema.Boolean),
  /** How long a new task cannot be looked up by id. */
  visibilityDelaySeconds: Schema.optionalKey(Seconds),
  /** How long a new task is missing from lists. */
  listDelaySeconds: Schema.optionalKey(Seconds),
  /** `POST /tasks` also lists tasks made on legacy paths. */
  legacyTasksInNewList: Schema.optionalKey(Schema.Boolean),
  /** A failed task costs as much as one that succeeded. */
  chargeFailedTasks: Schema.optionalKey(Schema.Boolean),
  /** What legacy paths do with a body field that they do not know; new paths ignore it (measured). */
  unknownLegacyFields: Schema.optionalKey(Schema.Literals(["ignore", "refuse"])),
  /** Operations whose only models were switched off on 2026-09-15 still answer, or are refused as discontinued. */
  retiredOperations: Schema.optionalKey(Schema.Literals(["serve", "refuse"])),
  /** A second `GET /account/costs` within a second gets 1302. */
  costsOncePerSecond: Schema.optionalKey(Schema.Boolean),
  /** Callbacks of legacy tasks are signed too. */
  signLegacyCallbacks: Schema.optionalKey(Schema.Boolean)
})

export type SwitchSettings = Required<typeof Switches.Type>

export const usualSwitches: SwitchSettings = {
  uniqueness: "enforce",
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
