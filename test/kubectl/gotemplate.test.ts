import { describe, expect, it } from 'vitest';
import { compileGoTemplate } from '../../src/kubectl/gotemplate.ts';
import { Bench } from './harness.ts';

const DATA = {
  name: 'web',
  replicas: 3,
  half: 0.5,
  ready: true,
  empty: '',
  nothing: null,
  secret: 'cGFzc3dvcmQ=',
  labels: { tier: 'front', app: 'web', 'a/b': 'c' },
  items: [{ name: 'a', n: 1 }, { name: 'b', n: 2 }, { name: 'c' }],
  list: ['x', 'y'],
};

function print(source: string, allowMissing = true): string {
  const template = compileGoTemplate(source, allowMissing);
  if ('error' in template) return `error: ${template.error}`;
  const text = template.print(DATA);
  return typeof text === 'string' ? text : `error: ${text.error}`;
}

// Expectations are what Go's text/template prints.
describe('a Go template', () => {
  it.each([
    ['text', 'a }} b', 'a }} b'],
    ['fields', '{{.name}}/{{ .labels.tier }}', 'web/front'],
    ['numbers and booleans', '{{.replicas}} {{.half}} {{.ready}}', '3 0.5 true'],
    ['what is not there', '{{.nope}} {{.nope.nope}} {{.nothing}}', '<no value> <no value> <no value>'],
    ['maps and lists', '{{.labels}} {{.list}}', 'map[a/b:c app:web tier:front] [x y]'],
    ['the dot', '{{range .list}}<{{.}}>{{end}}', '<x><y>'],
    ['range over objects', '{{range .items}}{{.name}}{{"\\n"}}{{end}}', 'a\nb\nc\n'],
    ['range with index', '{{range $i, $e := .items}}{{$i}}={{$e.name}},{{end}}', '0=a,1=b,2=c,'],
    [
      'range over a map, keys in order',
      '{{range $k, $v := .labels}}{{$k}}={{$v}};{{end}}',
      'a/b=c;app=web;tier=front;',
    ],
    ['range over nothing', '{{range .none}}x{{else}}none{{end}}', 'none'],
    [
      'break and continue',
      '{{range .items}}{{if eq .name "b"}}{{continue}}{{end}}{{.name}}{{end}}{{range .list}}{{.}}{{break}}{{end}}',
      'acx',
    ],
    [
      'if, else if, else',
      '{{range .items}}{{if eq .name "a"}}1{{else if .n}}2{{else}}3{{end}}{{end}}',
      '123',
    ],
    ['empty texts are false', '{{if .empty}}yes{{else}}no{{end}}{{if .ready}}!{{end}}', 'no!'],
    ['with', '{{with .labels}}{{.tier}} {{$.name}}{{end}}{{with .nope}}x{{else}}y{{end}}', 'front weby'],
    ['variables', '{{$x := .name}}{{$x}}{{range .list}}{{$x = .}}{{end}} {{$x}}', 'web y'],
    ['pipes', '{{.name | printf "%s-%s" "x"}} {{.list | len}}', 'x-web 2'],
    ['index', '{{index .labels "a/b"}} {{index .items 1 "name"}} {{(index .items 0).name}}', 'c b a'],
    ['printf', '{{printf "%-5s|%5.1f|%q|%v" .name .half .name .list}}', 'web  |  0.5|"web"|[x y]'],
    [
      'comparisons',
      '{{eq .replicas 3}} {{ne .name "x"}} {{lt 1 2}} {{ge 1 2}} {{eq .name "a" "web"}}',
      'true true true false true',
    ],
    [
      'and, or, not',
      '{{and .name .ready}} {{or .empty .name}} {{not .ready}} {{and .empty .name}}',
      'true web false ',
    ],
    ['trimmed blanks', 'a {{- .name -}} b\n{{- /* no */ -}}\n c', 'awebbc'],
    ['base64decode', '{{.secret | base64decode}}', 'password'],
    ['exists', '{{exists . "labels" "tier"}} {{exists . "labels" "x"}}', 'true false'],
    ['raw texts', '{{`a{{"b"}}`}}', 'a{{"b"}}'],
    ['slices', '{{slice .name 1 2}} {{len .name}}', 'e 3'],
  ])('prints %s', (_, source, text) => {
    expect(print(source)).toBe(text);
  });

  it.each([
    ['an unclosed action', 'a\n{{.name', 'error: template: output:2: unclosed action'],
    ['a block without end', '{{if .name}}x', 'error: template: output:1: unexpected EOF'],
    ['an end without block', '{{end}}', 'error: template: output:1: unexpected {{end}}'],
    ['an unknown function', '{{foo .name}}', 'error: template: output: function "foo" not defined'],
    ['an empty action', '{{}}', 'error: template: output:1: missing value for command'],
    [
      'an index that is not there',
      '{{index .list 5}}',
      'error: template: output: executing "output" at <index .list 5>: error calling index: reflect: slice index out of range: 5',
    ],
    [
      'a field of a text',
      '{{.name.first}}',
      'error: template: output: executing "output" at <.name.first>: can\'t evaluate field first in type string',
    ],
    [
      'range over a text',
      '{{range .name}}{{end}}',
      'error: template: output: executing "output" at <.name>: range can\'t iterate over web',
    ],
    ['nesting without end', `${'{{if .name}}'.repeat(500)}`, 'error: template: output:1: nested too deep'],
  ])('tells of %s', (_, source, text) => {
    expect(print(source)).toBe(text);
  });

  it('tells of missing keys when that is asked for', () => {
    expect(print('{{.nope}}', false)).toBe(
      'error: template: output: executing "output" at <.nope>: map has no entry for key "nope"',
    );
  });

  it('is what kubectl prints with', () => {
    const b = new Bench();
    b.run('create secret generic s --from-literal=p=hunter2');
    expect(b.run("get secret s -o go-template='{{.data.p | base64decode}}'").out).toBe('hunter2');
    expect(b.run("get secrets --template='{{range .items}}{{.metadata.name}}{{end}}'").out).toBe('s');
    b.files.write('t.tmpl', '{{.kind}}');
    expect(b.run('get secret s -o go-template-file=t.tmpl').out).toBe('Secret');
    expect(
      b.run('get secret s -o template --template={{.nope}} --allow-missing-template-keys=false').err,
    ).toBe(
      'error: error executing template "{{.nope}}": template: output: executing "output" at <.nope>: map has no entry for key "nope"\n',
    );
  });
});
