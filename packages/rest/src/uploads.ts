import { Redacted } from "effect"
import { refusal, type RestAnswer } from "./problem.ts"

/** Where links to upload local files by are asked for. */
export const uploadsPath = "/v1/uploads"

interface UploadLink {
  readonly url: Redacted.Redacted
  readonly expiresAt: number
}

/** A new link. */
export const uploadLinkAnswer = ({ url, expiresAt }: UploadLink): RestAnswer => ({
  status: 201,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: { upload_url: Redacted.value(url), expires_at: new Date(expiresAt).toISOString() }
})

/** Why there are no links; nothing where there are. `missing` are settings of the server. */
export const noUploadLink = (method: string, missing: ReadonlyArray<string>): RestAnswer | undefined => {
  if (method !== "POST") {
    const detail = `${method.slice(0, 20)} is not a method of this path`
    return refusal(405, "REST_WRONG_METHOD", detail, "use POST", { allow: "POST, OPTIONS" })
  }
  return missing.length === 0
    ? undefined
    : refusal(
        404,
        "REST_NO_UPLOADS",
        "this server takes no files",
        `give an https URL, or ask the operator to set ${missing.join("; ")}`
      )
}

/** The path in the OpenAPI document. */
export const uploadsPathItem = (signIn: boolean): object => ({
  post: {
    tags: ["uploads"],
    operationId: "create_upload",
    summary: "Get a link to upload a local file",
    description: `The link takes one image, video or audio file within 15 minutes: PUT its bytes there, without sign-in. The answer has an \`id\`, \`upload:...\`, which stands for the file wherever a URL of media is taken. In a browser the link shows a form. Free.${signIn ? " Needs the scope kling:generate." : ""}`,
    responses: {
      "201": {
        description: "The link",
        content: {
          "application/json": {
            schema: {
              type: "object",
              properties: {
                upload_url: { type: "string", description: "Anyone who has it can upload one file for you" },
                expires_at: { type: "string", format: "date-time" }
              },
              required: ["upload_url", "expires_at"]
            }
          }
        }
      },
      default: { $ref: "#/components/responses/problem" }
    },
    security: signIn ? [{ bearer: ["kling:generate"] }] : [{}]
  }
})
