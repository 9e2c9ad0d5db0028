import { describe, expect, test } from 'vitest';
import { HostMessage, PROTOCOL_VERSION, RunSecrets, type WorkerEvent, WorkerMessage } from '../src/index.ts';
import { readTranscripts, type TranscriptLine } from './vectors.ts';

const transcripts = readTranscripts();

test('the scenarios', () => {
  expect([...transcripts.keys()].sort()).toEqual([
    'budget-exceeded',
    'cancelled-with-partial-answer',
    'completes',
    'completes-with-sub-calls',
    'host-model',
    'invalid-message',
    'model-code-exits',
    'refused-answer',
    'session-of-two-turns',
    'shutdown-while-idle',
    'two-runs-at-once',
    'two-runs-one-worker',
    'version-mismatch',
  ]);
});

describe.each([...transcripts])('%s', (scenario, lines) => {
  const said = lines.filter(({ from }) => from === 'worker').map(({ message }) => WorkerMessage.parse(message));
  const runs = Map.groupBy(said.filter(isEvent), ({ id }) => id);

  test('every line is of the protocol, or is answered by a protocol.error', () => {
    const schemas = { host: HostMessage, secrets: RunSecrets, worker: WorkerMessage };
    for (const [i, line] of lines.entries()) {
      if (line.line !== undefined) expect(lines[i + 1]?.message).toMatchObject({ type: 'protocol.error' });
      else if (line.from !== 'model') expect(schemas[line.from].parse(line.message)).toEqual(line.message);
    }
  });

  test('the worker speaks first, with its version', () => {
    expect(lines[0]?.message).toMatchObject({ type: 'worker.ready' });
    expect(said.filter(({ type }) => type === 'worker.ready')).toHaveLength(1);
    const isOurs = lines[0]?.message?.protocolVersion === PROTOCOL_VERSION;
    expect(isOurs).toBe(scenario !== 'version-mismatch');
  });

  test('each run has its secrets first, then its start, then one end and nothing after it', () => {
    expect([...runs.keys()]).toEqual(lines.filter(isStart).map(({ message }) => message?.id));
    for (const [id, events] of runs) {
      const ofRun = lines.filter(({ message }) => message?.id === id);
      expect(ofRun.slice(0, 2).map(({ from }) => from)).toEqual(['secrets', 'host']);
      const ends = events.filter(({ type }) => type === 'run.completed' || type === 'run.failed');
      expect(ends).toEqual([events.at(-1)]);
      expect(events[0]?.type).toBe('run.started');
    }
  });

  test('every call that started completed, and the totals are the sums', () => {
    for (const events of runs.values()) {
      const open = new Set<string>();
      const sums = { calls: 0, subCalls: 0, inputTokens: 0, outputTokens: 0 };
      for (const event of events) {
        if (event.type === 'call.started') open.add(event.call);
        if (event.type !== 'call.completed') continue;
        expect(open.delete(event.call)).toBe(true);
        sums.calls += 1;
        sums.subCalls += event.role === 'root' ? 0 : 1;
        sums.inputTokens += event.inputTokens;
        sums.outputTokens += event.outputTokens;
        expect(event.totals).toMatchObject(sums);
      }
      expect(open).toEqual(new Set());
    }
  });
});

function isEvent(message: WorkerMessage): message is WorkerEvent {
  return 'at' in message;
}

function isStart({ from, message }: TranscriptLine): boolean {
  return from === 'host' && message?.type === 'run.start';
}
