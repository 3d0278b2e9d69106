export type { DocumentFacts } from "./openapi/document.ts"
export { refusedAnswer, type RestAnswer } from "./problem.ts"
export { type RestApi, restApi, restPath } from "./rest-api.ts"
export { coveredTools } from "./routes.ts"
