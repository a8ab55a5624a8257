import { instant, joinLines } from './instant.ts';

export const ifconfig = instant('ifconfig', (ctx) => {
  const { ip } = ctx.network;
  ctx.stdio.out(
    joinLines([
      `eth0      Link encap:Ethernet  HWaddr ${hardwareAddress(ip)}`,
      `          inet addr:${ip}  Bcast:${ip.replace(/\d+$/, '255')}  Mask:255.255.255.0`,
      '          UP BROADCAST RUNNING MULTICAST  MTU:1450  Metric:1',
      '',
      'lo        Link encap:Local Loopback',
      '          inet addr:127.0.0.1  Mask:255.0.0.0',
      '          UP LOOPBACK RUNNING  MTU:65536  Metric:1',
      '',
    ]),
  );
  return 0;
});

/** As CNI plugins make them: 02 (locally administered) and the address. */
export function hardwareAddress(ip: string): string {
  const bytes = ip.split('.').map((part) => Number(part).toString(16).padStart(2, '0').toUpperCase());
  return ['02', '00', ...bytes].join(':');
}
