import { lineOption, type OptionTable } from '../line-option.ts'

const include = (word: string, summary: string) =>
  lineOption('<file pattern to the end of the line>', summary, { example: `${word} /etc/keepalived/conf.d/*.conf` })

/** Words that are done before any keyword is looked at, in any block (expand.ts). */
export const directives: OptionTable = {
  include: include('include', 'read these files here; those that are not there are passed over'),
  includer: include('includer', 'include; a match that cannot be read is fatal'),
  includem: include('includem', 'includer; a name without wildcards must exist'),
  includew: include('includew', 'includem; a pattern must match something'),
  includeb: include('includeb', 'includer; each alternative in braces must match'),
  includea: include('includea', 'all checks of the other includes'),
  '$NAME=': lineOption('<text to the end of the line>', 'a definition; $NAME or ${NAME} stands for it further down', {
    example: '$VIP=192.0.2.1/24',
  }),
  '~SEQ': lineOption('(<name>, [<start>, [<step>,]] <end>) <line>', 'the line again for each number', {
    example: '~SEQ(N, 1, 3) 192.0.2.$N/24',
  }),
  '~SEQx': lineOption('(<name>, [<start>, [<step>,]] <end>) <line>', 'the same with hexadecimal numbers', {
    example: '~SEQx(N, 1, 15) 2001:db8::$N/64',
  }),
  '~LST': lineOption('(<name>, <value>, ...) | ({<name>, ...}, {<value>, ...}, ...) <line>', 'the line again for each value', {
    example: '~LST(HOST, web, mail) router_id $HOST',
  }),
  '@ID': lineOption('<line>', 'the line counts where the configuration id (-i, else the host) is ID', {
    example: '@lb1 priority 150',
  }),
  '@^ID': lineOption('<line>', 'the line counts where the configuration id is another', { example: '@^lb1 priority 100' }),
}
