/** An abuse case of the servers, by its number in the project's list of 48, and the tests that cover it. */
interface Case {
  readonly number: number
  readonly abuse: string
  /** `file: part of the test's title`. */
  readonly coveredBy: ReadonlyArray<string>
}

const here = "tests/abuse/"
const approved = "packages/mcp/src/approval/with-approval.test.ts"

const hosted = "tests/hosted/"
const http = "tests/mcp/http-process.test.ts"
const ofCallbacks = "packages/jobs/src/polling/receive-callback.test.ts"

export const cases: ReadonlyArray<Case> = [
  { number: 1, abuse: "a page of another origin", coveredBy: [`${http}: with the Origin %s answers %i`] },
  {
    number: 2,
    abuse: "a host name that was bound again (DNS rebinding)",
    coveredBy: [`${http}: with the Host %s answers %i`]
  },
  {
    number: 3,
    abuse: "an unknown version, or another one in the header than in the body",
    coveredBy: [`${hosted}abuse.test.ts: abuse 3`]
  },
  { number: 4, abuse: "headers that name another tool than the body", coveredBy: [`${hosted}abuse.test.ts: abuse 4`] },
  {
    number: 5,
    abuse: "JSON that is deep, long, doubled or not JSON",
    coveredBy: [
      "tests/mcp/hostile-bodies.test.ts: costs little more than an empty call",
      "packages/mcp/src/wire/scan-json.test.ts: describe("
    ]
  },
  {
    number: 6,
    abuse: "bodies that are huge, packed or never end",
    coveredBy: [
      `${http}: answers a body that is too large by its id, however its size is announced`,
      "apps/mcp-http/src/serve.test.ts: ends a connection whose request does not come to an end",
      `${hosted}abuse.test.ts: abuse 6`
    ]
  },
  {
    number: 7,
    abuse: "one caller that takes all connections",
    coveredBy: [
      `${hosted}abuse.test.ts: abuse 7`,
      "apps/mcp-http/src/serve.test.ts: has no room for more connections than its limit"
    ]
  },
  {
    number: 8,
    abuse: "callers whose requests have the same ids",
    coveredBy: [`${hosted}tenants.test.ts: 200 calls of two tenants with the same ids`]
  },
  {
    number: 9,
    abuse: "requests that a proxy and the server read differently",
    coveredBy: [`${hosted}abuse.test.ts: abuse 9`, `${hosted}guards.test.ts: are not served with two Host headers`]
  },
  {
    number: 10,
    abuse: "output that looks like messages, and dependencies that print",
    coveredBy: [
      `${here}untrusted-text.test.ts: text that looks like a message is data`,
      "tests/mcp/stdio-process.test.ts: writes nothing but JSON-RPC to stdout"
    ]
  },
  {
    number: 11,
    abuse: "tokens that are missing, expired, forged, or of another issuer or audience",
    coveredBy: [
      "packages/hosting/src/token-verifier.test.ts: is refused without a signature of the issuer",
      "packages/hosting/src/token-verifier.test.ts: of another issuer",
      `${hosted}sign-in.test.ts: learns from the refusal where to sign in`
    ]
  },
  {
    number: 12,
    abuse: "a token for another server",
    coveredBy: [`${hosted}sign-in.test.ts: is not served with a token for another server`]
  },
  {
    number: 13,
    abuse: "a call beyond the scope",
    coveredBy: [`${hosted}sign-in.test.ts: is asked for the scope that a tool needs`]
  },
  {
    number: 14,
    abuse: "the task of another caller",
    coveredBy: [`${hosted}sign-in.test.ts: sees the tasks of others exactly as tasks that never were`]
  },
  {
    number: 15,
    abuse: "task ids that are guessed",
    coveredBy: [
      `${hosted}sign-in.test.ts: sees the tasks of others exactly as tasks that never were`,
      "packages/hosting/src/call-limits.test.ts: the calls of one caller"
    ]
  },
  {
    number: 16,
    abuse: "a carried state that is forged, expired, another user's, for another call, or used twice",
    coveredBy: [
      `${approved}: is refused when any bit of it was changed`,
      `${approved}: is refused from another principal, with another key, after ten minutes`,
      `${approved}: works once, also in another program`,
      `${hosted}replicas.test.ts: is an approval on all, once, for this caller and these arguments`,
      "tests/mcp/scenarios.test.ts: one approval is valid for one call"
    ]
  },
  {
    number: 17,
    abuse: "the subscriptions of others",
    coveredBy: [`${hosted}replicas.test.ts: answers a subscription, which ends at once`]
  },
  {
    number: 18,
    abuse: "one idempotency key of two callers on one Kling account",
    coveredBy: [`${hosted}replicas.test.ts: is the same task for the same key`]
  },
  {
    number: 19,
    abuse: "a caller whose access ends while its task runs",
    coveredBy: [
      `${hosted}abuse.test.ts: abuse 19`,
      `${hosted}replicas.test.ts: opens no replica once it is revoked on one`
    ]
  },
  {
    number: 20,
    abuse: "URLs into private networks, in every spelling",
    coveredBy: [
      `${here}inputs.test.ts: is refused before anything is sent`,
      "packages/media/src/inputs/check-remote-url.test.ts: is refused before anything is paid"
    ]
  },
  {
    number: 21,
    abuse: "names that resolve to private networks, or change after the check",
    coveredBy: [
      `${here}inputs.test.ts: no URL of a call is ever fetched by klingkit itself`,
      "packages/media/src/files/fetch-policy.test.ts: a resolved address",
      "packages/media/src/node/guarded-client.test.ts: the client for files"
    ]
  },
  {
    number: 22,
    abuse: "redirects to private networks, to http, or in a circle",
    coveredBy: [
      `${here}inputs.test.ts: no URL of a call is ever fetched by klingkit itself`,
      "packages/media/src/files/follow-redirects.test.ts: never downgrades to http",
      "packages/media/src/files/follow-redirects.test.ts: loop ends after five redirects"
    ]
  },
  {
    number: 23,
    abuse: "other schemes, passwords and line breaks in URLs",
    coveredBy: [`${here}inputs.test.ts: is not an image URL`]
  },
  {
    number: 24,
    abuse: "a model that sets Kling's callback URL",
    coveredBy: [`${here}inputs.test.ts: cannot set the callback URL`]
  },
  {
    number: 25,
    abuse: "results at addresses that must not be fetched",
    coveredBy: [`${here}files.test.ts: is not fetched`]
  },
  {
    number: 26,
    abuse: "file names that point outside the folder",
    coveredBy: [`${here}files.test.ts: it is saved in its folder under a plain name`]
  },
  {
    number: 27,
    abuse: "symlinks in the output folder",
    coveredBy: [`${here}files.test.ts: no symlink takes a file out of its folder`]
  },
  {
    number: 28,
    abuse: "existing files, and partial files",
    coveredBy: [
      `${here}files.test.ts: an existing file is not changed`,
      "packages/media/src/files/save-result.test.ts: is not overwritten when it appears during the download"
    ]
  },
  {
    number: 29,
    abuse: "images outside the allowed folders, endless or huge",
    coveredBy: [`${here}inputs.test.ts: is not read`]
  },
  {
    number: 30,
    abuse: "downloads that are not media, too long, or endless",
    coveredBy: [
      `${here}files.test.ts: is not saved as an image`,
      "packages/media/src/files/save-result.test.ts: fails and leaves no file",
      "packages/media/src/files/interrupted-download.test.ts: resumes after a timeout %s"
    ]
  },
  {
    number: 32,
    abuse: "text that looks like commands",
    coveredBy: [
      `${here}inputs.test.ts: what looks like a command is plain text`,
      `${here}untrusted-text.test.ts: no server starts a process`
    ]
  },
  {
    number: 33,
    abuse: "results that open something on this machine",
    coveredBy: [`${here}untrusted-text.test.ts: opens a URL on this machine`]
  },
  {
    number: 34,
    abuse: "instructions and invisible characters in Kling's texts",
    coveredBy: [
      "tests/mcp/answer-contract.test.ts: refused by Kling with a hostile message",
      "tests/mcp/answer-contract.test.ts: where Kling's lists are huge and its texts are hostile"
    ]
  },
  {
    number: 35,
    abuse: "descriptions that change unnoticed, or hide instructions",
    coveredBy: [
      `${here}untrusted-text.test.ts: no tool hides text from users`,
      "tests/mcp/scenarios.test.ts: sees the same tools"
    ]
  },
  {
    number: 36,
    abuse: "500 videos in one chat",
    coveredBy: [`${here}spending.test.ts: a model that requests 500 videos`]
  },
  {
    number: 37,
    abuse: "the same call 20 times",
    coveredBy: [`${here}spending.test.ts: a model that sends the same request 20 times`]
  },
  {
    number: 38,
    abuse: "secrets in answers, logs and files",
    coveredBy: [`${here}secrets.test.ts: a planted secret is found nowhere`]
  },
  {
    number: 39,
    abuse: "a key as an argument",
    coveredBy: [`${here}inputs.test.ts: a key is not accepted as an argument`]
  },
  {
    number: 40,
    abuse: "files with requests that others can read",
    coveredBy: ["packages/jobs/src/sqlite/sqlite-ledger.test.ts: is narrowed when its permissions were too wide"]
  },
  {
    number: 41,
    abuse: "clocks that differ from Kling's",
    coveredBy: ["packages/core/src/auth/token.test.ts: adopts Kling's clock when the local one is off by"]
  },
  {
    number: 42,
    abuse: "a forged callback of a running or unknown task",
    coveredBy: [`${hosted}callbacks.test.ts: what is not of Kling changes nothing`, `${ofCallbacks}: is ignored`]
  },
  {
    number: 43,
    abuse: "callbacks without a valid signature, too large, or by the hundred",
    coveredBy: [
      "packages/core/src/callbacks/verify-callback.test.ts: is rejected when any bit of the body is flipped",
      `${ofCallbacks}: that Kling has not signed, or not recently, changes nothing`,
      `${hosted}abuse.test.ts: abuse 43`
    ]
  },
  {
    number: 44,
    abuse: "callbacks that come twice, late or in another order",
    coveredBy: [
      `${ofCallbacks}: that arrives twice, late or before the answer of Kling counts once`,
      `${ofCallbacks}: of an older state changes nothing`
    ]
  },
  {
    number: 46,
    abuse: "a message that keeps the server busy",
    coveredBy: ["tests/mcp/hostile-bodies.test.ts: costs little more than an empty call"]
  },
  {
    number: 47,
    abuse: "a process that ends in the middle of its work",
    coveredBy: [
      `${http}: stops on SIGTERM only when it has persisted the answer`,
      `${hosted}rolling-restart.test.ts: fail no call`,
      `${hosted}faults.test.ts: pay each request once, lose none`
    ]
  }
]
