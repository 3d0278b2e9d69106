/** A word or phrase that the glossary has replaced. */
export interface OldWord {
  /** Forms separated by `|`. In names a space stands for a word boundary: `take up` is `takeUp` and `take-up`. */
  readonly old: string
  readonly instead: string
  /** Names or sentences in which the old word means something else. */
  readonly except?: string
  /** Paths where the old word means something else. */
  readonly allowedIn?: RegExp
}

/** The one kind of film that there is: what is assembled from the videos of a story. */
const filmsOfStories = /(^|\/)film/

/** What users ask for in their own words; a request is what becomes of it. */
const whatUsersAskFor = /^(tests\/wishes\/|docs\/wishes\.md$)/

/** Where a person is seen in an image, or is a level of budgets: someone with several access keys. Neither is the user. */
const peopleMeant =
  /virtual-try-on|budget|^(apps\/mcp-http\/src\/arguments|docs\/hosting|packages\/(hosting\/src\/token-verifier|mcp\/src\/services|jobs\/src\/(config|node\/jobs-from-options|ledger\/(access-keys|create-job|create-pipeline|migrations|testing\/sharing-suite))))/

/** For identifiers and file names. A name with an underscore belongs to a wire or a schema and is not checked. */
export const oldNames: ReadonlyArray<OldWord> = [
  { old: "clip|clips", instead: "video" },
  { old: "picture|pictures", instead: "image" },
  { old: "film|films", instead: "video", allowedIn: filmsOfStories },
  { old: "wish|wishes", instead: "request", allowedIn: whatUsersAskFor },
  { old: "look|looks|looked|looking", instead: "poll, status read or lookup", except: "look up|look ahead|looks like" },
  { old: "sight|sights|sighted", instead: "snapshot" },
  { old: "unseen", instead: "not visible, missing" },
  { old: "told", instead: "result, summary or notified" },
  { old: "alarm|alarms|rung", instead: "notify, subscriber" },
  { old: "place|places", instead: "queue position, slot, path or location", except: "in place" },
  { old: "purse|purses", instead: "spend scope" },
  { old: "purser", instead: "spender" },
  { old: "set aside|to reserve", instead: "reserve" },
  { old: "from reserve", instead: "commit" },
  { old: "give back", instead: "release" },
  { old: "dear", instead: "above threshold, require approval" },
  { old: "yeses", instead: "approvals" },
  { old: "person|persons", instead: "user", except: "person image", allowedIn: peopleMeant },
  { old: "nobody|somebody|whoever|anybody", instead: "no process, another process or the caller" },
  { old: "chain|chains|chained", instead: "pipeline", except: "prototype chain" },
  { old: "begun", instead: "created, started" },
  { old: "surroundings", instead: "dependencies, options" },
  { old: "standing", instead: "state" },
  { old: "driven", instead: "active run" },
  { old: "take up|takes up|taken up", instead: "recover, resume" },
  { old: "take in|takes in", instead: "apply" },
  { old: "adopt late", instead: "reconcile" },
  { old: "goes on|go on", instead: "continue, return pending" },
  { old: "left in|on abandoned", instead: "orphaned" },
  { old: "promised", instead: "acknowledged" },
  { old: "given away", instead: "returned" },
  { old: "forget|forgets|remembered", instead: "purge, retention" },
  { old: "patience", instead: "timeout" },
  { old: "impatient", instead: "fast-forward" },
  { old: "mortal", instead: "crashable" },
  { old: "cut short", instead: "truncated" },
  { old: "without secrets", instead: "redact secrets" },
  { old: "successor|successors", instead: "replacement" },
  { old: "usual", instead: "expected" },
  { old: "mend|mends|mended", instead: "fix" },
  { old: "most usd", instead: "max usd" },
  { old: "(?<!\\w )at most", instead: "upper bound" },
  { old: "nearest word", instead: "closest match" },
  { old: "judge|judged|verdict", instead: "classify, outcome" },
  { old: "may have arrived", instead: "may have executed" },
  { old: "slots taken", instead: "concurrency limit" },
  { old: "pack exhausted", instead: "quota exceeded" },
  { old: "not offered", instead: "not supported" },
  { old: "not recorded", instead: "journal failed" },
  { old: "short of space|require room", instead: "check disk space" },
  { old: "room bytes", instead: "min free bytes" },
  { old: "give name", instead: "commit file" },
  { old: "handed on", instead: "check remote URL" },
  { old: "expect in place", instead: "assert unchanged" },
  { old: "look at many", instead: "get tasks batch" },
  { old: "most listed", instead: "max listed" },
  { old: "made at once", instead: "synchronous call" },
  { old: "state seal", instead: "signed state" },
  { old: "row marks", instead: "job timestamps" },
  { old: "resident", instead: "long running" },
  { old: "agenda", instead: "scheduler" },
  { old: "strike|strikes", instead: "inject fault" },
  { old: "struck", instead: "applied fault" },
  { old: "booking|bookings", instead: "charge" },
  { old: "fate|fates", instead: "outcome" },
  { old: "witness", instead: "invariant checker" },
  { old: "swapper", instead: "symlink racer" },
  { old: "manner", instead: "locale, options" }
]

/** For file names only: code that turns data into text is named after that. */
export const oldFileNames: ReadonlyArray<OldWord> = [
  { old: "words", instead: "format", except: "old words" },
  { old: "news", instead: "model context" },
  { old: "lives", instead: "retention, runs" },
  { old: "reach", instead: "fetch policy" }
]

/** For comments, messages, test titles and documentation. */
export const oldPhrases: ReadonlyArray<OldWord> = [
  { old: "nobody|somebody|whoever|anybody", instead: "no process, another process, the caller or anyone" },
  {
    old: "(?:a|the|its|their|another) person|persons",
    instead: "the user",
    except: "(?:a|the) person(?:'s)? (?:in|on|of|image|to dress|who (?:speaks|wears|talks))",
    allowedIn: peopleMeant
  },
  { old: "clips?", instead: "video", except: "clip-path" },
  { old: "pictures?", instead: "image" },
  {
    old: "films?",
    instead: "video",
    except: "film grain|mm film|film\\.ya?ml|Kling films|then film",
    allowedIn: filmsOfStories
  },
  { old: "wish|wishes", instead: "request", allowedIn: whatUsersAskFor },
  {
    old: "(?:a|an|one|each|every|first|second|next|last|later|failed|two|many|more) looks?",
    instead: "poll, status read",
    except: "(?:a|one|first|second|last) look (?:at|like)"
  },
  { old: "(?:is|are|was|were|be|been) told", instead: "is notified, gets" },
  { old: "alarms?|rung", instead: "notification" },
  { old: "purses?", instead: "spend scope" },
  { old: "patience", instead: "timeout" },
  { old: "parallel places?", instead: "concurrency slot" },
  { old: "places? in (?:the )?(?:line|queue)", instead: "queue position" },
  { old: "Kling's places?", instead: "wire field" },
  { old: "(?:stands?|standing|stood) in line", instead: "is queued" },
  { old: "sets? aside", instead: "reserve" },
  { old: "(?:a|the|one|its|their|no|without) yes|yeses", instead: "approval" },
  { old: "dear", instead: "expensive, above the approval threshold" },
  { old: "chains?|chained", instead: "pipeline", except: "(?:prototype|promise|certificate|supply) chains?" },
  { old: "promised", instead: "acknowledged" },
  { old: "given away", instead: "returned" },
  { old: "(?:takes?|taken|took) up(?! to)", instead: "resume", except: "(?:takes?|taken|took) up (?:space|room)" },
  { old: "(?:goes|go|went|going|gone) on(?! to)", instead: "continue, keep running, resume" },
  { old: "mends?|mended|mending", instead: "fix" },
  { old: "(?<!there )is none(?! of)", instead: "is not a valid X" },
  { old: "(?<!there )is no (?!matter|end|reason)\\w+ (?:of|that)", instead: "is not a known X" },
  { old: "written down", instead: "persisted" },
  { old: "under way", instead: "running, in progress" },
  { old: "cut short", instead: "truncated" },
  { old: "a moment ago", instead: "within the last two minutes" },
  { old: "not known before", instead: "unknown until charged" },
  { old: "(?:says?|said) back", instead: "echoes" },
  { old: "true or false", instead: "boolean" },
  { old: "whole numbers?", instead: "integer" }
]

/** Files that hold old words by purpose, or that are written by a program or by Kling. */
export const notChecked: ReadonlyArray<{ readonly path: RegExp; readonly reason: string }> = [
  { path: /^tests\/house\/(old-words|wording\.test)\.ts$/, reason: "the table and the samples of this check" },
  {
    path: /\/generated\/|\.generated\.|^docs\/(api\/|requests\.md)|pnpm-lock/,
    reason: "written by a program from checked sources"
  },
  { path: /\/fixtures\/|^tests\/mcp\/golden\//, reason: "Kling's own texts, or what a test has recorded" }
]

/** Where one old word stays. An entry that is no longer needed fails the test. */
export const wordAllowances: ReadonlyArray<{ readonly path: string; readonly old: string; readonly reason: string }> = [
  {
    path: "packages/core/src/pipelines/step-reference.ts",
    old: "clip",
    reason: "the stored format, which fingerprints cover"
  },
  {
    path: "packages/core/src/pipelines/step-reference.ts",
    old: "picture",
    reason: "the stored format, which fingerprints cover"
  },
  {
    path: "packages/core/src/pipelines/step-reference.test.ts",
    old: "clip",
    reason: "the stored format, which fingerprints cover"
  },
  { path: "apps/cli/src/commands/pipeline/pipeline.ts", old: "chain", reason: "the deprecated alias of the command" },
  { path: "apps/cli/src/output/task-view.ts", old: "place", reason: "a key of the JSON output" },
  { path: "apps/cli/src/output/task-view.ts", old: "chain", reason: "a key of the JSON output" },
  { path: "apps/cli/src/commands/pipeline/storyboard.test.ts", old: "chain", reason: "a key of the JSON output" },
  { path: "apps/cli/src/output/task-view.ts", old: "at most", reason: "a key of the JSON output" },
  { path: "apps/cli/src/commands/api/parameter-view.ts", old: "place", reason: "a key of the JSON output" },
  { path: "apps/cli/src/commands/api/api.test.ts", old: "place", reason: "a key of the JSON output" },
  { path: "apps/cli/src/commands/models.ts", old: "successor", reason: "a key of the JSON output" },
  { path: "apps/cli/src/commands/models.test.ts", old: "successor", reason: "a key of the JSON output" },
  { path: "apps/cli/src/commands/quote.test.ts", old: "at most", reason: "a key of the JSON output" },
  { path: "packages/tools/src/tools/list-models.ts", old: "pictures", reason: "a key of the tool's result" },
  { path: "packages/tools/src/tools/list-models.test.ts", old: "pictures", reason: "a key of the tool's result" },
  { path: "packages/mcp/src/resources.test.ts", old: "pictures", reason: "a key of the resource" },
  { path: "packages/tools/src/prompts/catalog.test.ts", old: "picture", reason: "an argument of the prompt" }
]
