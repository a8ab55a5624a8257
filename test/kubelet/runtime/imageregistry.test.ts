import { describe, expect, it } from 'vitest';
import { parseImageName } from '../../../src/api/imagename.ts';
import type { Json } from '../../../src/apimachinery/json.ts';
import { appNames } from '../../../src/kubelet/apps/registry.ts';
import { ImageRegistry } from '../../../src/kubelet/runtime/imageregistry.ts';
import { findTool } from '../../../src/kubelet/tools/registry.ts';

function find(registry: ImageRegistry, image: string) {
  const name = parseImageName(image);
  return 'error' in name ? undefined : registry.find(name);
}

describe('the registry in assets', () => {
  const registry = new ImageRegistry();

  it('has only images that can be read, whose app model and tools exist', () => {
    for (const { repository, tags } of registry.list()) {
      for (const tag of tags) {
        const image = find(registry, `${repository}:${tag}`);
        expect(image, `${repository}:${tag}`).toBeDefined();
        expect(appNames()).toContain(image?.spec.app);
        for (const tool of image?.spec.tools ?? [])
          if (tool !== 'none') expect(findTool(tool), `${repository}: ${tool}`).toBeDefined();
      }
    }
  });

  it.each([
    'nginx',
    'nginx:alpine',
    'nginx:1.14.2',
    'nginx:1.16.1',
    'nginx:1.18',
    'nginx:1.27',
    'nginx:stable',
    'docker.io/library/nginx:1.28',
    'busybox:1.28',
    'jojehuni/k8s_vue:latest',
    'jojehuni/k8s_boot:latest',
    'redis',
    'perl:5.34.0',
    'registry.k8s.io/pause:3.10.1',
    'registry.k8s.io/kube-proxy:v1.35.6',
    'gcr.io/google-samples/hello-app:1.0',
  ])('has %s', (image) => {
    expect(find(registry, image)).toBeDefined();
  });

  it('finds an image by its digest, and gives moving tags the digest of what they stand for', () => {
    const latest = find(registry, 'nginx');
    expect(latest?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(find(registry, 'nginx:1.29')?.digest).toBe(latest?.digest);
    expect(find(registry, `nginx@${latest?.digest}`)?.id).toBe(latest?.id);
    expect(find(registry, 'nginx:1.28')?.digest).not.toBe(latest?.digest);
  });
});

describe('images of a level', () => {
  it('are read in friendly units', () => {
    const registry = new ImageRegistry();
    const image: Json = {
      after: '2s',
      exitCode: 1,
      startup: '1m',
      memory: '64Mi',
      memoryGrowth: '1Mi',
      cpu: '250m',
      ports: [8080],
      routes: { '/': 'hello', '/old': 404, '/healthz': { status: 200, down: { after: '10s', status: 500 } } },
      logs: ['up'],
      needs: { env: ['A'], reach: ['db:5432'] },
    };
    expect(registry.add({ 'job:fail': image })).toEqual([]);
    expect(find(registry, 'job:fail')?.spec.parameters).toMatchObject({
      after: 2000,
      exitCode: 1,
      startup: 60_000,
      memory: 67_108_864,
      memoryGrowth: 1_048_576,
      cpu: 250,
      ports: [8080],
      needs: { env: ['A'], files: [], reach: ['db:5432'], retries: 0 },
    });
  });

  it('inherit from the repository they are a tag of', () => {
    const registry = new ImageRegistry();
    expect(registry.add({ 'nginx:broken': { exitCode: 1 } })).toEqual([]);
    expect(find(registry, 'nginx:broken')?.spec).toMatchObject({ app: 'nginx', parameters: { exitCode: 1 } });
    expect(find(registry, 'nginx:1.28')?.spec.parameters.exitCode).toBeUndefined();
  });

  it.each<[string, Json, string]>([
    ['an unknown field', { exitcode: 1 }, 'images["a:b"].exitcode: unknown field; did you mean exitCode?'],
    [
      'a bad duration',
      { after: '2 sec' },
      'images["a:b"].after: must be a duration such as 2s or 1m30s, got "2 sec"',
    ],
    [
      'a bad exit code',
      { exitCode: 256 },
      'images["a:b"].exitCode: must be a whole number from 0 to 255, got 256',
    ],
    [
      'a bad port',
      { ports: [0] },
      'images["a:b"].ports: must be a list of ports from 1 to 65535, got a list',
    ],
    ['a bad size', { memory: 'much' }, 'images["a:b"].memory: must be a size such as 64Mi, got "much"'],
    ['a bad address', { needs: { reach: ['db'] } }, 'images["a:b"].needs.reach: "db" is not host:port'],
    ['no map', 'x', 'images["a:b"]: must be a map, got string'],
  ])('are refused with a sentence for %s', (_, image, error) => {
    const registry = new ImageRegistry();
    expect(registry.add({ 'a:b': image })).toEqual([error]);
    expect(find(registry, 'a:b')).toBeUndefined();
  });

  it('are refused for a name that is none, and for an app model that is none', () => {
    const registry = new ImageRegistry();
    expect(registry.add({ 'UPPER:1': {} })[0]).toContain('images["UPPER:1"]: invalid reference format');
    expect(registry.add({ 'a:b': { app: 'doom' } })[0]).toMatch(
      /^images\["a:b"\]\.app: there is no app model "doom"; there are agnhost, echo, /,
    );
  });

  it('do not reach into prototypes', () => {
    const registry = new ImageRegistry();
    expect(registry.add(JSON.parse('{"a:b": {"__proto__": {"exitCode": 1}}}'))).toHaveLength(1);
  });
});
