import { canonicalize } from '../../apimachinery/quantity.ts';
import type {
  DownwardAPIVolumeFile,
  EmptyDirVolumeSource,
  ProjectedVolumeSource,
  Volume,
  VolumeProjection,
} from '../generated/types.ts';
import { defaultPullPolicy } from '../imagename.ts';
import { mapShared, withDefaults } from '../kind.ts';
import { defaultFieldRef } from './container.ts';
import { withChanged } from './unset.ts';

const FILE_MODE = 0o644;
const TOKEN_SECONDS = 3600;
const MODE_DEFAULTS = { defaultMode: FILE_MODE } as const;
const TOKEN_DEFAULTS = { expirationSeconds: TOKEN_SECONDS } as const;
const HOST_PATH_DEFAULTS = { type: '' } as const;
const CLAIM_DEFAULTS = { volumeMode: 'Filesystem' } as const;
const EMPTY_DIR: EmptyDirVolumeSource = Object.freeze({});

/** A volume with its defaults; without any source it is an emptyDir (SetDefaults_Volume). */
export function defaultVolume(given: Volume): Volume {
  if (!hasSource(given)) return { ...given, emptyDir: EMPTY_DIR };
  let volume = withChanged(given, 'secret', (s) => withDefaults(s, MODE_DEFAULTS));
  volume = withChanged(volume, 'configMap', (s) => withDefaults(s, MODE_DEFAULTS));
  volume = withChanged(volume, 'projected', defaultProjected);
  volume = withChanged(volume, 'downwardAPI', (s) =>
    withChanged(withDefaults(s, MODE_DEFAULTS), 'items', (items) => mapShared(items, defaultFile)),
  );
  volume = withChanged(volume, 'hostPath', (s) => withDefaults(s, HOST_PATH_DEFAULTS));
  volume = withChanged(volume, 'emptyDir', (s) => withChanged(s, 'sizeLimit', canonical));
  volume = withChanged(volume, 'ephemeral', (s) =>
    withChanged(s, 'volumeClaimTemplate', (t) =>
      withChanged(t, 'spec', (spec) => withDefaults(spec, CLAIM_DEFAULTS)),
    ),
  );
  return withChanged(volume, 'image', (s) =>
    s.pullPolicy === undefined || s.pullPolicy === ''
      ? { ...s, pullPolicy: defaultPullPolicy(s.reference) }
      : s,
  );
}

function hasSource(volume: Volume): boolean {
  for (const key of Object.keys(volume) as (keyof Volume)[]) {
    if (key !== 'name' && volume[key] !== undefined) return true;
  }
  return false;
}

function canonical(text: string): string {
  const result = canonicalize(String(text));
  return typeof result === 'string' ? result : text;
}

function defaultProjected(source: ProjectedVolumeSource): ProjectedVolumeSource {
  return withChanged(withDefaults(source, MODE_DEFAULTS), 'sources', (list) =>
    mapShared(list, defaultProjection),
  );
}

function defaultProjection(given: VolumeProjection): VolumeProjection {
  const projection = withChanged(given, 'serviceAccountToken', (t) => withDefaults(t, TOKEN_DEFAULTS));
  return withChanged(projection, 'downwardAPI', (s) =>
    withChanged(s, 'items', (items) => mapShared(items, defaultFile)),
  );
}

function defaultFile(file: DownwardAPIVolumeFile): DownwardAPIVolumeFile {
  return withChanged(file, 'fieldRef', defaultFieldRef);
}
