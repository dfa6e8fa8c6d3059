import { LarderError } from './errors.js';

/**
 * The language of an answer: the argument, else the first accepted one that the tenant has, else the tenant's default.
 * Languages are compared by their primary subtag (RFC 4647, section 3.4): `fr-CA` is answered with `fr`.
 *
 * @throws LarderError BAD_USER_INPUT for an argument that names a language the tenant has not.
 */
export function resolveLanguage(
  tenant: { readonly languages: readonly string[]; readonly defaultLanguage: string },
  accepted: readonly string[],
  argument?: string | null,
): string {
  const find = (wanted: string): string | undefined => {
    const primary = wanted.toLowerCase().split('-')[0];
    return tenant.languages.find((language) => language.toLowerCase() === wanted.toLowerCase()) ?? tenant.languages.find((language) => language === primary);
  };
  if (argument !== undefined && argument !== null) {
    const language = find(argument);
    if (language !== undefined) return language;
    throw new LarderError('BAD_USER_INPUT', `Language "${argument}" is none of this tenant's: ${tenant.languages.join(', ')}.`);
  }
  for (const wanted of accepted) {
    const language = wanted === '*' ? undefined : find(wanted);
    if (language !== undefined) return language;
  }
  return tenant.defaultLanguage;
}

/** What answers vary by: for one language one object. Tenants know few languages, and none but theirs is resolved. */
export class Languages {
  readonly #known = new Map<string | null, Readonly<{ language: string | null }>>();

  of(language: string | null): Readonly<{ language: string | null }> {
    let known = this.#known.get(language);
    if (known === undefined) this.#known.set(language, (known = Object.freeze({ language })));
    return known;
  }
}
