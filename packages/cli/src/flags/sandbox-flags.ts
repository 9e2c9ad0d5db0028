/** The image that `rlm sandbox build` makes, where none is named. */
export const LOCAL_IMAGE = 'rlm-bridge-sandbox:local';

export interface SandboxFlags {
  name?: string;
  runtime?: 'docker' | 'podman';
  config?: string;
}
