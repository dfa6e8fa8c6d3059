import type { App } from '../../../dist/app.js';
import { createApp } from '../../../dist/app.js';
import type { Context } from '../../../dist/graphql/context.js';
import { LarderAccess } from '../domain/larder-access.js';
import { measuredSchema } from '../domain/schema.js';
import { larderConfig } from './larder-config.js';
import type { StartServer } from './server-protocol.js';

/** Larder as it runs in production, on Fastify, around the schema that all have; or, as `api`, around its own. */
export const startLarder: StartServer = async (args, onQuery) => {
  const schema = args.kind === 'api' ? {} : { schema: measuredSchema((context: Context) => new LarderAccess(context)) };
  const app: App = await createApp(larderConfig(args), { onQuery, ...schema });
  const { url } = await app.listen();
  return { port: Number(new URL(url).port), close: () => app.close() };
};
