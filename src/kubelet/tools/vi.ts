import type { Program } from '../../sim/program.ts';
import { fileErrorText, resolvePath } from './filetree.ts';
import type { Tool } from './tool.ts';

/** An editor under one of its names: the player's own opens, where there is a terminal to open it on. */
function editor(name: string): Tool {
  return {
    name,
    *run(ctx, args): Program {
      const file = args.find((arg) => !arg.startsWith('-') && !arg.startsWith('+'));
      if (file === undefined) {
        ctx.stdio.err(`${name}: name a file, as in: ${name} pod.yaml\n`);
        return 1;
      }
      const path = resolvePath(ctx.directory, file);
      if (ctx.files.stat(path)?.type === 'directory') {
        ctx.stdio.err(`${name}: ${file}: ${fileErrorText('EISDIR')}\n`);
        return 1;
      }
      const before = ctx.files.read(path);
      const answer = yield { type: 'editor', fileName: file, text: before.ok ? before.value : '' };
      const text = answer.type === 'edited' ? answer.text : undefined;
      if (text === undefined) {
        ctx.stdio.err(`${name}: ${file} was left as it was\n`);
        return 0;
      }
      const written = ctx.files.write(path, text);
      if (written.ok) return 0;
      ctx.stdio.err(`${name}: ${file}: ${fileErrorText(written.error)}\n`);
      return 1;
    },
  };
}

export const vi: Tool = editor('vi');
export const vim: Tool = editor('vim');
export const nano: Tool = editor('nano');
