import type { PersistentVolumeClaim } from '../../api/generated/types.ts';
import { persistentVolume } from '../../api/kinds/persistentvolume.ts';
import { persistentVolumeClaim } from '../../api/kinds/persistentvolumeclaim.ts';
import { pod as podKind } from '../../api/kinds/pod.ts';
import { storageClass as storageClassKind } from '../../api/kinds/storageclass.ts';
import { isTerminating, nameOf, namespaceOf } from '../../api/object.ts';
import { isPodTerminal } from '../../api/podstatus.ts';
import { describeCommand } from './look.ts';
import type { Wait, WaitRule, WaitView } from './wait.ts';

const TROUBLE: ReadonlySet<string> = new Set(['ProvisioningFailed', 'FailedBinding', 'VolumeMismatch']);

/** A claim waits for its class, for its first pod, or for a volume. */
export const claimWaits: WaitRule<PersistentVolumeClaim> = {
  kind: persistentVolumeClaim,
  waits: (claim, view) => {
    const { volume: words } = view.words;
    const users = usersOf(claim, view);
    if (isTerminating(claim)) return users.length > 0 ? [{ text: words.inUse(users.map(nameOf)) }] : [];
    const phase = claim.status?.phase;
    if (phase === 'Bound') return [];
    const { volumeName = '', storageClassName } = claim.spec ?? {};
    if (phase === 'Lost') return [{ text: words.lost(volumeName) }];
    if (volumeName !== '') return named(claim, volumeName, view);
    const trouble = view.events(claim).findLast(({ reason = '' }) => TROUBLE.has(reason))?.message ?? '';
    if (storageClassName === undefined) return [{ text: words.noClass }];
    if (storageClassName === '') return [{ text: words.noVolume(trouble) }];
    return ofClass(claim, storageClassName, trouble, view);
  },
};

function ofClass(
  claim: PersistentVolumeClaim,
  className: string,
  trouble: string,
  view: WaitView,
): readonly Wait[] {
  const { volume: words } = view.words;
  const found = view.get(storageClassKind, '', className);
  if (found === undefined) return [{ text: words.noSuchClass(className), look: 'kubectl get storageclass' }];
  if (found.volumeBindingMode === 'WaitForFirstConsumer') {
    const users = usersOf(claim, view);
    if (users.length === 0) return [{ text: words.firstPod(className) }];
    const unplaced = users.find(({ spec }) => (spec.nodeName ?? '') === '');
    const chosen = claim.metadata.annotations?.['volume.kubernetes.io/selected-node'] !== undefined;
    if (!chosen && unplaced !== undefined) {
      const look = describeCommand('pod', nameOf(unplaced), namespaceOf(unplaced));
      return [{ text: words.podFirst(nameOf(unplaced)), look }];
    }
  }
  if (found.provisioner === 'kubernetes.io/no-provisioner') return [{ text: words.noVolume(trouble) }];
  return [{ text: words.provisioner(found.provisioner, trouble) }];
}

/** A claim that names its volume. */
function named(claim: PersistentVolumeClaim, volumeName: string, view: WaitView): readonly Wait[] {
  const volume = view.get(persistentVolume, '', volumeName);
  if (volume === undefined) return [{ text: view.words.missing(`persistentvolume/${volumeName}`) }];
  const owner = volume.spec?.claimRef;
  const foreign =
    owner !== undefined && (owner.name !== nameOf(claim) || owner.namespace !== namespaceOf(claim));
  const look = describeCommand('pv', volumeName);
  if (foreign)
    return [{ text: view.words.volume.volumeOf(volumeName, `${owner.namespace}/${owner.name}`), look }];
  const trouble = view.events(claim).findLast(({ reason = '' }) => TROUBLE.has(reason))?.message ?? '';
  return [{ text: view.words.volume.noVolume(trouble), look }];
}

function usersOf(claim: PersistentVolumeClaim, view: WaitView) {
  return view
    .objects(podKind, namespaceOf(claim))
    .filter(
      (pod) =>
        !isPodTerminal(pod) &&
        pod.spec.volumes?.some(
          ({ name, persistentVolumeClaim: source, ephemeral }) =>
            source?.claimName === nameOf(claim) ||
            (ephemeral !== undefined && `${nameOf(pod)}-${name}` === nameOf(claim)),
        ),
    );
}
