import type { IncomingHttpHeaders } from 'node:http';
import type { BaseContext } from '@apollo/server';
import type { GraphQLError } from 'graphql';
import type { Config } from '../config.js';
import type { Logger } from '../lib/logger.js';
import { parseCredentials, type Credentials } from './credentials.js';
import { clientOf } from './limits/client-address.js';
import type { IsGivenUp } from './limits/give-up-after.js';
import { limitRequests } from './limits/limit-requests.js';
import { publicCode, refuseRequest, ReportedError, unavailable, type IsUnavailable } from './public-error.js';

/** What the application gets to know of a request. */
export interface IncomingRequest {
  readonly id: string;
  readonly credentials: Credentials;
  /** Whom the network takes the client for; of IPv6, its network. */
  readonly client: string;
  /** Whether the request has taken too long and been answered: what it has not committed yet, it must not commit. */
  readonly isGivenUp: IsGivenUp;
}

/** A request whose sender is not known yet. */
export interface Arrival {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  /** The address it comes from, as far as proxies are believed. */
  readonly ip: string;
  readonly operations: number;
  readonly isGivenUp: IsGivenUp;
}

export interface ArrivalOptions<Context extends BaseContext> {
  readonly config: Pick<Config, 'limits'>;
  readonly logger: Logger;
  /** Verifies the credentials: at once, where it knows them. What it throws is the answer to the whole request. */
  readonly context: (request: IncomingRequest) => Context | Promise<Context>;
  /** Whose requests are counted together; null for who is not signed in: these are counted by their client. */
  readonly viewerOf?: (context: Context) => string | null;
  readonly isUnavailable?: IsUnavailable;
}

/** Finds out who asks, and whether that viewer has asked too often: at once, where that is known. Never throws: what is refused is a rejection. */
export function identifyArrivals<Context extends BaseContext>(options: ArrivalOptions<Context>): (arrival: Arrival) => Context | Promise<Context> {
  const { logger, isUnavailable = () => false, viewerOf = () => null } = options;
  const limiter = limitRequests(options.config.limits.requestsPerMinute);
  const explained = (error: unknown, id: string): Error => {
    const shown = isUnavailable(error) ? unavailable() : error;
    const code = publicCode(shown);
    if (code !== null) return refuseRequest(shown as GraphQLError, code);
    logger.error({ err: error, reqId: id }, 'the request could not be prepared');
    return new ReportedError(id);
  };
  const admit = (context: Context, client: string, operations: number): Context => {
    const viewer = viewerOf(context);
    limiter.take(viewer === null ? `client ${client}` : `viewer ${viewer}`, operations);
    return context;
  };
  const identify = async (context: Promise<Context>, client: string, operations: number): Promise<Context> => {
    let known: Context;
    try {
      known = await context;
    } catch (error) {
      // Whoever tries out tokens and names is counted, too.
      limiter.take(`client ${client}`, operations);
      throw error;
    }
    return admit(known, client, operations);
  };
  return ({ id, headers, ip, operations, isGivenUp }) => {
    try {
      const client = clientOf(ip);
      // Headers that cannot be right are refused here.
      const context = options.context({ id, credentials: parseCredentials(headers), client, isGivenUp });
      if (!(context instanceof Promise)) return admit(context, client, operations);
      return identify(context, client, operations).catch((error: unknown) => {
        throw explained(error, id);
      });
    } catch (error) {
      return Promise.reject(explained(error, id));
    }
  };
}
