import { Schema } from "effect"

/** The environment variable of each setting, under its own name: the option of `createKling` and `createJobs`, mostly. */
const variables = {
  apiKey: "KLINGAI_API_KEY",
  accessKey: "KLINGAI_ACCESS_KEY",
  secretKey: "KLINGAI_SECRET_KEY",
  baseUrl: "KLINGAI_BASE_URL",
  region: "KLINGAI_REGION",
  approvalThresholdUsd: "KLINGKIT_CONFIRM_ABOVE_USD",
  confirmTokens: "KLINGKIT_CONFIRM_TOKENS",
  maxUsdPerCall: "KLINGKIT_MAX_USD_PER_CALL",
  maxUsdPerDay: "KLINGKIT_MAX_USD_PER_DAY",
  outputDir: "KLINGKIT_OUTPUT_DIR",
  inputDirs: "KLINGKIT_INPUT_DIRS",
  nameTemplate: "KLINGKIT_FILE_NAME",
  privateHosts: "KLINGKIT_PRIVATE_HOSTS",
  ledgerDir: "KLINGKIT_HOME",
  databaseUrl: "KLINGKIT_DATABASE_URL"
} as const

/** A setting that an error is about. Faces name it in their words. */
export type Setting = keyof typeof variables

export const Setting = Schema.Literals(Object.keys(variables) as ReadonlyArray<Setting>)

export const isSetting = (name: string): name is Setting => Object.hasOwn(variables, name)

/** What a face calls a setting. */
export type NameSetting = (setting: Setting) => string

/** The setting as programs are configured: by their environment. */
export const variableOf = (setting: Setting): (typeof variables)[Setting] => variables[setting]

const nestedOptions: Partial<Record<Setting, string>> = {
  approvalThresholdUsd: "limits.confirmAboveUsd",
  confirmTokens: "limits.confirmTokens",
  maxUsdPerCall: "limits.maxUsdPerCall",
  maxUsdPerDay: "limits.maxUsdPerDay"
}

/** The setting as a programmer knows it: the option, and the variable that is read where it is absent. */
export const optionOf: NameSetting = (setting) => `${nestedOptions[setting] ?? setting} / ${variableOf(setting)}`
