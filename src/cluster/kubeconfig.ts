import type { FileResult } from '../kubelet/tools/filetree.ts';
import type { ServerAddress } from './spec.ts';

/** What can be read from: a container's files, or a machine's. */
interface Readable {
  read(path: string): FileResult<string>;
}

/** The server that a kubeconfig names, or why it cannot be used, in client-go's words. */
export function readKubeconfig(files: Readable, path: string): ServerAddress | { readonly error: string } {
  if (path === '')
    return {
      error:
        'invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable',
    };
  const read = files.read(path);
  if (!read.ok) return { error: `stat ${path}: no such file or directory` };
  const server = /^\s+server: *["']?(?:https?:\/\/)?(\[[^\]]*\]|[^\s:/"']+)(?::(\d{1,5}))?\/?["']? *$/m.exec(
    read.value,
  );
  if (server === null)
    return {
      error:
        'invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable',
    };
  return { host: server[1] as string, port: server[2] === undefined ? 443 : Number(server[2]) };
}
