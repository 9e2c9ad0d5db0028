# Generated from packages/protocol/src/version.ts, which says what each means.
# Do not edit: change it there and run `pnpm protocol:generate`.

MAX_ANSWER_CHARS = 10000000
MAX_EVENT_TEXT_CHARS = 200000
MAX_LINE_BYTES = 67108864
PROTOCOL_VERSION = 5
