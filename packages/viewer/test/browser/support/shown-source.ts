import type { ViewSource } from '../../../src/model/view-source.ts';

/** What a test shows, behind a server that serves the next one's, too. */
export class ShownSource implements ViewSource {
  readonly isLive = true;
  now: ViewSource;

  constructor(first: ViewSource) {
    this.now = first;
  }

  listRuns: ViewSource['listRuns'] = () => this.now.listRuns();
  readRun: ViewSource['readRun'] = (...asked) => this.now.readRun(...asked);
  followRun: ViewSource['followRun'] = (...asked) => this.now.followRun(...asked);
  readText: ViewSource['readText'] = (...asked) => this.now.readText(...asked);
  readAssessment: ViewSource['readAssessment'] = () => this.now.readAssessment();
}
