/** What every server takes from the environment, for `--help`. `docs/settings.md` says more of each. */
export const settingsHelp = `  KLINGAI_API_KEY                         the Kling API key, or
  KLINGAI_ACCESS_KEY, KLINGAI_SECRET_KEY  an access/secret key pair
  KLINGAI_REGION                          global (default) or china
  KLINGAI_BASE_URL                        another place of the API, such as the emulator
  KLINGKIT_OUTPUT_DIR                     where files are saved (default ~/klingkit)
  KLINGKIT_FILE_NAME                      their names, such as {date}/{model}-{handle}
  KLINGKIT_INPUT_DIRS                     more folders that pictures and sounds may be read from
  KLINGKIT_MAX_USD_PER_CALL               refuse a call that may cost more
  KLINGKIT_MAX_USD_PER_DAY                refuse a call with which the day (UTC) may cost more
  KLINGKIT_CONFIRM_ABOVE_USD              a dearer call needs a person's yes
  KLINGKIT_TOOLSETS                       core (default), studio, raw, all, or a comma list
  KLINGKIT_MEDIA_DOMAINS                  more origins from which the board may show films and pictures
  KLINGKIT_PRIVATE_HOSTS                  hosts of results that may be in a private network
  KLINGKIT_HOME                           where the ledger is kept
  KLINGKIT_DATABASE_URL                   the ledger in PostgreSQL in place of a file`
