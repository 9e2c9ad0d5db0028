// Which texts of a run are secret, for both sides: the host keeps them out of what its functions reply, the worker of all else.

/** Stands in place of a secret. */
export const REDACTED = '[redacted]';

/** A text as long as this is one wherever it stands; a shorter one is where it looks like one. */
export const MIN_SECRET_CHARS = 8;

/** All of a short secret, as LiteLLM's `sk-1234`. Words alone are placeholders ("none", "ollama") and are found in ordinary text. */
export const SHORT_SECRET = '(?=.*[A-Za-z])(?=.*[0-9]).{4,}';

/** In the name of an option or header whose value is secret, whatever the case. */
export const SECRET_NAMES = ['key', 'token', 'secret', 'password', 'credential', 'auth', 'cookie'] as const;

/** Patterns of options and headers that name a place, a version or a sender. In an answer their words are ordinary ones. */
export const PUBLIC_NAMES = [
  'api_?version',
  'azure_?deployment(_?id)?',
  'organization',
  'project',
  'provider(_?model|_?file_?name)?',
  'openai_?project',
  'openai_?organization',
  'cache_?namespace',
  'trace_?id',
  'metadata',
  'forward_?headers',
  'mistral_?fim_?completion',
  'azure_?(resource|endpoint)_?name',
  'azure_?api_?version',
  'aws_?(region|s3_?bucket|bedrock_?model)',
  'vertex_?(project_?id|region|storage_?bucket_?name)',
  'anthropic[-_]?(beta|version)',
  '(http-)?referer',
  '(x-)?(openrouter-)?title',
  'user-agent',
  'accept',
  'content-type',
] as const;
