/**
 * Which tests run when. Each lane runs everything of the lanes before it.
 *
 * | lane       | started by           | for                                        |
 * |------------|----------------------|--------------------------------------------|
 * | `quick`    | `npm run test:quick` | after each edit: at most 2 minutes         |
 * | `standard` | `npm test`           | before a commit: at most 8 minutes         |
 * | `full`     | `CI=true npm test`   | before a merge: at most 20 minutes         |
 *
 * The times are for 2 cores with nothing else to do. `vitest run <path>` has no lane and leaves nothing out.
 */
export const lanes = ["quick", "standard", "full"] as const
export type Lane = (typeof lanes)[number]

/** Files that not every lane runs. */
export interface Suite {
  /** From the root: a file, or `folder/**`. */
  readonly files: string
  /** The first lane that runs them. */
  readonly from: Lane
  readonly because: string
}

/** A file that is not listed here is in every lane. */
export const suites: ReadonlyArray<Suite> = [
  { files: "packages/jobs/src/submit/crash-matrix.test.ts", from: "standard", because: "starts and kills processes" },
  {
    files: "packages/jobs/src/submit/crash-matrix-unfindable.test.ts",
    from: "standard",
    because: "starts and kills processes"
  },
  { files: "packages/jobs/src/orphans/orphans.test.ts", from: "standard", because: "simulates for long" },
  {
    files: "packages/jobs/src/pipelines/pipeline-crashes.test.ts",
    from: "standard",
    because: "starts and kills processes"
  },
  { files: "packages/jobs/src/pipelines/random-faults.test.ts", from: "standard", because: "simulates for long" },
  { files: "packages/jobs/src/day-spend.test.ts", from: "standard", because: "simulates for long" },
  { files: "packages/jobs/src/accounts/account.test.ts", from: "standard", because: "simulates for long" },
  { files: "packages/jobs/src/recovery/recover-jobs.test.ts", from: "standard", because: "simulates for long" },
  { files: "packages/jobs/src/polling/late-visibility.test.ts", from: "standard", because: "simulates for long" },
  { files: "packages/jobs/src/recovery/recovery.test.ts", from: "standard", because: "simulates for long" },
  { files: "packages/jobs/src/recovery/poison-job.test.ts", from: "standard", because: "simulates for long" },
  { files: "packages/jobs/src/submit/refusal-storms.test.ts", from: "standard", because: "simulates for long" },
  { files: "packages/jobs/src/submit/uncertain-kling.test.ts", from: "standard", because: "simulates for long" },
  { files: "packages/jobs/src/polling/receive-callback.test.ts", from: "standard", because: "simulates for long" },
  { files: "packages/jobs/src/polling/follow-job.test.ts", from: "standard", because: "simulates for long" },
  { files: "packages/media/src/files/containment.test.ts", from: "standard", because: "draws many hostile servers" },
  { files: "packages/jobs/src/references/references.test.ts", from: "standard", because: "simulates for long" },
  { files: "packages/media/src/node/ffmpeg.test.ts", from: "standard", because: "starts processes" },
  { files: "packages/media/src/frames/contact-sheet.test.ts", from: "standard", because: "starts processes" },
  { files: "packages/media/src/node/open-folder.test.ts", from: "standard", because: "races a worker thread" },
  {
    files: "packages/media/src/preview/draw-preview.test.ts",
    from: "standard",
    because: "decodes images of many megapixels"
  },
  { files: "packages/emulator/src/answers/hostile-answers.test.ts", from: "standard", because: "draws 10,000 answers" },
  { files: "packages/emulator/src/server/media-pool.test.ts", from: "standard", because: "starts worker threads" },
  { files: "packages/tools/src/any-task-id.test.ts", from: "standard", because: "makes a task of every operation" },
  { files: "packages/jobs/src/postgres/**", from: "standard", because: "starts PostgreSQL" },
  {
    files: "packages/media/src/files/killed-download.test.ts",
    from: "standard",
    because: "starts and kills processes"
  },
  { files: "packages/media/src/files/download-memory.test.ts", from: "standard", because: "measures a process" },
  { files: "packages/emulator/src/server/main.test.ts", from: "standard", because: "starts processes" },
  { files: "apps/cli/src/commands/deadline.test.ts", from: "standard", because: "waits for real deadlines" },
  { files: "tests/abuse/**", from: "standard", because: "starts servers and commands as processes" },
  { files: "tests/board/**", from: "standard", because: "starts Chromium" },
  { files: "tests/cli/**", from: "standard", because: "starts the built command" },
  { files: "tests/conformance/**", from: "standard", because: "starts servers and the protocol's own test suites" },
  { files: "tests/docs/examples.test.ts", from: "standard", because: "runs each example of the documentation" },
  { files: "tests/docs/manifests.test.ts", from: "standard", because: "starts the installed servers" },
  { files: "tests/docs/surface.test.ts", from: "standard", because: "compiles three packages" },
  { files: "tests/docs/settings.test.ts", from: "standard", because: "starts the installed servers" },
  { files: "tests/embed/**", from: "standard", because: "packs and installs the libraries" },
  { files: "tests/hosted/**", from: "standard", because: "starts servers and an authorization server" },
  { files: "tests/hosts/**", from: "standard", because: "starts a server, and loads the code of other hosts" },
  {
    files: "tests/hosts/command-lines.test.ts",
    from: "full",
    because: "installs three hosts of 760 MB from the registry"
  },
  { files: "tests/inspector/**", from: "standard", because: "starts a server and the MCP Inspector" },
  { files: "tests/lost-answers/**", from: "standard", because: "measures processes" },
  { files: "tests/mcp/**", from: "standard", because: "starts servers as processes" },
  { files: "tests/money/**", from: "standard", because: "starts the built command" },
  { files: "tests/new-model/**", from: "standard", because: "copies and starts the sources" },
  { files: "tests/requests/**", from: "standard", because: "makes each request by every face" },
  { files: "tests/simulation/**", from: "standard", because: "simulates for long" },
  { files: "tests/stranger/**", from: "standard", because: "packs and installs the servers" },
  { files: "tests/wishes/**", from: "standard", because: "starts a server for each row of docs/wishes.md" },
  {
    files: "packages/jobs/src/postgres/frozen-postgres.test.ts",
    from: "full",
    because: "freezes a PostgreSQL of its own, and waits for its timeouts"
  },
  {
    files: "packages/jobs/src/submit/crash-matrix-postgres.test.ts",
    from: "full",
    because: "the same crashes as on SQLite, at twice the cost"
  },
  {
    files: "packages/jobs/src/submit/crash-matrix-unproven.test.ts",
    from: "full",
    because: "starts and kills processes for minutes"
  },
  {
    files: "packages/jobs/src/submit/crash-matrix-unfindable-postgres.test.ts",
    from: "full",
    because: "the same crashes as on SQLite, at twice the cost"
  },
  {
    files: "packages/jobs/src/pipelines/pipeline-crashes-postgres.test.ts",
    from: "full",
    because: "the same crashes as on SQLite"
  }
]

/** Simulated worlds in one run of `tests/simulation`. */
export const seeds: Readonly<Record<Lane, number>> = { quick: 0, standard: 500, full: 2000 }

/** The lane that `LANE` names. Without it nothing is left out. */
export const laneOf = (name: string | undefined): Lane => {
  const lane = name === undefined ? "full" : lanes.find((known) => known === name)
  if (lane === undefined) throw new Error(`LANE is ${name}; it must be ${lanes.join(", ")}`)
  return lane
}

/** The files of a room that a lane leaves out, as patterns from the room's folder. */
export const leftOut = (lane: Lane, room: string): ReadonlyArray<string> =>
  suites
    .filter(({ files, from }) => files.startsWith(`${room}/`) && lanes.indexOf(from) > lanes.indexOf(lane))
    .map(({ files }) => files.slice(room.length + 1))

declare module "vitest" {
  interface ProvidedContext {
    readonly seeds: number
  }
}
