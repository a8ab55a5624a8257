import { parseManifests } from '../apimachinery/yaml.ts';
import type { VolumeFiles } from '../kubelet/files.ts';
import { readKubeconfig } from './kubeconfig.ts';
import type { ServerAddress } from './spec.ts';

const CONFIG = 'var/lib/kubelet/config.yaml';
const DROP_IN = 'usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf';
const EXECUTABLE = '/usr/bin/kubelet';

/** What a kubelet reads from its machine's disk when it starts. */
export interface KubeletFiles extends ServerAddress {
  /** `staticPodPath`, relative to the root; undefined: it looks nowhere. */
  readonly manifests: string | undefined;
}

/** Reads the kubelet's files, or says why it ends at once (cmd/kubelet/app/server.go). */
export function readKubeletFiles(disk: VolumeFiles): KubeletFiles | { readonly error: string } {
  const unit = disk.get(DROP_IN)?.content ?? '';
  const started = [...unit.matchAll(/^ExecStart=(\S+)/gm)].at(-1)?.[1] ?? EXECUTABLE;
  if (started !== EXECUTABLE) return { error: `exec: ${started}: no such file or directory` };
  const text = disk.get(CONFIG)?.content;
  const path = `/${CONFIG}`;
  if (text === undefined)
    return {
      error: `failed to load kubelet config file, path: ${path}, error: failed to load Kubelet config file ${path}, error failed to read kubelet config file "${path}", error: open ${path}: no such file or directory`,
    };
  const decoded = decodeOnce(path, text);
  if ('error' in decoded) return decoded;
  const { config } = decoded;
  const ca = config.authentication?.x509?.clientCAFile;
  if (ca !== undefined && ca !== '' && disk.get(ca.replace(/^\/+/, '')) === undefined)
    return {
      error: `failed to construct kubelet dependencies: unable to load client CA file ${ca}: open ${ca}: no such file or directory`,
    };
  const server = readKubeconfig({ read: (file) => fileOf(disk, file) }, '/etc/kubernetes/kubelet.conf');
  if ('error' in server)
    return { error: `failed to run Kubelet: unable to load bootstrap kubeconfig: ${server.error}` };
  return { ...server, manifests: config.staticPodPath?.replace(/^\/+|\/+$/g, '') };
}

/** What of the configuration is acted on. */
interface KubeletConfiguration {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly staticPodPath?: string;
  readonly authentication?: { readonly x509?: { readonly clientCAFile?: string } };
}

type Decoded = { readonly config: KubeletConfiguration } | { readonly error: string };

/** What the text read last says: most machines have the same. */
let lastText: string | undefined;
let lastConfig: Decoded = { error: '' };

function decodeOnce(path: string, text: string): Decoded {
  if (text !== lastText) {
    lastConfig = decode(path, text);
    lastText = text;
  }
  return lastConfig;
}

function decode(path: string, text: string): Decoded {
  const { docs, errors } = parseManifests(text, { fileName: path });
  const value = docs[0]?.value;
  if (errors[0] !== undefined || typeof value !== 'object' || value === null || Array.isArray(value))
    return {
      error: `failed to load kubelet config file, path: ${path}, error: failed to load Kubelet config file ${path}, error ${errors[0]?.message ?? 'it holds no object'}`,
    };
  const config = value as KubeletConfiguration;
  if (config.kind !== 'KubeletConfiguration')
    return {
      error: `failed to load kubelet config file, path: ${path}, error: no kind ${JSON.stringify(config.kind ?? '')} is registered for version ${JSON.stringify(config.apiVersion ?? '')}`,
    };
  return { config };
}

function fileOf(disk: VolumeFiles, path: string): ReturnType<Parameters<typeof readKubeconfig>[0]['read']> {
  const file = disk.get(path.replace(/^\/+/, ''));
  return file === undefined ? { ok: false, error: 'ENOENT' } : { ok: true, value: file.content };
}
