import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, RLWrapperTimeouts, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { digest } from '../../lib/digest.js';
import { tooMany } from './too-many.js';

export interface AttemptsOptions<Context> {
  /** Per account and client; of one client over all accounts, ten times as many. */
  readonly attempts: number;
  /** Milliseconds. */
  readonly window: number;
  /** A client of `@redis/client`, where several nodes are to count together; null counts in memory. */
  readonly redis: object | null;
  /** First part of every key in Redis. */
  readonly prefix: string;
  /** Milliseconds that Redis may take; then this node counts alone. */
  readonly deadline: number;
  /** Mutations that try a password, and whose: out of their arguments and the request. */
  readonly guarded: Readonly<Record<string, (args: Readonly<Record<string, unknown>>, context: Context) => string>>;
  /** Who asks, as far as the network knows. */
  readonly clientOf: (context: Context) => string;
}

/** Of one client over all accounts: who tries one password on each account is not caught by counting accounts. */
const PER_CLIENT = 10;

/**
 * Bounds failed attempts at passwords. What succeeds is not counted, and forgives the failures before it; each alias of a
 * mutation is an attempt. Wraps the resolvers in place.
 */
export function limitAttempts<Context>(schema: GraphQLSchema, options: AttemptsOptions<Context>): void {
  const { attempts, guarded, clientOf } = options;
  const perAccount = counter(options, { name: 'account', points: attempts });
  const perClient = counter(options, { name: 'client', points: PER_CLIENT * attempts });
  const fields = schema.getMutationType()?.getFields() ?? {};
  for (const [name, accountOf] of Object.entries(guarded)) {
    const field = fields[name];
    if (field === undefined) throw new Error(`there is no mutation ${name} whose attempts could be limited`);
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = async (parent, args, context: Context, info) => {
      const client = clientOf(context);
      // Addresses are not kept as they are: Redis has other readers.
      const account = digest(`${name} ${accountOf(args as Record<string, unknown>, context)} ${client}`);
      const from = digest(client);
      await take(perClient, from);
      await take(perAccount, account);
      const result: unknown = await resolve(parent, args, context, info);
      await Promise.all([perAccount.delete(account), perClient.reward(from)]).catch(() => undefined);
      return result;
    };
  }
}

async function take(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    throw refused instanceof RateLimiterRes ? tooMany('SIGN_IN_LIMITED', refused.msBeforeNext) : refused;
  }
}

function counter<Context>(options: AttemptsOptions<Context>, { name, points }: { readonly name: string; readonly points: number }): RateLimiterAbstract {
  const common = { points, duration: Math.ceil(options.window / 1_000), keyPrefix: `${options.prefix}:attempts:${name}` };
  const alone = new RateLimiterMemory(common);
  if (options.redis === null) return alone;
  const shared = new RateLimiterRedis({ ...common, storeClient: options.redis, useRedisPackage: true, rejectIfRedisNotReady: true, insuranceLimiter: alone });
  // A hung Redis does not hold up sign-in either.
  return new RLWrapperTimeouts({ limiter: shared, timeoutMs: options.deadline, insuranceLimiter: alone });
}
