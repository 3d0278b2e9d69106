/** The environment variables of every server, for `--help`. Details are in `docs/settings.md`. */
export const settingsHelp = `  KLINGAI_API_KEY                         the Kling API key, or
  KLINGAI_ACCESS_KEY, KLINGAI_SECRET_KEY  an access/secret key pair
  KLINGAI_REGION                          global (default) or china
  KLINGAI_BASE_URL                        another base URL, such as the emulator's
  KLINGKIT_ACCOUNT                        a name for the Kling account, the same for all of its keys
  KLINGKIT_OUTPUT_DIR                     where files are saved (default ~/klingkit)
  KLINGKIT_FILE_NAME                      file name template, such as {date}/{model}-{handle}
  KLINGKIT_INPUT_DIRS                     more folders from which media may be read
  KLINGKIT_MAX_USD_PER_CALL               refuse a call that may cost more than this
  KLINGKIT_MAX_USD_PER_DAY                refuse a call that may take the day (UTC) above this
  KLINGKIT_ORGANIZATION                   whose budget counts what is paid here (default: default)
  KLINGKIT_REPEAT_MINUTES                 how long after its end a job answers for the same request; 10
  KLINGKIT_CONFIRM_ABOVE_USD              calls above this price need the user's approval
  KLINGKIT_CONFIRM_TOKENS                 on: callers may approve by the token of a quote; off
  KLINGKIT_TOOLSETS                       core (default), studio, raw, all, or comma-separated
  KLINGKIT_RESULT_LINKS                   off: no links to files in results, for clients that break on them
  KLINGKIT_MEDIA_DOMAINS                  more origins from which the board may show media
  KLINGKIT_PRIVATE_HOSTS                  result hosts allowed in a private network
  KLINGKIT_HOME                           where the ledger is kept
  KLINGKIT_DATABASE_URL                   PostgreSQL URL of the ledger, instead of a file`
