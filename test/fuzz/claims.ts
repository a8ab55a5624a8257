import type { KubeObject } from '../../src/api/object.ts';
import type { Drawing } from './drawing.ts';
import { type Fields, object, selecting, template } from './podtemplates.ts';

/** A claim, and pods that want to use it; or a set that makes claims of its own. */
export function drawClaimed(drawing: Drawing): readonly KubeObject[] {
  const { random } = drawing;
  const name = drawing.name('data');
  const wish = {
    accessModes: [random.pick(['ReadWriteOnce', 'ReadWriteOnce', 'ReadWriteOncePod']) ?? 'ReadWriteOnce'],
    resources: { requests: { storage: random.pick(['1Gi', '2Gi']) ?? '1Gi' } },
    ...(random.chance(0.5) ? { storageClassName: `${name}-class` } : {}),
  };
  const storage = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: `${name}-class` },
    provisioner: 'disk.csi.shipshape.io',
    volumeBindingMode: random.pick(['Immediate', 'WaitForFirstConsumer']),
    reclaimPolicy: random.pick(['Delete', 'Delete', 'Retain']),
  } as KubeObject;
  if (random.chance(0.4)) {
    const set = object(drawing, 'apps/v1', 'StatefulSet', name, {
      replicas: random.between(0, 3),
      serviceName: name,
      volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: wish }],
      ...selecting(drawing, name),
    });
    return [storage, set];
  }
  const claim = object(drawing, 'v1', 'PersistentVolumeClaim', name, wish);
  const user = object(drawing, 'apps/v1', 'Deployment', name, {
    replicas: random.between(1, 2),
    selector: { matchLabels: { app: name } },
    template: claiming(template(drawing, name), name),
  });
  return [
    storage,
    claim,
    { ...user, metadata: { ...user.metadata, namespace: claim.metadata.namespace ?? 'default' } },
  ];
}

function claiming(made: Fields, claimName: string): Fields {
  const spec = made.spec as Fields & { readonly containers: readonly Fields[] };
  const mount = { volumeMounts: [{ name: 'd', mountPath: '/var/data' }] };
  return {
    ...made,
    spec: {
      ...spec,
      volumes: [{ name: 'd', persistentVolumeClaim: { claimName } }],
      containers: spec.containers.map((container) => ({ ...container, ...mount })),
    },
  };
}
