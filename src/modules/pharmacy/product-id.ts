const PRODUCT_ID = /^[A-Z]\d{9}$/;

/** The id of a product as it came, or null for a text that can be none's: `N205613001`. */
export function productIdOrNull(id: string): string | null {
  return PRODUCT_ID.test(id) ? id : null;
}
