import { Schema } from "effect"
import { CheaperSetting } from "../prices/cheaper-setting.ts"
import { Setting } from "./setting.ts"

const handle = { handle: Schema.String }
const setting = { setting: Setting }

/** A task at Kling that may be the one of a request whose response was lost. */
export const CandidateTask = Schema.Struct({
  taskId: Schema.String,
  status: Schema.String,
  /** Milliseconds since 1970. */
  createdAt: Schema.optionalKey(Schema.Finite)
})
export type CandidateTask = typeof CandidateTask.Type

/** What the caller can do after a failure, as data: each face puts it in its own words. */
export const NextStep = Schema.TaggedUnion({
  /** Correct the named fields. */
  FixInput: { fields: Schema.Array(Schema.String) },
  /** `submit` is for what makes a task, `call` for what answers at once. */
  UseMethod: { method: Schema.Literals(["submit", "call"]) },
  /** Kling rejected a parameter; whether its message names it. */
  ChangeParameter: { isNamed: Schema.Boolean },
  /** The same prompt and images would be refused again. */
  ChangeContent: {},
  /** The task failed at Kling; another attempt with the same input may fail too. */
  ChangeInput: {},
  ChooseModel: {},
  SetCredentials: {},
  /** The user connects a Kling account of their own at this page of the server, after signing in there. */
  ConnectAccount: { page: Schema.optionalKey(Schema.String) },
  CheckKey: {},
  /** A key is valid in its own region only, a key pair on legacy paths only. */
  CheckRegion: { ...setting, credential: Schema.optionalKey(Schema.Literals(["api-key", "key-pair"])) },
  /** The time of this machine is off. */
  SetClock: {},
  CheckAccount: { about: Schema.Literals(["state", "entitlement", "addresses"]) },
  TopUp: { what: Schema.Literals(["balance", "pack"]) },
  CheckNetwork: setting,
  /** Send the same request again, or repeat the same read. */
  Repeat: { when: Schema.Literals(["later", "soon", "slot-free", "lock-free"]) },
  /** `resend`: the request was not sent; `retry`: the call failed. */
  FixCause: { before: Schema.Literals(["resend", "retry"]) },
  UpdateClient: { because: Schema.Literals(["client-bug", "newer-ledger"]) },
  LookUpCode: { code: Schema.Int },
  CheckLater: {},
  /** The task may exist under this handle: look it up, never send it under another id. No handle: it cannot be found by id. */
  AwaitOutcome: { handle: Schema.optionalKey(Schema.String) },
  /** Kling's lists do not decide whether the request made a task: the user chooses one of these, or declares that none was made. */
  ChooseTask: { ...handle, candidates: Schema.Array(CandidateTask) },
  /** Another process has the job, or it may have been sent: look it up. */
  LookUp: handle,
  /** An identical request exists; another one has to be asked for, as this take. */
  UseExisting: { ...handle, nextTake: Schema.optionalKey(Schema.Int) },
  /** The idempotency key belongs to this earlier request. */
  ChooseKey: handle,
  /** Say whether this credential is of the account that paid for the earlier job. */
  NameAccount: handle,
  /** No task or job has this id. */
  CheckId: { id: Schema.String, at: Schema.Literals(["Kling", "ledger"]) },
  Wait: handle,
  CheckStatus: handle,
  /** The files are still at Kling for `withinDays`. */
  Download: { ...handle, withinDays: Schema.Int },
  TrustHost: { ...setting, withinDays: Schema.Int },
  /** The ledger's row is unreadable; Kling knows the task by this external id. */
  FindAtKling: handle,
  /**
   * The price needs an approval. `isOpen`: because no price is published, under any limit. `code`: of the question that the
   * user can answer elsewhere.
   */
  Approve: { ...setting, limitUsd: Schema.Number, isOpen: Schema.Boolean, code: Schema.optionalKey(Schema.String) },
  /** The approval that was given is not valid for this request. */
  ApproveAgain: {},
  /** `isUpperBound`: a known length would lower the price. `cheaper`: what else of the request would be within the limit. */
  RaiseLimit: {
    ...setting,
    limitUsd: Schema.Number,
    isUpperBound: Schema.Boolean,
    cheaper: Schema.optionalKey(Schema.Array(CheaperSetting))
  },
  /**
   * A budget cannot hold the request. `isPriced`: false if its price is unknown until charged. `resetsOn`: the day (UTC) from
   * which the budget is whole again.
   */
  AskForBudget: {
    level: Schema.String,
    name: Schema.String,
    resetsOn: Schema.optionalKey(Schema.String),
    isPriced: Schema.Boolean,
    isUpperBound: Schema.Boolean,
    cheaper: Schema.optionalKey(Schema.Array(CheaperSetting))
  },
  /** A pipeline continues after its cause is fixed. */
  Resume: handle,
  /** A step may have been charged: the pipeline continues only if that step may be charged twice. */
  RepeatUnknown: handle,
  /** Choose another name, or allow replacing the file. */
  ReplaceFile: { path: Schema.String },
  AllowFolder: { settings: Schema.Array(Setting) },
  /** Upload the file by this link, which is good once and for `minutes`; the answer has the id to use in its place. */
  Upload: { link: Schema.Redacted(Schema.String), minutes: Schema.Int },
  FreeSpace: { settings: Schema.Array(Setting) },
  MakeAccessible: { settings: Schema.Array(Setting) },
  MakeWritable: { settings: Schema.Array(Setting) },
  MoveAway: { settings: Schema.Array(Setting) },
  /** The ledger is lost: put it back, or delete what remembers it to begin another. */
  RestoreLedger: {},
  /** Make the request itself: what is known of the one that cannot be repeated by its id. */
  RequestAnew: {
    ...handle,
    request: Schema.optionalKey(Schema.String),
    operation: Schema.optionalKey(Schema.String),
    model: Schema.optionalKey(Schema.String),
    prompt: Schema.optionalKey(Schema.String)
  },
  /** A step is made again with its pipeline. */
  RepeatWhole: handle,
  /** The file of a pipeline is edited and run again: only what has changed is paid. */
  EditPipeline: {},
  RemoveCharacter: { field: Schema.String },
  RestartList: {}
})
export type NextStep = typeof NextStep.Type

/** Steps that each face takes by its own commands, methods or tools. */
type FaceTag =
  | "AwaitOutcome"
  | "ChooseTask"
  | "LookUp"
  | "UseExisting"
  | "ChooseKey"
  | "NameAccount"
  | "Wait"
  | "Download"
  | "Approve"
  | "RepeatUnknown"
  | "RepeatWhole"
  | "ReplaceFile"

export type FaceStep = Extract<NextStep, { readonly _tag: FaceTag }>
/** Steps that read the same everywhere but for the names of settings. */
export type SharedStep = Exclude<NextStep, FaceStep>
