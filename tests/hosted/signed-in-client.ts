import {
  Client,
  type OAuthClientMetadata,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError
} from "@modelcontextprotocol/client"
import { followTo } from "./browser.ts"

const redirectUrl = "http://127.0.0.1:33418/callback"

/** Registers itself, signs a user in and keeps the tokens, as the connector of a chat does. */
export class SignIn implements OAuthClientProvider {
  readonly redirectUrl = redirectUrl
  readonly clientMetadata: OAuthClientMetadata
  readonly #user: string
  #client: StoredOAuthClientInformation | undefined
  #tokens: StoredOAuthTokens | undefined
  #verifier = ""
  #discovered: OAuthDiscoveryState | undefined
  /** The address with the code, to which the issuer sent the browser back. */
  returned: URL | undefined
  /** The scopes that were asked for, one text for each time. */
  readonly asked: Array<string> = []

  constructor(user: string) {
    this.#user = user
    this.clientMetadata = {
      client_name: "a chat",
      redirect_uris: [redirectUrl],
      grant_types: ["authorization_code"],
      response_types: ["code"],
      token_endpoint_auth_method: "none"
    }
  }
  clientInformation(): StoredOAuthClientInformation | undefined {
    return this.#client
  }
  saveClientInformation(client: StoredOAuthClientInformation): void {
    this.#client = client
  }
  tokens(): StoredOAuthTokens | undefined {
    return this.#tokens
  }
  saveTokens(tokens: StoredOAuthTokens): void {
    this.#tokens = tokens
  }
  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier
  }
  codeVerifier(): string {
    return this.#verifier
  }
  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovered = state
  }
  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovered
  }
  async redirectToAuthorization(url: URL): Promise<void> {
    this.asked.push(url.searchParams.get("scope") ?? "")
    url.searchParams.set("login_hint", this.#user)
    this.returned = await followTo(url, redirectUrl)
  }
}

/** A client of the server that signs in when the server asks for it. */
export const signedInClient = async (url: string, authProvider: SignIn): Promise<Client> => {
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider })
  const client = new Client({ name: "a chat", version: "1" })
  try {
    await client.connect(transport)
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error
    await transport.finishAuth(authProvider.returned?.searchParams ?? new URLSearchParams())
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider }))
  }
  return client
}
