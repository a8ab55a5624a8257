import type { ContainerConfig } from '../cri.ts';
import type { ImageSpec } from './imagespec.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The image's environment, then the pod's over it. */
export function environment(
  spec: ImageSpec,
  config: ContainerConfig,
  hostname: string,
  home: string,
): Map<string, string> {
  const env = new Map<string, string>([
    ['PATH', PATH],
    ['HOSTNAME', hostname],
  ]);
  for (const { name, value } of spec.env) env.set(name, value);
  for (const { name, value } of config.env) env.set(name, value);
  if (!env.has('HOME')) env.set('HOME', home);
  return env;
}
