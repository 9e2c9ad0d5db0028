import type { Git } from './git.ts';

/** What a repository's configuration says of its work tree. */
export interface WorkTreeSettings {
  /** git without the repository's filters: programs that its configuration runs over files of the work tree. */
  git: Git;
  /** Whether some files may be absent by intent. */
  isSparse: boolean;
  /** Whether git was told to see no difference between files that can be run and others. */
  ignoresModes: boolean;
  /** Whether git converts line ends of files whose attributes say nothing of it. */
  endsLines: boolean;
}

const ASKED = String.raw`^(filter\.|core\.(sparsecheckout|filemode|autocrlf)$)`;

/** git is asked once for all of it. */
export async function readSettings(repository: Git): Promise<WorkTreeSettings> {
  const printed = await repository.ask(['config', '-z', '--get-regexp', ASKED]);
  const settings = new Map((printed ?? '').split('\0').map(nameAndValue));
  const filters = [...settings.keys()].filter((name) => /^filter\..*\.(?:clean|smudge|process|required)$/.test(name));
  const off = filters.map((name) => [name, name.endsWith('.required') ? 'false' : '']);
  return {
    git: repository.configured(Object.fromEntries(off)),
    isSparse: isTrue(settings.get('core.sparsecheckout')) === true,
    ignoresModes: isTrue(settings.get('core.filemode')) === false,
    endsLines: isTrue(settings.get('core.autocrlf') ?? 'false') !== false,
  };
}

/** A name ends at the first line end; one without is true. The last of a name counts. */
function nameAndValue(setting: string): [name: string, value: string] {
  const end = setting.indexOf('\n');
  return end === -1 ? [setting, 'true'] : [setting.slice(0, end), setting.slice(end + 1)];
}

/** As git reads a boolean; null: it is none. */
function isTrue(value: string | undefined): boolean | null {
  if (/^(?:true|yes|on|[+-]?0*[1-9]\d*[kmg]?)$/i.test(value ?? '-')) return true;
  return /^(?:false|no|off|[+-]?0+[kmg]?|)$/i.test(value ?? '-') ? false : null;
}
