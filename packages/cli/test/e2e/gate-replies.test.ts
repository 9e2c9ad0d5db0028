import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { provider, scriptedJudge } from '../../../assess/test/support/judge.ts';
import { Repository, temporaryFolder } from '../../../assess/test/support/repository.ts';
import { SPOILT, spoilt } from '../../../assess/test/support/spoilt-replies.ts';
import { configFor, rlm } from './support/rlm.ts';

// The real gate over a branch with an injection, by a provider that refuses, cuts or drops what it is to read.

/** It takes whatever a sub-call gives for a document without a finding. */
const CARELESS = scriptedJudge({
  read: 'texts = ["[]" for text in llm_query_batched(["Review this document.\\n" + text for text in context.values()])]',
});

test.each(Object.entries(SPOILT))(
  'a provider that is %s: exit 3 however little must be read, and stderr and the report name the document',
  async (_, reply) => {
    const repository = await Repository.create();
    await repository.branch('work', { 'src/db.ts': 'db.query("select * from t where id = " + id);\n'.repeat(1000) });
    const fake = await provider(spoilt(CARELESS, 'begins: file', reply));
    const config = join(await temporaryFolder(), 'config.json');
    const { run } = JSON.parse(configFor(fake, { maxIterations: 3 }));
    await writeFile(config, JSON.stringify({ run, assess: { cache: false, requireCoverage: 0.001 } }));
    const given = ['--config', config, '--base', 'main', '--fail-on', 'high', 'work'];
    const { exitCode, stdout, stderr } = await rlm(['assess', ...given], { cwd: repository.path });
    expect({ exitCode, verdict: stderr.split('\n')[0] }).toEqual({
      exitCode: 3,
      verdict: 'rlm assess: INCONCLUSIVE: could not be judged: work',
    });
    expect(stderr).toContain('Not read to the end: src/db.ts');
    expect(stdout).toContain('not read to the end: src/db.ts');
  },
);
