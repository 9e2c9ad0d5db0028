import type { AISDKResult, CallOptions, ObjectSchema } from './model-spec.ts';

type ResponseFormat = NonNullable<CallOptions['responseFormat']>;
type Ask = (call: CallOptions) => PromiseLike<AISDKResult>;

const MOST_SCHEMAS = 1_000;
const NOT_OF_A_FORMAT = [401, 402, 403, 429];
const ABOUT_FORMAT =
  /response[ _]?format|json[ _]?(schema|object|mode)|response_?(json_?)?(schema|mime_?type)|output[ _](config|format)|structured[ _]outputs?|\bgrammar\b|\bschemas?\b|failed to (validate|generate) JSON|no endpoints found that|contains an invalid argument/i;

/** The format of a reply that is to fit a schema. */
export function responseFormat(schema: object | undefined): { responseFormat?: ResponseFormat } {
  return schema === undefined
    ? {}
    : { responseFormat: { type: 'json', schema: schema as ObjectSchema, name: 'reply' } };
}

/**
 * Asks a model, and asks it again without the format of its reply when its provider refuses that, which costs nothing.
 * It is a help and no more: most providers of the SDK warn of a format they do not take, and some refuse one schema.
 */
export function withoutRefusedFormats(ask: Ask): Ask {
  const refused = new Set<string>();
  return async ({ responseFormat, ...call }) => {
    const schema = JSON.stringify(responseFormat?.schema);
    if (responseFormat === undefined || refused.has(schema)) return await ask(call);
    try {
      return await ask({ ...call, responseFormat });
    } catch (error) {
      if (!isAboutFormat(error)) throw error;
      const result = await ask(call);
      if (refused.size < MOST_SCHEMAS) refused.add(schema);
      return result;
    }
  };
}

/** Whether an error, as the SDK's `APICallError`, is a provider's refusal of a format. */
function isAboutFormat(error: unknown): boolean {
  const { statusCode, responseBody, message } = Object(error) as Record<string, unknown>;
  if (typeof statusCode !== 'number' || statusCode < 400 || NOT_OF_A_FORMAT.includes(statusCode)) return false;
  return ABOUT_FORMAT.test(`${message} ${responseBody}`);
}
