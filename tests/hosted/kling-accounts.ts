import { runEmulator } from "@klingkit/emulator"
import { freshKling } from "../mcp/emulated-kling.ts"
import { startReverseProxy } from "./reverse-proxy.ts"

/** Who signs, by a key pair's token. */
const issuerOf = (token: string): unknown => {
  const [, claims = ""] = token.split(".")
  try {
    return (JSON.parse(Buffer.from(claims, "base64url").toString()) as { readonly iss?: unknown }).iss
  } catch {
    return undefined
  }
}

interface Ledger {
  readonly charges: ReadonlyArray<unknown>
  readonly tasks: ReadonlyArray<{ readonly externalTaskId: string; readonly status: string }>
}

/** One Kling with two accounts: that of the server, and one of a caller. */
export const twoAccounts = async (options: Parameters<typeof freshKling>[0] = {}) => {
  const [kling, own] = await Promise.all([freshKling(options), runEmulator({ seed: 8, ...options })])
  const ownKeys = new Set<unknown>([own.apiKey, own.accessKey])
  const sentWith: Array<string> = []
  const proxy = await startReverseProxy(({ headers }) => {
    const token = headers.authorization?.replace(/^Bearer /, "") ?? ""
    if (!ownKeys.has(token) && !ownKeys.has(issuerOf(token))) return kling.url
    sentWith.push(token)
    return own.url
  })
  const control = async (route: string, body?: unknown): Promise<unknown> => {
    const [method = "GET", name = ""] = route.split(" ")
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    return (await fetch(`${own.url}/_emulator/${name}`, { method, ...sent })).json()
  }
  return {
    /** The server's, whose `close` ends both. */
    kling: {
      ...kling,
      env: { ...kling.env, KLINGAI_BASE_URL: proxy.origin },
      close: async () => {
        proxy.close()
        await own.close()
        await kling.close()
      }
    },
    own: {
      apiKey: own.apiKey,
      accessKey: own.accessKey,
      secretKey: own.secretKey,
      /** The credential of each request to this account, in order. */
      sentWith,
      ledger: () => control("GET ledger") as Promise<Ledger>,
      finishTasks: () => control("POST advance", { seconds: 3600 }),
      injectFault: (fault: Readonly<Record<string, unknown>>) => control("POST faults", { faults: [fault] }),
      /** How many images it makes at a time. */
      setSlots: (concurrency: number) => control("POST faults", { packs: { image: { concurrency } } }),
      clearFaults: () => control("DELETE faults"),
      /** Another key of this account, in place of the earlier ones. */
      rotateKey: async () => {
        const { apiKey } = (await control("POST rotate-key", { revoke: true })) as { readonly apiKey: string }
        ownKeys.add(apiKey)
        return apiKey
      }
    }
  }
}
