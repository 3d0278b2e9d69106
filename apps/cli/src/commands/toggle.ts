import { Flag } from "effect/cli"

/** A flag that is on when it is given, and has no `--no-` form. */
export const toggle = (name: string, about: string) =>
  Flag.Boolean(name).pipe(Flag.withoutNegation, Flag.withDescription(about), Flag.withDefault(false))
