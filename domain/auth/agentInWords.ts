const BROWSERS: [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\/(\d+)/, "Edge"],
  [/\bOPR\/(\d+)/, "Opera"],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, "Firefox"],
  [/\b(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/, "Chrome"],
  [/\bVersion\/(\d+)[\d.]* .*Safari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/\bAndroid\b/, "Android"],
  [/\biPhone\b/, "an iPhone"],
  [/\biPad\b/, "an iPad"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

/** What a browser says it is, in words: `Firefox 142 on Linux`. A program gives its own name; browsers may say what they like, so this is no proof. */
export function agentInWords(agent: string | null | undefined): string {
  if (!agent) return "an unknown program";
  const [browser, name] = BROWSERS.find(([pattern]) => pattern.test(agent)) ?? [];
  if (!browser) return agent.split(/[\s(]/, 1)[0].slice(0, 40) || "an unknown program";
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1];
  return `${name} ${agent.match(browser)?.[1]}${system ? ` on ${system}` : ""}`;
}
