/**
 * node:http, which an `import` of its values would make ten megabytes larger: that reads every export once, and one of them, WebSocket, loads Node's whole fetch. For types import
 * node:http itself.
 */
export const http = process.getBuiltinModule("node:http");
