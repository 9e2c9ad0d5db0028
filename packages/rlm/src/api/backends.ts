/** Who serves the models. `offline` is a deterministic program for demos and tests, not a language model. */
export type RLMBackend =
  | 'anthropic'
  | 'openai'
  | 'openrouter'
  | 'gemini'
  | 'portkey'
  | 'azure_openai'
  | 'vercel'
  | 'vllm'
  | 'litellm'
  | 'ollama'
  | 'offline';

/** Where model-written code runs. `docker` and `landlock` are sandboxes; `local` is a plain process and is not. */
export type RLMEnvironment = 'docker' | 'landlock' | 'local' | 'ipython' | 'modal' | 'prime' | 'daytona' | 'e2b';
