import type { Pod } from '../api/generated/types.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { longHash } from '../apimachinery/names.ts';
import { formatMicroTime } from '../apimachinery/time.ts';
import type { StaticManifest } from './config.ts';
import { CONFIG_HASH, CONFIG_SEEN, CONFIG_SOURCE } from './podtext.ts';

/** Static pods run whatever taints their node gets (config/common.go applyDefaults). */
const TOLERATE_ALL = Object.freeze({ operator: 'Exists', effect: 'NoExecute' });

/**
 * The pod a manifest on the node stands for: named after the node, its uid made from what the manifest
 * says, so that a changed manifest is another pod (pkg/kubelet/config/common.go).
 */
export function staticPod(
  manifest: StaticManifest & { readonly pod: Pod },
  nodeName: string,
  now: number,
): Pod {
  const given = manifest.pod;
  const uid = longHash(`${nodeName}\0${manifest.path}\0${JSON.stringify(given)}`);
  const name = `${given.metadata.name ?? 'pod'}-${nodeName}`;
  return podKind.applyDefaults({
    ...given,
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...given.metadata,
      name,
      namespace: given.metadata.namespace ?? 'default',
      uid,
      generation: 1,
      annotations: {
        ...given.metadata.annotations,
        [CONFIG_HASH]: uid,
        [CONFIG_SEEN]: formatMicroTime(now),
        [CONFIG_SOURCE]: 'file',
      },
    },
    spec: { ...given.spec, nodeName, tolerations: [...(given.spec.tolerations ?? []), TOLERATE_ALL] },
    status: { phase: 'Pending' },
  });
}
