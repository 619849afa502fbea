/** `ADMIN_SECRET` of the Workers under test. */
export const ADMIN_SECRET = "of-the-operator-32-characters-or-more";
