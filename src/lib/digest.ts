import { hash } from 'node:crypto';

/**
 * SHA-256 of a text as 43 characters of base64url: short enough for a key, wide enough never to collide.
 * Of its UTF-16 code units: UTF-8 has the same bytes for every unpaired surrogate, and a client can send those.
 */
export function digest(text: string): string {
  return hash('sha256', Buffer.from(text, 'utf16le'), 'base64url');
}
