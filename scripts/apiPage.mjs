import { PROBLEMS } from "../server/api/apiProblem.ts";
import { openApiDocument } from "../server/api/openApiDocument.ts";
import { BODY_BYTES_MAX } from "../server/api/readJson.ts";

const METHODS = ["get", "post", "patch", "put", "delete"];
/** Have the same operations, so the page shows those of the first. */
const ALIKE = ["Sampling policies", "Pipeline settings", "Destinations"];

/** What a kind of problem means and what to do about it. */
const MEANINGS = {
  malformed: "The address, a header or the JSON can't be read. `errors` names the parameter.",
  unauthenticated: "No token, or one that is mistyped, unknown, revoked or expired: `detail` says which.",
  forbidden: "The token lacks a scope, which `detail` and `WWW-Authenticate` name, or its owner's role is too low.",
  "not-found": "There is no such path, or nothing with that id.",
  "method-not-allowed": "`Allow` has the methods that there are.",
  conflict: "Somebody was faster (`current` has what stands there), or something has to be done first: `detail` says what.",
  "precondition-failed": "As 409, to a request with `If-Match`.",
  "too-large": `A body may have at most ${BODY_BYTES_MAX.toLocaleString("en-US")} bytes.`,
  "unsupported-media-type": "Bodies are JSON in UTF-8 (`content-type: application/json`), not compressed.",
  invalid: "A rule does not hold. `errors` has every field with what is wrong about it.",
  "precondition-required": "Saving needs `baseVersion` or `If-Match`, so that nothing is overwritten.",
  "too-many": "A bound is reached: of documents, of downloads at the same time, of calls with tokens that are none. `detail` says which and what to do.",
  internal: "A fault of Headgate's. The server's log has it under the request's number.",
  unavailable: "The database can't be reached, or nothing is connected that could answer. `Retry-After` says when to try again.",
};

export function apiPage() {
  const document = openApiDocument();
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods[method]).map((method) => ({ path, method: method.toUpperCase(), ...methods[method] })),
  );
  checkAlike(operations);
  const tags = document.tags.map(({ name }) => name).filter((name) => !ALIKE.slice(1).includes(name));
  return `${[
    "# HTTP API",
    "<!-- Written by `npm run docs` from the table of routes (server/api); edit that. -->",
    "Whatever the pages do with documents, collectors and the audit, a program can do over `/api/v1`. The server describes it itself, as OpenAPI 3.1, at `/api/v1/openapi.json`; clients can be\ngenerated from that. To keep documents in a repository and apply them from there, see [as-code.md](as-code.md).",
    '```sh\nexport HEADGATE_TOKEN=hg_…   # made under Settings, API tokens\ncurl -H "authorization: Bearer $HEADGATE_TOKEN" http://127.0.0.1:3000/api/v1/policies\n```',
    "## Tokens",
    "Every request carries an API token: `Authorization: Bearer hg_…`. A token has scopes and expires, and never may more than its owner at that moment ([security.md](security.md)). Each operation below\nsays the scope it needs; without it the answer is 403 and names it. Cookies count for nothing here: a page that somebody has open in a browser can't be made to call the API, so there is nothing\nlike a CSRF token to send, and no other site is let in by CORS. Only the description at `/api/v1/openapi.json` is open to everybody.",
    "## Lists",
    'Lists come in pages: `limit` (50, at most 200) and `cursor`. `nextCursor` in the answer is the `cursor` of the next page, null on the last, and the header `Link: <…>; rel="next"` has its whole\naddress. A cursor is a place, not a number of rows: what is added or taken away meanwhile makes nothing come twice or go missing.',
    "## Changing what somebody else may be changing",
    'A document\'s entity tag begins with its version (`ETag: "v3-…"`). A new version says which one it builds on, with `baseVersion` in the body or the entity tag in `If-Match`; when another one stands\nthere by then, the answer is 409 (412 to `If-Match`), and `current` has it. `If-None-Match` with an entity tag that still holds is answered 304, without a body.',
    "There is no `Idempotency-Key`, because writes can be sent again as they are: a save that was already done gives the version that it made; names are unique, so a document is not created twice; to\narchive, restore and rename twice changes nothing. Applying a version twice makes two revisions with the same hash, and collectors are sent nothing the second time.",
    "## Refusals",
    "A refusal is a problem document (RFC 9457, `application/problem+json`) with `type`, `title`, `status`, `detail`, `instance` and `errors`, a list of `{ path, message }`. Each answer carries\n`X-Request-Id`: the one that you sent (1–64 of letters, digits and `_.:-`), or a new one. The audit and the server's log have it too.",
    table(
      ["status", "`type`: `urn:headgate:problem:` and", "meaning"],
      Object.entries(PROBLEMS).map(([kind, { status }]) => [status, `\`${kind}\``, MEANINGS[kind]]),
    ),
    ...tags.flatMap((tag) => section(tag, operations)),
  ].join("\n\n")}\n`;
}

function section(tag, operations) {
  const own = operations.filter(({ tags }) => tags[0] === tag);
  const title = tag === ALIKE[0] ? "Policies, pipeline settings, destinations" : tag;
  const bodies =
    "`/policies`, `/pipelines` and `/destinations` have the same operations; those of `/policies` are shown. The `body` of a version is what stands under `sampling`, `pipeline` or `export` of a\ncollector's configuration ([configuration.md](configuration.md)), except that a destination's headers are a list: `{ name, value }` when sent, where null keeps the stored value, and\n`{ name, isSet }` when read. A value is never given out.";
  return [
    `## ${title}`,
    ...(tag === ALIKE[0] ? [bodies] : []),
    table(
      ["", "", "scope"],
      own.map(({ method, path, summary, ...rest }) => [`\`${method} ${path}\``, summary, `\`${rest["x-scope"]}\``]),
    ),
    ...own
      .filter((operation) => details(operation).length > 0)
      .map((operation) => `### ${operation.method} ${operation.path}\n\n${details(operation).join("\n\n")}`),
  ];
}

function details({ description, parameters, requestBody, responses }) {
  const said = description.replace(/ ?Needs the scope .*$/, "");
  const query = parameters.filter((parameter) => parameter.in === "query" && !["limit", "cursor"].includes(parameter.name));
  const body = requestBody?.content["application/json"].schema;
  const answer = (responses[200] ?? responses[201]).content["application/json"]?.schema;
  const item = answer?.properties?.items?.items ?? answer;
  const paged = item !== answer;
  return [
    ...(said === "" ? [] : [said]),
    ...(query.length > 0
      ? [
          `Query, besides paging where it is a list:\n\n${table(
            ["name", "", ""],
            query.map((one) => row(one.name, one.schema, one.required, one.description)),
          )}`,
        ]
      : []),
    ...(body ? [`Body:\n\n${fields(body)}`] : []),
    ...(item?.properties && Object.keys(item.properties).length > 1 ? [`${paged ? "Answer, each of `items`" : "Answer"}:\n\n${fields(item, true)}`] : []),
  ];
}

function fields({ properties, required = [] }, isAnswer = false) {
  return table(
    ["name", "", ""],
    Object.entries(properties).map(([name, schema]) => row(name, schema, isAnswer || required.includes(name), schema.description)),
  );
}

function row(name, schema, required, description = "") {
  return [`\`${name}\`${required ? "" : " (optional)"}`, typeInWords(schema), description];
}

function typeInWords(schema) {
  if (schema.$ref) return `\`${schema.$ref.split("/").at(-1)}\``;
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(", ");
  const several = schema.anyOf ?? schema.oneOf;
  if (several) return [...new Set(several.map(typeInWords))].join(" or ");
  if (Array.isArray(schema.type)) return schema.type.join(" or ");
  if (schema.type === "array") return `list of ${typeInWords(schema.items)}`;
  if (schema.type === "object" && schema.properties) return `\`{ ${Object.keys(schema.properties).join(", ")} }\``;
  if (schema.type === "integer" && schema.minimum !== undefined && schema.maximum !== undefined)
    return `integer, ${schema.minimum}–${schema.maximum.toLocaleString("en-US")}`;
  return schema.type ?? "any";
}

/** The page may show one of the three only as long as they are the same but for their bodies. */
function checkAlike(operations) {
  const shapes = ALIKE.map((tag) =>
    operations
      .filter(({ tags }) => tags[0] === tag)
      .map(({ method, path, summary, ...rest }) => `${method} ${path.replace(/^\/\w+/, "")} ${summary.replace(/^Create .*/, "Create")} ${rest["x-scope"]}`)
      .join("\n"),
  );
  if (new Set(shapes).size > 1) throw new Error(`${ALIKE.join(", ")} have different operations; show each of them`);
}

const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`)
    .join("\n");
