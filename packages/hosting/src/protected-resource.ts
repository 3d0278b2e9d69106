import { scopes } from "@klingkit/tools"
import type { AccessDenied } from "./access-denied.ts"
import { type HostingSettings, resourceOf } from "./settings.ts"

const wellKnown = "/.well-known/oauth-protected-resource"

/** Where clients look for the metadata: of the resource `/mcp`, and of the server as a whole. */
export const metadataPaths: ReadonlyArray<string> = [`${wellKnown}/mcp`, wellKnown]

/** The metadata of this server as an OAuth resource (RFC 9728); nothing when it accepts no tokens. */
export const resourceMetadata = ({ publicOrigin, oauth }: HostingSettings) =>
  publicOrigin === undefined || oauth === undefined
    ? undefined
    : {
        resource: resourceOf(publicOrigin),
        resource_name: "klingkit",
        authorization_servers: [oauth.issuer],
        scopes_supported: [...scopes],
        bearer_methods_supported: ["header"]
      }

export const metadataUrl = ({ publicOrigin, oauth }: HostingSettings): string | undefined =>
  publicOrigin === undefined || oauth === undefined ? undefined : `${publicOrigin}${wellKnown}/mcp`

/** What a client asks for when it does not know better: all that the default tools need. */
const scopeOfDefaultTools = "kling:read kling:generate"

/** The `WWW-Authenticate` header of a refusal (RFC 6750), from which a client learns where to sign in, and for what. */
export const challenge = ({ reason, message, scope }: AccessDenied, settings: HostingSettings): string => {
  const metadata = metadataUrl(settings)
  const error = reason === "invalid" ? "invalid_token" : reason === "scope" ? "insufficient_scope" : undefined
  return `Bearer ${[
    ['realm="klingkit"'],
    error === undefined ? [] : [`error="${error}"`, `error_description="${message}"`],
    scope === undefined && metadata === undefined ? [] : [`scope="${scope ?? scopeOfDefaultTools}"`],
    metadata === undefined ? [] : [`resource_metadata="${metadata}"`]
  ]
    .flat()
    .join(", ")}`
}
