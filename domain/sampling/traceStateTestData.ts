/**
 * What tracestate means to us, case by case, for every implementation of it: domain/sampling/traceState.ts over text, collector/otlp/traceStateBytes.ts over
 * bytes. Taken from the W3C's test suite and text of Trace Context level 2 (github.com/w3c/trace-context, spec/20-http_request_header_format.md), from
 * OpenTelemetry's "TraceState Handling" and "TraceState: Probability Sampling" with OTEP 235, and from what its collector and SDKs do where those leave it open.
 */
export type TraceStateCase = {
  rule: string;
  given: string;
  /** As 14 hex digits; null where there is none that counts. */
  threshold: string | null;
  randomness: string | null;
  /** The threshold of the decision, as `th` is written, and what a span kept under it carries on. */
  decided: string;
  written: string;
};

type Expected = Partial<Pick<TraceStateCase, "threshold" | "randomness" | "decided">>;
const of = (rule: string, given: string, written: string, expected: Expected = {}): TraceStateCase => ({
  rule,
  given,
  threshold: null,
  randomness: null,
  decided: "8",
  ...expected,
  written,
});

const members = (count: number, from = 1) => Array.from({ length: count }, (_, index) => `bar${String(from + index).padStart(2, "0")}=${from + index}`);
const long = (key: string, length: number) => `${key}=${"x".repeat(length - key.length - 1)}`;
const listed = (...parts: string[]) => parts.join(",");

const VALUE_CHARACTERS = " !\"#$%&'()*+-./0123456789:;<>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
const KEY_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";

const W3C_LIST: TraceStateCase[] = [
  of("empty headers are accepted", "", "ot=th:8"),
  of("a new member comes first, the others keep their order", "foo=1,bar=2", "ot=th:8,foo=1,bar=2"),
  of("a changed member is moved to the front", "foo=1,ot=th:4,bar=2", "ot=th:8,foo=1,bar=2", { threshold: "40000000000000" }),
  of("several headers are one list", "foo=1,bar=2,rojo=1,congo=2,baz=3", "ot=th:8,foo=1,bar=2,rojo=1,congo=2,baz=3"),
  of("empty members are allowed, and need not be sent on", ",foo=1,,bar=2,", "ot=th:8,foo=1,bar=2"),
  of("a list of nothing is allowed", ",,,", "ot=th:8"),
  of("members of white space alone are allowed", "foo=1, \t ,bar=2", "ot=th:8,foo=1,bar=2"),
  of("blanks and tabs around members are ignored", "foo=1 \t , \t bar=2, \t baz=3", "ot=th:8,foo=1,bar=2,baz=3"),
  of("tabs around members are ignored", "foo=1\t \t,\t \tbar=2,\t \tbaz=3", "ot=th:8,foo=1,bar=2,baz=3"),
  of("blanks around ot are ignored", " ,  ot=th:c;rv:0123456789abcd \t, other=value ", "ot=th:c;rv:0123456789abcd,other=value", {
    threshold: "c0000000000000",
    randomness: "0123456789abcd",
  }),
  of("only blank and tab are white space", "\u000bfoo=1,\rbar=2", "ot=th:8,\u000bfoo=1,\rbar=2"),
  of("every allowed character of a value is carried on", `foo=${VALUE_CHARACTERS}`, `ot=th:8,foo=${VALUE_CHARACTERS}`),
  of("every allowed character of a key is carried on", `${KEY_CHARACTERS}@a-z0-9_-*/=1`, `ot=th:8,${KEY_CHARACTERS}@a-z0-9_-*/=1`),
  of("a key may begin with a digit (level 2)", "1special=1,special@vendor@tenant=2", "ot=th:8,1special=1,special@vendor@tenant=2"),
  of("blanks before a value are part of it, those after it are not", "foo=  1  ,bar=2", "ot=th:8,foo=  1,bar=2"),
  of("other tenants' ot is another key", "tenant@ot=th:c,ot@v=th:c,xot=th:c", "ot=th:8,tenant@ot=th:c,ot@v=th:c,xot=th:c"),
  of("keys are told apart by case", "OT=th:c,Ot=th:c", "ot=th:8,OT=th:c,Ot=th:c"),
  of("a key has no blank", "ot =th:c", "ot=th:8,ot =th:c"),
  of(
    "what other vendors wrote is not ours to judge or delete",
    "foobarbaz,foo=,=1,FOO=1,foo.bar=1,foo=bar=baz",
    "ot=th:8,foobarbaz,foo=,=1,FOO=1,foo.bar=1,foo=bar=baz",
  ),
  of("duplicates of other keys may be kept as they are", "foo=1,foo=1,bar=2,foo=2", "ot=th:8,foo=1,foo=1,bar=2,foo=2"),
  of("adding ours never leaves two of it: the first counts, as the most recent", "ot=th:c,a=1,ot=th:e;rv:0123456789abcd", "ot=th:c,a=1", {
    threshold: "c0000000000000",
  }),
];

const W3C_LIMITS: TraceStateCase[] = [
  of("31 others leave room for ours", members(31).join(), listed("ot=th:8", ...members(31))),
  of("of 32 others the right-most makes room", members(32).join(), listed("ot=th:8", ...members(31))),
  of("32 members with ours among them all stay", listed(...members(20), "ot=th:c", ...members(11, 21)), listed("ot=th:c", ...members(31)), {
    threshold: "c0000000000000",
  }),
  of("of 33 the right-most go", listed("ot=th:4", ...members(32)), listed("ot=th:8", ...members(31)), { threshold: "40000000000000" }),
  of("empty members do not count", listed("", "", ...members(31), ""), listed("ot=th:8", ...members(31))),
  of("ours is found beyond the 32nd", listed(...members(40), "ot=th:c"), listed("ot=th:c", ...members(31)), { threshold: "c0000000000000" }),
  of(
    "512 characters are carried on",
    listed(long("a", 128), long("b", 128), long("c", 128), long("d", 117)),
    listed("ot=th:8", long("a", 128), long("b", 128), long("c", 128), long("d", 117)),
  ),
  of(
    "at 513 the last goes, whole",
    listed(long("a", 128), long("b", 128), long("c", 128), long("d", 118)),
    listed("ot=th:8", long("a", 128), long("b", 128), long("c", 128)),
  ),
  of(
    "members above 128 characters go first",
    listed(long("a", 129), long("b", 128), long("c", 128), long("d", 128)),
    listed("ot=th:8", long("b", 128), long("c", 128), long("d", 128)),
  ),
  of(
    "the last of the long ones goes first",
    listed(long("a", 200), long("b", 200), "c=1", long("d", 110)),
    listed("ot=th:8", long("a", 200), "c=1", long("d", 110)),
  ),
  of("no more goes than has to", listed(long("a", 256), long("b", 246), "c=1"), listed("ot=th:8", long("a", 256), "c=1")),
  of("ours stays even where it leaves no room for others", long("a", 508), "ot=th:8"),
];

const OT_THRESHOLD: TraceStateCase[] = [
  of("25% of the specification's example", "ot=th:c", "ot=th:c", { threshold: "c0000000000000" }),
  of("1% at five digits of precision", "ot=th:fd70a4", "ot=th:fd70a4", { threshold: "fd70a400000000" }),
  of("a leading zero counts", "ot=th:08", "ot=th:8", { threshold: "08000000000000" }),
  of("trailing zeros are left out", "ot=th:c000", "ot=th:c", { threshold: "c0000000000000" }),
  of("0 is 100%", "ot=th:0", "ot=th:8", { threshold: "00000000000000" }),
  of("0 stays 0 where everything is kept", "ot=th:0", "ot=th:0", { threshold: "00000000000000", decided: "0" }),
  of("14 digits are the most", "ot=th:abcdefabcdefab", "ot=th:abcdefabcdefab", { threshold: "abcdefabcdefab" }),
  of("the highest there is", "ot=th:ffffffffffffff", "ot=th:ffffffffffffff", { threshold: "ffffffffffffff" }),
  of("15 digits are invalid", "ot=th:c00000000000000", "ot=th:8"),
  of("no digit is invalid", "ot=th:", "ot=th:8"),
  of("upper case is invalid", "ot=th:C", "ot=th:8"),
  of("hex only", "ot=th:8g", "ot=th:8"),
  of("no sign", "ot=th:-1", "ot=th:8"),
  of("no fraction", "ot=th:14.5", "ot=th:8"),
  of("no prefix", "ot=th:0x8", "ot=th:8"),
  of("no blank before it", "ot= th:c", "ot=th:8"),
  of("no blank within it", "ot=th: c", "ot=th:8"),
  of("the key is th in lower case", "ot=TH:c", "ot=th:8"),
  of("another key that begins alike is another key", "ot=thx:c;xth:c", "ot=th:8;thx:c;xth:c"),
  of("of two the first counts, and one is written", "ot=th:4;a:b;th:e", "ot=th:8;a:b", { threshold: "40000000000000" }),
  of("an invalid first is not made up for by a second", "ot=th:G;th:c", "ot=th:8"),
  of("is never lowered by a later sampler", "ot=th:c", "ot=th:c", { threshold: "c0000000000000", decided: "4" }),
  of("is never lowered by one that keeps everything", "ot=th:8", "ot=th:8", { threshold: "80000000000000", decided: "0" }),
  of("is raised by a later sampler that keeps less", "ot=th:8", "ot=th:e", { threshold: "80000000000000", decided: "e" }),
  of("is raised by one that keeps one in 2^56", "ot=th:0", "ot=th:ffffffffffffff", { threshold: "00000000000000", decided: "ffffffffffffff" }),
  of("2/3 then 1/3", "ot=th:555", "ot=th:aab", { threshold: "55500000000000", decided: "aab" }),
];

const OT_RANDOMNESS: TraceStateCase[] = [
  of("the specification's example", "ot=rv:6e6d1a75832a2f", "ot=th:8;rv:6e6d1a75832a2f", { randomness: "6e6d1a75832a2f" }),
  of("beside a threshold", "ot=th:c;rv:d29d6a7215ced0;pn:abc,zz=vendorcontent", "ot=th:c;rv:d29d6a7215ced0;pn:abc,zz=vendorcontent", {
    threshold: "c0000000000000",
    randomness: "d29d6a7215ced0",
  }),
  of("is handed on as it came", "ot=a:b;rv:00000000000003", "ot=th:8;rv:00000000000003;a:b", { randomness: "00000000000003" }),
  of("zeros are digits", "ot=rv:00000000000000", "ot=th:8;rv:00000000000000", { randomness: "00000000000000" }),
  of("13 digits are invalid, and not handed on", "ot=rv:1234123412341", "ot=th:8"),
  of("15 digits are invalid", "ot=rv:123412341234120", "ot=th:8"),
  of("one digit is invalid, and does not spoil the rest", "ot=rv:3;p:2", "ot=th:8;p:2"),
  of("no digit is invalid", "ot=rv:", "ot=th:8"),
  of("upper case is invalid", "ot=rv:0123456789ABCD", "ot=th:8"),
  of("hex only", "ot=rv:abcdefgabcdefg", "ot=th:8"),
  of("the key is rv in lower case", "ot=RV:0123456789abcd", "ot=th:8"),
  of("of two the first counts, and one is written", "ot=rv:0123456789abcd;rv:ffffffffffffff", "ot=th:8;rv:0123456789abcd", { randomness: "0123456789abcd" }),
  of("an invalid first is not made up for by a second", "ot=rv:12;rv:0123456789abcd", "ot=th:8"),
];

const OT_VALUE: TraceStateCase[] = [
  of("other concerns keep their place in ot", "ot=p:8;r:62", "ot=th:8;p:8;r:62"),
  of("a set value replaces the one before, wherever it stood", "ot=p:8;th:4;r:62", "ot=th:8;p:8;r:62", { threshold: "40000000000000" }),
  of("keys with digits and values with every allowed character", "ot=x1y2z3:1-2-3;y1:y_1;xy:.;z:", "ot=th:8;x1y2z3:1-2-3;y1:y_1;xy:.;z:"),
  of("an empty value is none", "ot=", "ot=th:8"),
  of("empty sub-keys go", "ot=;a:b;;th:c;", "ot=th:c;a:b", { threshold: "c0000000000000" }),
  of("what is no key:value goes, because strict readers refuse the whole for it", "ot=a;#;:1;1:1;X:1;a b:c;ab:c d;x:ü;ok:1", "ot=th:8;ok:1"),
  of("keys are unique: the first stays", "ot=a:1;b:2;a:3", "ot=th:8;a:1;b:2"),
  of("a value with = is none", "ot=th:1=p:2", "ot=th:8"),
  of("256 characters are read", `ot=th:c;x:${"_".repeat(249)}`, `ot=th:c;x:${"_".repeat(249)}`, { threshold: "c0000000000000" }),
  of("257 are invalid as a whole, as they are to the SDKs", `ot=th:c;rv:0123456789abcd;x:${"_".repeat(232)},a=1`, "ot=th:8,a=1"),
  of(
    "what no longer fits beside a longer th goes, whole",
    `ot=x:${"_".repeat(120)};y:${"_".repeat(120)};z:1`,
    `ot=th:fd70a3d70a3d71;x:${"_".repeat(120)};z:1`,
    {
      decided: "fd70a3d70a3d71",
    },
  ),
  of("the randomness stays whatever has to go", `ot=x:${"_".repeat(230)};rv:0123456789abcd`, "ot=th:fd70a3d70a3d71;rv:0123456789abcd", {
    randomness: "0123456789abcd",
    decided: "fd70a3d70a3d71",
  }),
];

export const TRACE_STATE_CASES: Record<string, readonly TraceStateCase[]> = {
  "W3C list": W3C_LIST,
  "W3C limits": W3C_LIMITS,
  "ot threshold": OT_THRESHOLD,
  "ot randomness": OT_RANDOMNESS,
  "ot value": OT_VALUE,
};

/** Explicit randomness comes before that of the trace id, its last 7 bytes. As 14 hex digits. */
export const RANDOMNESS_CASES: readonly { rule: string; traceId: string; traceState: string; randomness: string }[] = [
  { rule: "without a trace state the id's last 7 bytes", traceId: "abababababababababd29d6a7215ced0", traceState: "", randomness: "d29d6a7215ced0" },
  { rule: "rv before the id", traceId: "ffffffffffffffffffffffffffffffff", traceState: "ot=rv:7479cfb506891d", randomness: "7479cfb506891d" },
  {
    rule: "rv before the id, lower as well",
    traceId: "00000000000000000000000000000001",
    traceState: "a=1,ot=th:c;rv:ffffffffffffff",
    randomness: "ffffffffffffff",
  },
  { rule: "the id where rv is invalid", traceId: "0af7651916cd43dd8448eb211c80319c", traceState: "ot=rv:3", randomness: "48eb211c80319c" },
  { rule: "the id where there is only a threshold", traceId: "0af7651916cd43dd8448eb211c80319c", traceState: "ot=th:8", randomness: "48eb211c80319c" },
  {
    rule: "the id where rv is another vendor's",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    traceState: "xx=rv:7479cfb506891d",
    randomness: "48eb211c80319c",
  },
];
