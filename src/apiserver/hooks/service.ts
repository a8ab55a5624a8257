import type { Service } from '../../api/generated/types.ts';
import { service } from '../../api/kinds/service.ts';
import { ServiceAllocators } from '../allocators/services.ts';
import type { HookResult, KindHooks } from '../context.ts';
import type { HookOptions } from './hooks.ts';

/**
 * Services get cluster IPs and node ports from the server's ranges. Who has what follows from the
 * stored Services, whichever server wrote them.
 */
export function newServiceHooks(options: HookOptions): KindHooks {
  const { serviceCIDR, nodePortRange, random } = options;
  const allocators = new ServiceAllocators(random, {
    ...(serviceCIDR === undefined ? {} : { cidrs: serviceCIDR.split(',') }),
    ...(nodePortRange === undefined ? {} : { nodePorts: nodePortRange }),
  });
  return {
    start: (server) => allocators.rebuild(server.objects(service)),
    beginCreate: (ctx, object): HookResult => allocators.create(object as Service, ctx.dryRun),
    beginUpdate(ctx, next, old): HookResult {
      if ((next as Service).spec === (old as Service).spec) return { object: next };
      return allocators.update(next as Service, old as Service, ctx.dryRun);
    },
    observed(record): void {
      const before = record.previous?.value as Service | undefined;
      const now = record.value as Service | undefined;
      if (now === undefined) {
        if (before !== undefined) allocators.deleted(before);
        return;
      }
      allocators.committed(now, before);
      for (const allocator of allocators.ips) allocator.occupy(now);
      allocators.nodePorts.occupy(now);
    },
  };
}
