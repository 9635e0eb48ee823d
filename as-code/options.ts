import { parseArgs } from "node:util";
import { CommandError } from "./commandError.ts";

export const DEFAULT_URL = "http://127.0.0.1:3000";

export type Options = {
  command: "export" | "plan" | "apply";
  dir: string;
  url: string;
  token: string;
  json: boolean;
  yes: boolean;
  prune: boolean;
  overwrite: boolean;
  setSecrets: boolean;
  message: string;
};

const flag = { type: "boolean", default: false } as const;
const OPTIONS = {
  url: { type: "string" },
  json: flag,
  yes: flag,
  prune: flag,
  overwrite: flag,
  "set-secrets": flag,
  message: { type: "string" },
} as const;
const OF = {
  export: ["url", "json", "overwrite"],
  plan: ["url", "json", "prune", "set-secrets"],
  apply: ["url", "json", "yes", "prune", "overwrite", "set-secrets", "message"],
} as const;
const MESSAGE_MAX = 500;

/** What was asked for; throws with one line that says what is wrong. */
export function readOptions(args: string[], environment: Record<string, string | undefined>): Options {
  const [command, ...rest] = args;
  if (command !== "export" && command !== "plan" && command !== "apply") throw wrong(`unknown command ${command ?? ""}`);
  const { values, positionals } = parse(rest);
  const allowed: readonly string[] = OF[command];
  const other = Object.entries(values).find(([name, value]) => value !== undefined && value !== false && !allowed.includes(name));
  if (other) throw wrong(`${command} takes no --${other[0]}`);
  if (positionals.length !== 1)
    throw wrong(positionals.length === 0 ? `${command} needs a folder` : `${command} takes one folder, got ${positionals.join(" and ")}`);
  const token = environment.HEADGATE_TOKEN ?? "";
  if (token === "") throw new CommandError("set HEADGATE_TOKEN to an API token; one is made under Settings, API tokens");
  const message = values.message ?? `${command} from ${positionals[0]}`.slice(0, MESSAGE_MAX);
  if (message.length > MESSAGE_MAX) throw wrong(`--message may have at most ${MESSAGE_MAX} characters`);
  const { json, yes, prune, overwrite, "set-secrets": setSecrets } = values;
  return {
    command,
    dir: positionals[0],
    url: toUrl(values.url ?? environment.HEADGATE_URL ?? DEFAULT_URL),
    token,
    json,
    yes,
    prune,
    overwrite,
    setSecrets,
    message,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw wrong(error instanceof Error ? error.message.split(". ")[0] : String(error));
  }
}

function toUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:") || url.username !== "" || url.search !== "")
    throw new CommandError(`${JSON.stringify(text.slice(0, 200))} is no address of a server; give one such as ${DEFAULT_URL}`);
  return (url.origin + url.pathname).replace(/\/+$/, "");
}

function wrong(what: string): CommandError {
  return new CommandError(`${what}; npm run headgate -- --help lists what there is`);
}
