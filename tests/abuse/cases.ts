/** An abuse case of the servers, by its number in the project's list of 48, and the tests that cover it. */
interface Case {
  readonly number: number
  readonly abuse: string
  /** `file: part of the test's title`. */
  readonly coveredBy: ReadonlyArray<string>
}

const here = "tests/abuse/"
const approved = "packages/mcp/src/approval/with-approval.test.ts"

/** Those that concern tools and the stdio server; the others concern the multi-user server. */
export const cases: ReadonlyArray<Case> = [
  {
    number: 10,
    abuse: "output that looks like messages, and dependencies that print",
    coveredBy: [
      `${here}untrusted-text.test.ts: text that looks like a message is data`,
      "tests/mcp/stdio-process.test.ts: writes nothing but JSON-RPC to stdout"
    ]
  },
  {
    number: 16,
    abuse: "a carried state that is forged, expired, another user's, for another call, or used twice",
    coveredBy: [
      `${approved}: is refused when any bit of it was changed`,
      `${approved}: is refused from another principal, with another key, after ten minutes`,
      `${approved}: works once, also in another program`,
      "tests/mcp/scenarios.test.ts: one approval is valid for one call"
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
  }
]
