import { consoleSites, packLagHours } from "@klingkit/core/internal"
import { DateTime, Redacted } from "effect"
import type { ResourcePack } from "../accounts/check-account.ts"
import type { ConnectedAccount } from "../accounts/kling-accounts.ts"
import { accountPath } from "../settings.ts"
import { html, type Html } from "./html.ts"

/** What has happened, above everything else. */
export interface Notice {
  readonly kind: "good" | "bad"
  readonly text: string
}

export const layout = (title: string, notice: Notice | undefined, content: Html): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} - klingkit</title>
        <link rel="stylesheet" href="${accountPath}/style.css" />
      </head>
      <body>
        <main>
          ${
            notice === undefined
              ? undefined
              : html`<div class="notice ${notice.kind}" role="${notice.kind === "bad" ? "alert" : "status"}">
                  ${notice.text}
                </div>`
          }
          ${content}
        </main>
      </body>
    </html>`

/** A page with nothing to do on it. */
export const messageView = (title: string, text: string): Html =>
  layout(
    title,
    undefined,
    html`<h1>${title}</h1>
      <p>${text}</p>`
  )

export interface SignInOptions {
  readonly withKeys: boolean
  readonly withIssuer: boolean
  readonly notice?: Notice | undefined
}

export const signInView = ({ withKeys, withIssuer, notice }: SignInOptions): Html =>
  layout(
    "Sign in",
    notice,
    html`<h1>Sign in</h1>
      <p>Here you connect your own Kling account, which then pays for what you ask of this server.</p>
      ${withIssuer ? html`<p><a class="button" href="${accountPath}/sign-in">Sign in with your organization</a></p>` : undefined}
      ${
        withKeys
          ? html`<form method="post" action="${accountPath}/sign-in">
              <label for="access_key">Access key of this server</label>
              <input
                id="access_key"
                name="access_key"
                type="password"
                autocomplete="off"
                required
                aria-describedby="about_key"
              />
              <p id="about_key" class="quiet">
                It begins with klingkit_. It is the one that your chat uses; not a key of Kling.
              </p>
              <button>Sign in</button>
            </form>`
          : undefined
      }`
  )

/** What Kling says of a connected account. */
export type Packs = ReadonlyArray<ResourcePack> | { readonly problem: string }

export interface AccountViewOptions {
  readonly user: string
  /** Of the session; a form without it is not accepted. */
  readonly token: string
  readonly account: ConnectedAccount | "none" | "unreadable"
  readonly packs?: Packs
  /** The server's Kling, where it does not leave the region to accounts. */
  readonly fixedHost?: string | undefined
  readonly notice?: Notice | undefined
}

export const accountView = (options: AccountViewOptions): Html => {
  const { user, token, account, notice } = options
  const isConnected = typeof account === "object"
  return layout(
    "Your Kling account",
    notice,
    html`<header>
        <h1>Your Kling account</h1>
        ${action("sign-out", token, html`<button class="plain">Sign out</button>`)}
      </header>
      <p>Signed in as <strong>${user}</strong>.</p>
      ${isConnected ? connected(options, account) : html`<p>${unconnected[account]}</p>`}
      <h2>${isConnected ? "Replace the key" : "Connect a Kling account"}</h2>
      ${connectForm(options, isConnected)}
      ${
        isConnected
          ? html`<h2>Disconnect</h2>
              <p>
                The key is deleted here. Tasks that Kling is making continue there and are charged; to follow them
                again, connect a key of the same account.
              </p>
              ${action("disconnect", token, html`<button class="plain">Disconnect</button>`)}`
          : undefined
      }`
  )
}

const unconnected = {
  none: "No Kling account is connected.",
  unreadable:
    "A Kling account is connected, but this server can no longer read its key: connect it again. Until then nothing is charged to it or to another."
} as const

const action = (name: string, token: string, content: Html): Html =>
  html`<form method="post" action="${accountPath}/${name}">
    <input type="hidden" name="token" value="${token}" />${content}
  </form>`

const regions = { global: "Global", china: "Mainland China" } as const

const connected = ({ token, packs = [], fixedHost }: AccountViewOptions, account: ConnectedAccount): Html => {
  const { region, connectedAt, maxUsdPerDay } = account
  const since = DateTime.formatIsoDateUtc(DateTime.makeUnsafe(connectedAt))
  return html`<dl>
      <dt>Key</dt>
      <dd>${keyText(account)}</dd>
      <dt>Region</dt>
      <dd>${fixedHost ?? regions[region]}</dd>
      <dt>Connected since</dt>
      <dd><time datetime="${since}">${since}</time></dd>
      <dt>Limit per day</dt>
      <dd>${maxUsdPerDay === undefined ? "none of your own" : `${maxUsdPerDay} USD (UTC day)`}</dd>
    </dl>
    ${packsTable(packs)}
    <h2>Spend limit</h2>
    ${action(
      "limit",
      token,
      html`${limitField(maxUsdPerDay)}
        <p><button>Save the limit</button></p>`
    )}`
}

/** Enough to tell keys apart, not enough to help guess one. */
const keyText = ({ credentials }: ConnectedAccount): string => {
  const [what, text] =
    credentials.kind === "api-key"
      ? ["API key", Redacted.value(credentials.apiKey)]
      : ["key pair, access key", credentials.accessKey]
  return text.length < 16 ? what : `${what} ending in ${text.slice(-4)}`
}

const packsTable = (packs: Packs): Html => {
  if ("problem" in packs) return html`<p class="notice bad">${packs.problem}</p>`
  if (packs.length === 0) {
    return html`<p>Kling names no resource packs of this account: calls are paid from its balance, or not possible.</p>`
  }
  return html`<table>
    <caption>
      Resource packs. What is left may be up to ${packLagHours} hours old.
    </caption>
    <thead>
      <tr>
        <th scope="col">Pack</th>
        <th scope="col">Left</th>
        <th scope="col">Of</th>
        <th scope="col">State</th>
      </tr>
    </thead>
    <tbody>
      ${packs.map(
        ({ name, remaining, total, status }) =>
          html`<tr>
            <td>${name.slice(0, 200)}</td>
            <td>${remaining}</td>
            <td>${total}</td>
            <td>${states[status] ?? status.slice(0, 40)}</td>
          </tr>`
      )}
    </tbody>
  </table>`
}

const states: Readonly<Record<string, string>> = {
  online: "in use",
  runOut: "used up",
  expired: "expired",
  toBeOnline: "not yet valid"
}

const connectForm = ({ token, fixedHost }: AccountViewOptions, isConnected: boolean): Html =>
  action(
    "connect",
    token,
    html`<p class="quiet">
        From Kling's developer console. The key is checked by a free question to Kling, then stored encrypted and shown
        to nobody.
      </p>
      <fieldset>
        <legend>API key</legend>
        ${secretField("api_key", "API key")}
      </fieldset>
      <fieldset>
        <legend>Or an older key pair</legend>
        ${secretField("access_key", "Access key")} ${secretField("secret_key", "Secret key")}
      </fieldset>
      ${
        fixedHost === undefined
          ? html`<fieldset>
              <legend>Region</legend>
              <label class="choice"
                ><input type="radio" name="region" value="global" checked /> ${regions.global}
                (${consoleSites.global})</label
              >
              <label class="choice"
                ><input type="radio" name="region" value="china" /> ${regions.china} (${consoleSites.china})</label
              >
            </fieldset>`
          : undefined
      }
      ${
        isConnected
          ? html`<label class="choice"
              ><input type="checkbox" name="same_account" value="yes" checked /> This key is of the same Kling account
              as the one before</label
            >`
          : limitField(undefined)
      }
      <p><button>${isConnected ? "Check and replace" : "Check and connect"}</button></p>`
  )

const secretField = (name: string, label: string): Html =>
  html`<label for="${name}">${label}</label>
    <input id="${name}" name="${name}" type="password" autocomplete="off" spellcheck="false" />`

const limitField = (value: number | undefined): Html =>
  html`<label for="max_usd_per_day">At most so many USD a day (UTC); empty for no limit of your own</label>
    <input id="max_usd_per_day" name="max_usd_per_day" inputmode="decimal" autocomplete="off" value="${value}" />`
