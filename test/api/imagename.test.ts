import { describe, expect, it } from 'vitest';
import { parseImageName } from '../../src/api/imagename.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('the name of an image', () => {
  it.each([
    ['nginx', { domain: 'docker.io', path: 'library/nginx', tag: 'latest', digest: '' }],
    ['nginx:1.27', { domain: 'docker.io', path: 'library/nginx', tag: '1.27', digest: '' }],
    ['team/app', { domain: 'docker.io', path: 'team/app', tag: 'latest', digest: '' }],
    ['localhost/app:v1', { domain: 'localhost', path: 'app', tag: 'v1', digest: '' }],
    [
      'registry.local:5000/a/b_c',
      { domain: 'registry.local:5000', path: 'a/b_c', tag: 'latest', digest: '' },
    ],
    [`nginx@${digest}`, { domain: 'docker.io', path: 'library/nginx', tag: '', digest }],
    [`nginx:1@${digest}`, { domain: 'docker.io', path: 'library/nginx', tag: '1', digest }],
  ])('%s is taken apart', (image, expected) => {
    expect(parseImageName(image)).toEqual(expected);
  });

  it.each([
    ['', 'invalid reference format'],
    [' nginx', 'invalid reference format'],
    ['nginx:', 'invalid reference format'],
    ['nginx:a b', 'invalid reference format'],
    ['nginx@sha256:12', 'invalid reference format'],
    ['a//b', 'invalid reference format'],
    ['Nginx', 'invalid reference format: repository name (library/Nginx) must be lowercase'],
  ])('%o is none', (image, error) => {
    expect(parseImageName(image)).toEqual({ error });
  });
});
