/** Sends who is signed in to the provider, and back to Settings with their account connected. */
export const CONNECT_HREF = "/api/auth/sso/start?connect=1&next=%2Fsettings";
