import { config } from "zod/v4/core";

// Runs before any page module: the content security policy forbids compiling code from text, and zod must not even try.
config({ jitless: true });
