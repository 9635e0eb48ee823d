/** The shop whose traces are sent: 12 services, what each offers, and whom it calls. */
export type OperationKind = "http" | "rpc" | "database" | "cache" | "queue";

export type Operation = {
  service: string;
  kind: OperationKind;
  /** `GET /api/cart`, `shop.Payment/Charge`, `SELECT products`. */
  name: string;
  /** Path with parameters, for http. */
  route?: string;
  /** Median of its own work, without what it calls. */
  ownMs: number;
  /** Share of calls in which it happens. */
  calls?: readonly (readonly [operation: string, probability: number])[];
};

const http = (service: string, method: string, route: string, ownMs: number, calls: Operation["calls"] = []): Operation => ({
  service,
  kind: "http",
  name: `${method} ${route}`,
  route,
  ownMs,
  calls,
});
const rpc = (service: string, name: string, ownMs: number, calls: Operation["calls"] = []): Operation => ({ service, kind: "rpc", name, ownMs, calls });
const database = (service: string, name: string, ownMs: number): Operation => ({ service, kind: "database", name, ownMs });
const cache = (service: string, name: string): Operation => ({ service, kind: "cache", name, ownMs: 0.6 });

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  home: http("frontend", "GET", "/", 4, [
    ["products", 1],
    ["recommend", 0.8],
    ["session", 0.9],
  ]),
  productPage: http("frontend", "GET", "/product/{id}", 5, [
    ["product", 1],
    ["recommend", 0.7],
    ["reviews", 0.6],
    ["session", 0.8],
  ]),
  searchPage: http("frontend", "GET", "/search", 4, [
    ["search", 1],
    ["session", 0.7],
  ]),
  cartPage: http("frontend", "GET", "/cart", 3, [
    ["cart", 1],
    ["session", 1],
  ]),
  buy: http("frontend", "POST", "/checkout", 5, [
    ["checkout", 1],
    ["session", 1],
  ]),
  session: http("accounts", "GET", "/api/session", 2, [
    ["readSession", 1],
    ["readUser", 0.3],
  ]),
  products: http("catalogue", "GET", "/api/products", 6, [
    ["readProducts", 1],
    ["cachedProducts", 0.9],
    ["stock", 0.3],
  ]),
  product: http("catalogue", "GET", "/api/products/{id}", 4, [
    ["readProduct", 1],
    ["stock", 0.8],
  ]),
  reviews: http("catalogue", "GET", "/api/products/{id}/reviews", 5, [["readReviews", 1]]),
  search: http("search", "GET", "/api/search", 12, [
    ["searchIndex", 1],
    ["products", 0.3],
  ]),
  recommend: rpc("recommendations", "shop.Recommendations/List", 15, [
    ["cachedSimilar", 1],
    ["readProducts", 0.2],
  ]),
  cart: http("cart", "GET", "/api/cart", 3, [
    ["readCart", 1],
    ["price", 0.8],
  ]),
  price: rpc("pricing", "shop.Pricing/Quote", 5, [["readPrices", 0.8]]),
  stock: rpc("inventory", "shop.Inventory/Check", 4, [["readStock", 1]]),
  checkout: http("checkout", "POST", "/api/checkout", 14, [
    ["cart", 1],
    ["reserve", 1],
    ["payment", 1],
    ["shipment", 0.9],
    ["notify", 1],
  ]),
  reserve: rpc("inventory", "shop.Inventory/Reserve", 6, [["writeStock", 1]]),
  payment: http("payment", "POST", "/api/payment", 45, [
    ["readCard", 1],
    ["fraud", 0.7],
    ["writePayment", 1],
  ]),
  fraud: rpc("payment", "shop.Fraud/Score", 22, [["readHistory", 1]]),
  shipment: rpc("shipping", "shop.Shipping/Create", 9, [["writeShipment", 1]]),
  notify: rpc("notifications", "shop.Notifications/Send", 6, [["orderPlaced", 1]]),
  orderPlaced: { service: "notifications", kind: "queue", name: "orders publish", ownMs: 3 },
  readSession: cache("accounts", "GET session"),
  readUser: database("accounts", "SELECT users", 3),
  readProducts: database("catalogue", "SELECT products", 7),
  cachedProducts: cache("catalogue", "MGET products"),
  readProduct: database("catalogue", "SELECT products", 3),
  readReviews: database("catalogue", "SELECT reviews", 6),
  searchIndex: database("search", "SEARCH products", 18),
  cachedSimilar: cache("recommendations", "GET similar"),
  readCart: database("cart", "SELECT cart_items", 2),
  readPrices: database("pricing", "SELECT prices", 3),
  readStock: database("inventory", "SELECT stock", 3),
  writeStock: database("inventory", "UPDATE stock", 5),
  readCard: database("payment", "SELECT cards", 3),
  readHistory: database("payment", "SELECT payments", 6),
  writePayment: database("payment", "INSERT payments", 5),
  writeShipment: database("shipping", "INSERT shipments", 5),
};

/** What visitors do, by weight. */
export const ENTRIES: readonly (readonly [operation: string, weight: number])[] = [
  ["home", 28],
  ["productPage", 30],
  ["searchPage", 18],
  ["cartPage", 9],
  ["buy", 17],
];

export const SERVICES = [...new Set(Object.values(OPERATIONS).map((operation) => operation.service))];
