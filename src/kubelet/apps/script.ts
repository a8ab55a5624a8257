import { httpReply } from '../../network/http.ts';
import type { HttpReply } from '../../network/types.ts';
import { baseName, resolvePath } from '../tools/filetree.ts';
import { AccessLog } from './accesslog.ts';
import type { AppContext, AppModel } from './app.ts';
import { begin, fill, listenOrExit, serving } from './begin.ts';
import { contentType } from './contenttype.ts';

const MEMORY = 18 * 1024 * 1024;

/** How an interpreter takes a script on its command line, and what it says when there is no such file. */
interface Language {
  readonly inline: readonly string[];
  missing(file: string, path: string): { readonly says: string; readonly code: number };
}

const PYTHON: Language = {
  inline: ['-c'],
  missing: (_, path) => ({
    says: `python3: can't open file '${path}': [Errno 2] No such file or directory`,
    code: 2,
  }),
};
const NODE: Language = {
  inline: ['-e', '--eval', '-p'],
  missing: (_, path) => ({
    says: `node:internal/modules/cjs/loader:1404\n  throw err;\n  ^\n\nError: Cannot find module '${path}'\n  code: 'MODULE_NOT_FOUND',\n  requireStack: []\n}`,
    code: 1,
  }),
};
const GO: Language = {
  inline: [],
  missing: (file) => ({
    says: `no required module provides package ${file}; to add it:\n\tgo get ${file}`,
    code: 1,
  }),
};

/**
 * Interpreters: python, node, go. Without a script and without a terminal they find their input at its end
 * and finish. A script that listens becomes a small web server; of others what they print, wait for and
 * end with is understood.
 */
export const script: AppModel = {
  name: 'script',
  start(ctx) {
    begin(ctx, { memory: MEMORY, startup: 0, signalExitCode: 143 }, () => {
      const [program = '', ...args] = ctx.argv;
      const name = baseName(program);
      const language = name.startsWith('python') ? PYTHON : name === 'go' ? GO : NODE;
      if (args[0] === '-m') {
        runModule(ctx, args.slice(1));
        return;
      }
      const inline = args.findIndex((arg) => language.inline.includes(arg));
      const file = inline >= 0 ? undefined : args.find((arg) => !arg.startsWith('-') && arg !== 'run');
      if (inline >= 0) runText(ctx, args[inline + 1] ?? '');
      else if (file === undefined) ctx.exit(0);
      else {
        const path = resolvePath(ctx.workingDir, file);
        const read = ctx.files.read(path);
        if (read.ok) {
          runText(ctx, read.value);
          return;
        }
        const { says, code } = language.missing(file, path);
        ctx.log(says, 'stderr');
        ctx.exit(code);
      }
    });
  },
};

/** `python -m http.server 8080`: the files of a directory. */
function runModule(ctx: AppContext, args: readonly string[]): void {
  if (args[0] !== 'http.server') {
    ctx.log(`python3: No module named ${args[0] ?? ''}`, 'stderr');
    ctx.exit(1);
    return;
  }
  const port = Number(args.find((arg) => /^\d+$/.test(arg)) ?? 8000);
  const at = args.findIndex((arg) => arg === '-d' || arg === '--directory');
  const root = at < 0 ? ctx.workingDir : resolvePath(ctx.workingDir, args[at + 1] ?? '');
  const access = new AccessLog();
  const handler = serving(ctx, (request, from) => {
    const reply = fileReply(ctx, root, request.path.split('?')[0] as string);
    ctx.log(access.line(from, request, reply), 'stderr');
    return reply;
  });
  if (listenOrExit(ctx, port, handler, 'OSError: [Errno 98] Address already in use'))
    ctx.log(`Serving HTTP on 0.0.0.0 port ${port} (http://0.0.0.0:${port}/) ...`);
}

function fileReply(ctx: AppContext, root: string, path: string): HttpReply {
  const file = resolvePath('/', `${root}/${path}`);
  const type = { 'content-type': 'text/html; charset=utf-8' };
  const read = ctx.files.read(ctx.files.stat(file)?.type === 'directory' ? `${file}/index.html` : file);
  if (read.ok) return httpReply(200, read.value, 0.5, { 'content-type': contentType(file) });
  const listed = ctx.files.list(file);
  if (!listed.ok) return httpReply(404, 'Error response: 404 File not found\n', 0.5, type);
  const items = listed.value.map((name) => `<li><a href="${name}">${name}</a></li>\n`).join('');
  return httpReply(200, `<title>Directory listing for ${path}</title>\n<ul>\n${items}</ul>\n`, 0.5, type);
}

/** A script's text: it listens, or it prints, waits and ends. */
function runText(ctx: AppContext, text: string): void {
  const port = /(?:listen|HTTPServer|run|ListenAndServe)\b[^\n]*?\b(\d{2,5})\b/.exec(text)?.[1];
  if (port !== undefined) {
    const body =
      /(?:\.end|\.send|write|return|Fprintf?\(w,)\s*\(?\s*b?(["'`])(.*?)\1/s.exec(text)?.[2] ??
      `Hello from ${ctx.hostname}`;
    const handler = serving(ctx, () => httpReply(200, fill(body.replaceAll('\\n', '\n'), ctx), 1));
    const startup = ctx.parameters.startup ?? 0;
    ctx.process.after(startup, () =>
      listenOrExit(ctx, Number(port), handler, `Error: listen EADDRINUSE: address already in use :::${port}`),
    );
    return;
  }
  const seconds = /\bsleep\(\s*([\d.]+)\s*\)/.exec(text)?.[1];
  const endless = /while\s*\(?\s*(?:True|1|true)\b/.test(text);
  for (const [, , said] of text.matchAll(/\b(?:print|console\.log|fmt\.Println)\s*\(\s*(["'`])(.*?)\1/gs))
    ctx.log((said ?? '').slice(0, 1000));
  if (endless) return;
  const failed = /\braise\s+(\w+)|\bthrow\s+new\s+(\w+)/.exec(text);
  const code = /\b(?:sys\.exit|process\.exit|os\.Exit|exit)\(\s*(\d+)\s*\)/.exec(text)?.[1];
  ctx.process.after(Math.round(Number(seconds ?? 0) * 1000), () => {
    if (failed !== null) ctx.log(`${failed[1] ?? failed[2]}`, 'stderr');
    ctx.exit(Number(code ?? (failed === null ? 0 : 1)));
  });
}
