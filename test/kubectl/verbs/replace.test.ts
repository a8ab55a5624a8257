import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

const TWO = ['a', 'b']
  .map((name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {k: new}\n`)
  .join('---\n');

describe('kubectl replace', () => {
  it('by force deletes everything before it creates anything', () => {
    const b = new Bench();
    b.files.write('two.yaml', TWO);
    b.run('create configmap b');
    b.run('create configmap a');
    const { out, code } = b.run('replace --force -f two.yaml', 1);
    expect(code).toBe(0);
    expect(out).toBe(
      'configmap "a" deleted from default namespace\nconfigmap "b" deleted from default namespace\nconfigmap/a replaced\nconfigmap/b replaced\n',
    );
    expect(b.run('get cm a -o jsonpath={.data.k}').out).toBe('new');
  });

  it('by force creates what was not there', () => {
    const b = new Bench();
    b.files.write('two.yaml', TWO);
    expect(b.run('replace --force -f two.yaml', 1).out).toBe('configmap/a replaced\nconfigmap/b replaced\n');
  });

  it('without force refuses what is not there', () => {
    const b = new Bench();
    b.files.write('two.yaml', TWO);
    expect(b.run('replace -f two.yaml').err).toBe(
      'Error from server (NotFound): error when replacing "two.yaml": configmaps "a" not found\nError from server (NotFound): error when replacing "two.yaml": configmaps "b" not found\n',
    );
  });
});

describe('refusals that have no object', () => {
  it.each([
    [
      'a JSON patch that does not apply',
      `patch cm a --type=json -p '[{"op":"replace","path":"/data/x/y","value":1}]'`,
      /^The request is invalid: the server rejected our request due to an error in our request: \S/,
    ],
    [
      'a patch that makes the wrong type',
      `patch cm a -p '{"data":{"x":{"y":1}}}'`,
      /^The request is invalid: patch: Invalid value: /,
    ],
  ])('%s is told without a name', (_name, line, message) => {
    const b = new Bench();
    b.run('create configmap a');
    expect(b.run(line).err).toMatch(message);
  });

  it('an object of a file that cannot be deleted names the file', () => {
    const b = new Bench();
    b.files.write('two.yaml', TWO);
    expect(b.run('delete -f two.yaml').err).toBe(
      'Error from server (NotFound): error when deleting "two.yaml": configmaps "a" not found\nError from server (NotFound): error when deleting "two.yaml": configmaps "b" not found\n',
    );
  });
});
