/** Why a condition can't be written for a Collector; a sentence without its subject. */
export class NotWritable extends Error {}
