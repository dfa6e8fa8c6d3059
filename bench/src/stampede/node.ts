import { setTimeout as pause } from 'node:timers/promises';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { createApp } from '../../../dist/app.js';
import { larderConfig } from '../servers/larder-config.js';
import { LOAD_MS, type StampedeOrder, type StampedeWord } from './stampede-protocol.js';

const say = (word: StampedeWord): void => void process.send?.(word);

/** One field whose load takes long. Each load is told of when it begins. */
function slowSchema(): GraphQLSchema {
  const schema = buildSchema(`
    enum CacheControlScope { PUBLIC PRIVATE }
    directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
    type Query { slow(key: String!): String @cacheControl(maxAge: 60) }
  `);
  const slow = schema.getQueryType()?.getFields()['slow'];
  if (slow === undefined) throw new Error('there is no slow field');
  slow.resolve = async (_, { key }: { readonly key: string }) => {
    say({ say: 'load', key });
    await pause(LOAD_MS);
    return key;
  };
  return schema;
}

async function start({ databaseUrl, redisUrl, prefix }: Extract<StampedeOrder, { do: 'start' }>): Promise<void> {
  const config = larderConfig({ kind: 'larder-fastify-redis', databaseUrl, redisUrl, prefix, replies: [], counting: false });
  const app = await createApp(config, { schema: slowSchema() });
  const { url } = await app.listen();
  say({ say: 'listening', port: Number(new URL(url).port) });
}

process.on('message', (order: StampedeOrder) => {
  if (order.do === 'start') void start(order);
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit(1));
