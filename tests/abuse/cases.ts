/** A way to abuse the servers, by its number in the project's list of 48, and the tests that show what comes of it. */
interface Case {
  readonly number: number
  readonly abuse: string
  /** `file: words of the test's title`. */
  readonly shownBy: ReadonlyArray<string>
}

const here = "tests/abuse/"
const approved = "packages/mcp/src/approval/approved-call.test.ts"

/** Those that concern tools and the stdio server; the others belong to the server for many people. */
export const cases: ReadonlyArray<Case> = [
  {
    number: 10,
    abuse: "output that looks like messages, and dependencies that print",
    shownBy: [
      `${here}words.test.ts: text that looks like a message is data`,
      "tests/mcp/stdio-process.test.ts: writes nothing but JSON-RPC to stdout"
    ]
  },
  {
    number: 16,
    abuse: "a carried state that is forged, old, somebody else's, for another call, or used twice",
    shownBy: [
      `${approved}: is refused when any bit of it was changed`,
      `${approved}: is refused from another person, by another key, after ten minutes`,
      `${approved}: works once, also in another program`,
      "tests/mcp/scenarios.test.ts: one yes is good for one call"
    ]
  },
  {
    number: 20,
    abuse: "URLs into private networks, in every spelling",
    shownBy: [
      `${here}inputs.test.ts: is refused before anything is sent`,
      "packages/jobs/src/inputs/handed-on.test.ts: is refused before anything is paid"
    ]
  },
  {
    number: 21,
    abuse: "names that lead into private networks, or change after they were checked",
    shownBy: [
      `${here}inputs.test.ts: no URL of a call is ever fetched by klingkit itself`,
      "packages/jobs/src/files/reach.test.ts: an address that a name leads to",
      "packages/jobs/src/node/guarded-client.test.ts: the client for files"
    ]
  },
  {
    number: 22,
    abuse: "redirects inwards, downwards, around",
    shownBy: [
      `${here}inputs.test.ts: no URL of a call is ever fetched by klingkit itself`,
      "packages/jobs/src/files/follow-redirects.test.ts: steps down to http nowhere",
      "packages/jobs/src/files/follow-redirects.test.ts: in a circle, or too far"
    ]
  },
  {
    number: 23,
    abuse: "other schemes, passwords and line breaks in URLs",
    shownBy: [`${here}inputs.test.ts: is no picture`]
  },
  {
    number: 24,
    abuse: "a model that says where Kling calls back",
    shownBy: [`${here}inputs.test.ts: cannot say where Kling calls back`]
  },
  {
    number: 25,
    abuse: "results at addresses that nobody should fetch",
    shownBy: [`${here}files.test.ts: is not fetched`]
  },
  {
    number: 26,
    abuse: "file names that lead elsewhere",
    shownBy: [`${here}files.test.ts: it lies in its folder under a plain name`]
  },
  {
    number: 27,
    abuse: "links in the output folder",
    shownBy: [`${here}files.test.ts: no link leads a file out of its folder`]
  },
  {
    number: 28,
    abuse: "files that are there already, and halves of files",
    shownBy: [
      `${here}files.test.ts: a file that is there stays what it is`,
      "packages/jobs/src/files/save-result.test.ts: is not overwritten when it appears during the download"
    ]
  },
  { number: 29, abuse: "pictures from outside, endless or enormous", shownBy: [`${here}inputs.test.ts: is not read`] },
  {
    number: 30,
    abuse: "downloads that are no media, too long, or never end",
    shownBy: [
      `${here}files.test.ts: is not saved as a picture`,
      "packages/jobs/src/files/save-result.test.ts: is refused and leaves no file",
      "packages/jobs/src/files/save-result.test.ts: by silence %s is noticed"
    ]
  },
  {
    number: 32,
    abuse: "words that look like commands",
    shownBy: [
      `${here}inputs.test.ts: what looks like a command is words`,
      `${here}words.test.ts: no server starts a program`
    ]
  },
  {
    number: 33,
    abuse: "results that open something here",
    shownBy: [`${here}words.test.ts: opens an address on this machine`]
  },
  {
    number: 34,
    abuse: "orders and unseen letters in Kling's texts",
    shownBy: [
      "tests/mcp/every-answer.test.ts: refused by Kling in hostile words",
      "tests/mcp/every-answer.test.ts: where Kling's lists have no end and its texts are hostile"
    ]
  },
  {
    number: 35,
    abuse: "descriptions that change unseen, or hide orders",
    shownBy: [
      `${here}words.test.ts: no word of a tool hides from people`,
      "tests/mcp/scenarios.test.ts: sees the same tools"
    ]
  },
  { number: 36, abuse: "500 films in one chat", shownBy: [`${here}spending.test.ts: a model that asks for 500 films`] },
  { number: 37, abuse: "the same call 20 times", shownBy: [`${here}spending.test.ts: a model that asks 20 times`] },
  {
    number: 38,
    abuse: "secrets in answers, logs and files",
    shownBy: [`${here}secrets.test.ts: a planted secret is found nowhere`]
  },
  { number: 39, abuse: "a key as an argument", shownBy: [`${here}inputs.test.ts: a key has no place in a call`] }
]
