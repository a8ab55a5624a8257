import { instant, joinLines } from './instant.ts';

export const ip = instant('ip', (ctx, args) => {
  const what = args.find((arg) => !arg.startsWith('-')) ?? '';
  const own = ctx.network.ips.map(
    (address) => `    ${address.includes(':') ? 'inet6' : 'inet'} ${address}/24 scope global eth0`,
  );
  if ('address'.startsWith(what) && what !== '') {
    ctx.stdio.out(
      joinLines([
        '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000',
        '    inet 127.0.0.1/8 scope host lo',
        '2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1450 qdisc noqueue',
        ...own,
      ]),
    );
    return 0;
  }
  if ('route'.startsWith(what) && what !== '') {
    const gateway = ctx.network.ip.replace(/\d+$/, '1');
    ctx.stdio.out(`default via ${gateway} dev eth0\n`);
    return 0;
  }
  ctx.stdio.err('ip: usage: ip address | ip route\n');
  return 1;
});
