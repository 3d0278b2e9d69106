import type { Tool } from "./tool.ts"

/** What a caller of a hosted server may do. Each scope includes those before it. */
export const scopes = ["kling:read", "kling:generate", "kling:admin"] as const
export type Scope = (typeof scopes)[number]

/**
 * The scope that a tool needs: `kling:generate` for all that is charged or changes something, `kling:admin` for raw calls, which
 * see the whole Kling account.
 */
export const scopeOf = ({ toolset, charged, hints }: Pick<Tool, "toolset" | "charged" | "hints">): Scope =>
  toolset === "raw" ? "kling:admin" : charged || !hints.readOnly ? "kling:generate" : "kling:read"

/** Whether scopes that a caller has, among others perhaps, include the one that is needed. */
export const grants = (held: ReadonlyArray<string>, needed: Scope): boolean =>
  scopes.slice(scopes.indexOf(needed)).some((scope) => held.includes(scope))
