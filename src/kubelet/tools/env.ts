import type { Program } from '../../sim/program.ts';
import { joinLines } from './instant.ts';
import type { Tool } from './tool.ts';

export const env: Tool = {
  name: 'env',
  *run(ctx, args): Program {
    const child = new Map(ctx.env);
    let i = 0;
    for (; i < args.length && /^[A-Za-z_]\w*=/.test(args[i] as string); i++) {
      const [name, ...value] = (args[i] as string).split('=');
      child.set(name as string, value.join('='));
    }
    const command = args[i];
    if (command === undefined) {
      ctx.stdio.out(joinLines([...child].map(([name, value]) => `${name}=${value}`)));
      return 0;
    }
    const tool = ctx.find(command);
    if (tool !== undefined) return yield* tool.run({ ...ctx, env: child }, args.slice(i + 1));
    ctx.stdio.err(`env: can't execute '${command}': No such file or directory\n`);
    return 127;
  },
};
