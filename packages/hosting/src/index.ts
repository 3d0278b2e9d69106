export { AccessDenied } from "./access-denied.ts"
export { AccessKeys, type KeyOwner } from "./access-keys.ts"
export {
  type AccountEntry,
  AccountUnreadable,
  type ConnectedAccount,
  type KlingAccount,
  KlingAccounts,
  SecretMissing
} from "./accounts/kling-accounts.ts"
export { Budgets } from "./budgets.ts"
export { CallbackAddresses, callbackPath, callbackSecrets } from "./callback-addresses.ts"
export { checkIssuer } from "./check-issuer.ts"
export { layerEngine } from "./engine/engine.ts"
export { CallLimits, defaultLimits, type Limits, TooManyCalls } from "./call-limits.ts"
export { Gate } from "./gate.ts"
export { AccountPage } from "./page/account-page.ts"
export type { PageAnswer, PageRequest } from "./page/page-answer.ts"
export { s3MediaStore } from "./media-store/s3-media-store.ts"
export { type MediaStoreSettings, mediaStoreSettings } from "./media-store/settings.ts"
export { isBudgetName, type Principal } from "./principal.ts"
export { challenge, metadataPaths, metadataUrl, resourceMetadata } from "./protected-resource.ts"
export { configuredSecrets, type KnownSecrets, makeKnownSecrets } from "./known-secrets.ts"
export { type OperatingSettings, serverSettings } from "./operating-settings.ts"
export {
  accountPageUrl,
  accountPath,
  type HostingSettings,
  isAuthenticated,
  missingForUploads,
  resourceOf
} from "./settings.ts"
export { layerDeliveries } from "./webhooks/deliveries.ts"
export { EndpointRefused, Endpoints, type NewEndpoint } from "./webhooks/endpoints.ts"
export { answerUpload, type UploadRequest, uploadTokenOf } from "./uploads/answer-upload.ts"
export { maxUploadBytes } from "./uploads/receive-file.ts"
export { FileUploads, uploadPath } from "./uploads/file-uploads.ts"
export { exactUsd, reportCsv, reportJson } from "./spend-report.ts"
