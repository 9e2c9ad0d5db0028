import { ToldProcess } from './told-process.ts';

/** A process that prepares Python as often as it is told. */
export class PythonProcess extends ToldProcess {
  constructor(user?: number) {
    super('prepares-python.mts', user === undefined ? {} : { user, env: { PATH: '/usr/bin:/bin' } });
  }

  /** What a start with these variables, and no others, comes to: the interpreter, or the error's code and message. */
  async start(project: string, env: NodeJS.ProcessEnv): Promise<string> {
    this.tell(JSON.stringify({ project, env }));
    return JSON.parse(await this.hear());
  }
}
