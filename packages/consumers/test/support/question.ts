/** A run that any bundler takes: no key, no Docker, no top-level await. */
export const CALL = `runRLM('The name of the ship is the Kestrel.', 'What is the name of the ship?', {
    backend: 'offline', environment: 'local', logDir: false, quiet: true,
  })`;

/** Prints its answer, or the code of what went wrong. */
export const PROGRAM = `
import { runRLM } from 'rlm-bridge';
${CALL}.then(
  (result) => console.log(result.success ? result.answer : result.error.message),
  (error) => console.log(error.code, error.message),
);
`;
