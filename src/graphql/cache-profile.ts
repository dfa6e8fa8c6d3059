import { Directive } from 'type-graphql';
import { profiles, type ProfileName } from './profiles.js';

/**
 * Caches a field's value, or says how long a type may be cached, by a named policy: emits the standard `@cacheControl`
 * and Larder's `@cachePolicy`, so that the SDL says everything.
 *
 * @param options.shared the value is the same for all tenants and reads nothing of any.
 */
export function CacheProfile(name: ProfileName, options: { readonly shared?: boolean } = {}): ClassDecorator & MethodDecorator & PropertyDecorator {
  const { maxAge, staleWhileRevalidate, scope } = profiles[name];
  const control = Directive(`@cacheControl(maxAge: ${maxAge / 1000}, scope: ${scope})`);
  const shared = options.shared === true ? ', shared: true' : '';
  const policy = Directive(`@cachePolicy(profile: "${name}", staleWhileRevalidate: ${staleWhileRevalidate / 1000}${shared})`);
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    for (const decorate of [control, policy]) {
      if (key === undefined) (decorate as ClassDecorator)(target as never);
      else (decorate as MethodDecorator)(target, key, descriptor as PropertyDescriptor);
    }
  };
}

/** Part of what it is found in: a page, an edge, an amount of money live as long as the field that returns them. */
export function PartOfParent(): ClassDecorator {
  return Directive('@cacheControl(inheritMaxAge: true)');
}
