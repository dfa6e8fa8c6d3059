/** How long a session lasts after it was opened or renewed, in milliseconds. */
export const SESSION_LIFETIME = 24 * 60 * 60 * 1000;
