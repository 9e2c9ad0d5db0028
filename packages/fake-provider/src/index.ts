export { type Bill, type BillLine, billFor, billTotal, priceOf } from './bill.ts';
export { FakeProvider, type FakeProviderOptions, type ServedRequest } from './fake-provider.ts';
export { type Message, type ModelRequest, type RequestKind, readRequest } from './request.ts';
export { conversation, DROP, type Ending, HANG, type Reply, repl, type Script, submit } from './script.ts';
export { type TokenUsage, usageOf } from './usage.ts';
export type { WireFormat } from './wire-format.ts';
