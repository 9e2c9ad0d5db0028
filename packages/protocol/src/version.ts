/** Version of the wire. The two sides refuse to talk when it differs. */
export const PROTOCOL_VERSION = 5;

/** Longest line either side accepts, in bytes. Contexts travel by file, never in a line. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** Longest text an event carries, in characters; longer text is cut and counted. */
export const MAX_EVENT_TEXT_CHARS = 200_000;

/** Longest answer a run can return, in characters. */
export const MAX_ANSWER_CHARS = 10_000_000;
