import { expect } from "vitest"
import { start } from "../mcp/server-process.ts"
import { addKey } from "./access-key.ts"
import { AccountVisitor } from "./account-visitor.ts"
import { callTool } from "./calls.ts"
import { startHosted } from "./hosted-server.ts"
import { twoAccounts } from "./kling-accounts.ts"

export const secret = "a secret of a test"

/** A server whose callers are anna and ben, and who can pay from accounts of their own. */
export const startWithCallers = async (
  env: Readonly<Record<string, string>> = {},
  options: Parameters<typeof twoAccounts>[0] = {}
) => {
  const { kling, own } = await twoAccounts(options)
  const hosted = await startHosted({ KLINGKIT_AUTH_KEYS: "on", KLINGKIT_SECRET: secret, ...env }, { kling })
  const command = async (...args: ReadonlyArray<string>) => {
    const program = start("klingkit-mcp-http", args, hosted.settings)
    const { code } = await program.ended
    return { code, stdout: program.stdout, stderr: program.stderr }
  }
  const keys = { anna: await addKey(hosted.settings, "anna"), ben: await addKey(hosted.settings, "ben") }
  const call = async (caller: keyof typeof keys, name: string, args: Readonly<Record<string, unknown>>) =>
    (await callTool(hosted.url, keys[caller], name, args)).text
  const signedIn = async (caller: keyof typeof keys) => {
    const visitor = new AccountVisitor(hosted.origin)
    expect((await visitor.signIn(keys[caller])).status).toBe(303)
    return visitor
  }
  /** Tasks at the server's account, and at the caller's. */
  const made = async () => [(await kling.ledger()).tasks.length, (await own.ledger()).tasks.length]
  return { hosted, kling, own, keys, command, call, signedIn, made }
}

export const idIn = (text: string): string => /Task ID: (\S+)/.exec(text)?.[1] ?? expect.fail(text)
