import { isLocalUrl, regionHosts, regionUrls } from "../config.ts"

/** Where the accounts behind a base URL are: a region, or the origin of another host, such as an emulator's. */
export const regionOf = (baseUrl: string): string => {
  const { origin, protocol, port } = new URL(baseUrl)
  // `localhost` and `127.0.0.1` are one machine.
  return klingRegionOf(baseUrl) ?? (isLocalUrl(baseUrl) ? `${protocol}//127.0.0.1:${port}` : origin)
}

/** The region of a base URL of Kling's own. */
export const klingRegionOf = (baseUrl: string): keyof typeof regionUrls | undefined =>
  regionHosts[new URL(baseUrl).origin]

/** Whether no account can be in both: keys are bound to their region, and an emulator has accounts of its own. */
export const areSeparateRegions = (one: string, other: string): boolean =>
  one !== other && (isLocalUrl(one) || isLocalUrl(other) || (isRegion(one) && isRegion(other)))

const isRegion = (region: string): boolean => Object.hasOwn(regionUrls, region)
