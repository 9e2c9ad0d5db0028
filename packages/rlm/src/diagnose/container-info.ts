import { z } from 'zod';

/** What a container runtime says of itself. */
export interface ContainerInfo {
  version: string;
  clientVersion: string | null;
  cgroupVersion: string | null;
  isRootless: boolean;
  /** Limits that it says it cannot enforce, by name of our option. */
  notEnforced: string[];
  /** Null when it does not say. */
  ociRuntimes: string[] | null;
}

const Docker = z
  .object({
    // Empty when no daemon answers.
    ServerVersion: z.string().min(1),
    ClientInfo: z.object({ Version: z.string() }).optional(),
    CgroupVersion: z.string().optional(),
    SecurityOptions: z.array(z.string()).nullish(),
    MemoryLimit: z.boolean().optional(),
    CpuCfsQuota: z.boolean().optional(),
    PidsLimit: z.boolean().optional(),
    Runtimes: z.record(z.string(), z.unknown()).nullish(),
  })
  .transform((info): ContainerInfo => {
    const limits = { memoryMb: info.MemoryLimit, cpus: info.CpuCfsQuota, pidsLimit: info.PidsLimit };
    return {
      version: info.ServerVersion,
      clientVersion: info.ClientInfo?.Version ?? null,
      cgroupVersion: info.CgroupVersion ?? null,
      isRootless: info.SecurityOptions?.includes('name=rootless') ?? false,
      notEnforced: Object.entries(limits).flatMap(([option, isEnforced]) => (isEnforced === false ? [option] : [])),
      ociRuntimes: info.Runtimes ? Object.keys(info.Runtimes) : null,
    };
  });

const CONTROLLERS = { memoryMb: 'memory', cpus: 'cpu', pidsLimit: 'pids' };

const Podman = z
  .object({
    version: z.object({ Version: z.string().min(1) }),
    host: z.object({
      cgroupVersion: z.string().optional(),
      cgroupControllers: z.array(z.string()).optional(),
      security: z.object({ rootless: z.boolean() }).optional(),
    }),
  })
  .transform(({ version, host }): ContainerInfo => {
    const { cgroupVersion, cgroupControllers, security } = host;
    const lacks = (controller: string) => cgroupControllers?.includes(controller) === false;
    return {
      version: version.Version,
      clientVersion: null,
      cgroupVersion: cgroupVersion?.replace(/^v/, '') ?? null,
      isRootless: security?.rootless ?? false,
      notEnforced: Object.entries(CONTROLLERS).flatMap(([option, name]) => (lacks(name) ? [option] : [])),
      ociRuntimes: null,
    };
  });

// `docker` may be podman under another name.
const Info = z.union([Docker, Podman]);

/** Reads what `info --format '{{json .}}'` printed; null when that is of no runtime that answers. */
export function readContainerInfo(stdout: string): ContainerInfo | null {
  try {
    return Info.safeParse(JSON.parse(stdout)).data ?? null;
  } catch {
    return null;
  }
}
