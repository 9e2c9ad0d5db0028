import { z } from 'zod';

/** Node's number of a worker. */
const worker = z.int();

/** What a template says: w/template.py writes it. */
export const TemplateMessage = z.discriminatedUnion('type', [
  /** Comes with a socket. */
  z.object({ type: z.literal('stream'), worker, pid: z.int(), stream: z.int() }),
  z.object({ type: z.literal('failed'), worker, message: z.string() }),
  z.object({
    type: z.literal('exited'),
    worker,
    exitCode: z.int().nullable(),
    signal: z.custom<NodeJS.Signals>((name) => typeof name === 'string').nullable(),
  }),
]);

export type TemplateMessage = z.infer<typeof TemplateMessage>;
