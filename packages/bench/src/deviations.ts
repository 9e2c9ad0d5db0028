/** A documented fix that shows in the requests, by its name in the worker's `deviations.py`. */
export interface Deviation {
  readonly name: string;
  /** A message, as `role: content`, without what this fix changes; the same for ours and for the official one. */
  readonly without: (message: string) => string;
}

/** Every difference allowed between our messages and the official library's. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    name: 'default answer is asked by the user',
    without: (message) => message.replace(/^(user|assistant): (?=Please provide a final answer to the user)/, ''),
  },
  {
    // A failed sub-call is one line.
    name: 'errors name what to do',
    without: (message) => message.replaceAll(/^Error: .*$/gm, 'Error: '),
  },
  {
    // `kept` is what a scenario assigns before it raises.
    name: 'variables set before an exception stay',
    without: (message) => message.replaceAll(", 'kept'", ''),
  },
  {
    name: 'the loader leaves no variables',
    without: (message) => message.replace("'f': 'TextIOWrapper', ", ''),
  },
  {
    name: 'a traceback begins in the code block',
    without: (message) =>
      message.replace(/ {2}File "\/workspace\/_exec\.py".*\n {4}exec\(code, combined, combined\)\n/, ''),
  },
];

/** The deviation that shows in a request's model: children are served by the sub model. */
export const SUB_MODEL_SERVES: Deviation = {
  name: 'the sub model serves every sub-call',
  without: (message) => message,
};
