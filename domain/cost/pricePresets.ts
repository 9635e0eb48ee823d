import type { Price, PriceBook } from "./priceBook.ts";
import type { PriceUnit } from "./usage.ts";

/**
 * List prices to begin with, in USD, of AWS us-east-1 unless their names say otherwise, each with the day it is as of. They were collected from copies of price lists:
 * starting values to be edited, not quotes.
 */
const PRESETS: readonly Price[] = [
  rate("aws-m7g.xlarge", "m7g.xlarge (4 vCPU, 16 GiB)", "hour", 163_200_000, "2026-04-24", "list price"),
  rate("aws-m6i.xlarge", "m6i.xlarge (4 vCPU, 16 GiB)", "hour", 192_000_000, "2026-04-24", "list price"),
  rate("aws-c6i.xlarge", "c6i.xlarge (4 vCPU, 8 GiB)", "hour", 170_000_000, "2026-04-24", "list price"),
  rate("aws-fargate-vcpu", "Fargate x86 vCPU, per vCPU-hour", "hour", 40_480_000, "2026-04-24", "list price"),
  rate("aws-fargate-gb", "Fargate x86 memory, per GB-hour", "hour", 4_445_000, "2026-04-24", "list price"),
  rate("opencost-vcpu", "generic CPU (OpenCost default), per vCPU-hour", "hour", 31_611_000, "2026", "list price"),
  rate("opencost-gb", "generic memory (OpenCost default), per GB-hour", "hour", 4_237_000, "2026", "list price"),
  rate("aws-gp3", "EBS gp3 (SSD)", "gbMonth", 80_000_000, "2026-04-24", "list price"),
  rate("aws-st1", "EBS st1 (HDD)", "gbMonth", 45_000_000, "2026-04-24", "list price"),
  rate("aws-sc1", "EBS sc1 (cold HDD)", "gbMonth", 15_000_000, "2026-04-24", "list price"),
  rate("aws-internet-egress", "internet egress, first 10 TB", "gb", 90_000_000, "2026-04-24", "list price"),
  rate("aws-cross-region", "cross-region transfer", "gb", 20_000_000, "2026-04-24", "list price"),
  rate("aws-cross-zone", "cross-zone transfer, each way", "gb", 10_000_000, "2026-04-24", "list price"),
  rate("aws-nat", "NAT gateway processing", "gb", 45_000_000, "2026-04-24", "list price"),
  rate("grafana-cloud-traces", "Grafana Cloud traces", "gb", 500_000_000, "2026-05-25", "list price"),
  rate("datadog-apm", "Datadog APM", "month", 31_000_000_000, "2026-09-05", "list price; includes 150 GB ingested and 1 million indexed spans"),
  rate("new-relic", "New Relic data", "gb", 400_000_000, "2026-05-04", "list price; includes 100 GB; from a weak source", 100),
  storageClass(
    "aws-s3-standard",
    "S3 Standard",
    { nanoPerGbMonth: 23_000_000, nanoPer1kPut: 5_000_000, nanoPer1kGet: 400_000, nanoPerGbRetrieved: 0 },
    { minimumDays: 0, minimumObjectBytes: 0, overheadBytesPerObject: 0 },
    "2026-04-24",
  ),
  storageClass(
    "aws-s3-standard-ia",
    "S3 Standard-IA",
    { nanoPerGbMonth: 12_500_000, nanoPer1kPut: 10_000_000, nanoPer1kGet: 1_000_000, nanoPerGbRetrieved: 10_000_000 },
    { minimumDays: 30, minimumObjectBytes: 131_072, overheadBytesPerObject: 0 },
    "2026-04-24",
  ),
  storageClass(
    "aws-s3-glacier-instant",
    "S3 Glacier Instant Retrieval",
    { nanoPerGbMonth: 4_000_000, nanoPer1kPut: 20_000_000, nanoPer1kGet: 10_000_000, nanoPerGbRetrieved: 30_000_000 },
    { minimumDays: 90, minimumObjectBytes: 131_072, overheadBytesPerObject: 0 },
    "2026-04-24",
  ),
  storageClass(
    "aws-s3-glacier-flexible",
    "S3 Glacier Flexible Retrieval",
    { nanoPerGbMonth: 3_600_000, nanoPer1kPut: 30_000_000, nanoPer1kGet: 400_000, nanoPerGbRetrieved: 10_000_000 },
    { minimumDays: 90, minimumObjectBytes: 0, overheadBytesPerObject: 40_960 },
    "2026-04-24",
  ),
  storageClass(
    "aws-s3-deep-archive",
    "S3 Glacier Deep Archive",
    { nanoPerGbMonth: 990_000, nanoPer1kPut: 50_000_000, nanoPer1kGet: 400_000, nanoPerGbRetrieved: 20_000_000 },
    { minimumDays: 180, minimumObjectBytes: 0, overheadBytesPerObject: 40_960 },
    "2026-04-24",
  ),
];

/** A price book of the presets. */
export const PRESET_BOOK: PriceBook = { currency: "USD", exchangeRates: [], prices: [...PRESETS] };

function rate(id: string, name: string, unit: PriceUnit, nano: number, asOf: string, source: string, freeUnits = 0): Price {
  return { kind: "rate", id, name, currency: "USD", unit, freeUnits, committedUnits: 0, periods: [{ from: null, source, asOf, nano }] };
}

type Terms = { nanoPerGbMonth: number; nanoPer1kPut: number; nanoPer1kGet: number; nanoPerGbRetrieved: number };
type Minimums = { minimumDays: number; minimumObjectBytes: number; overheadBytesPerObject: number };

function storageClass(id: string, name: string, terms: Terms, minimums: Minimums, asOf: string): Price {
  return { kind: "storageClass", id, name, currency: "USD", periods: [{ from: null, source: "list price", asOf, ...terms }], ...minimums };
}
