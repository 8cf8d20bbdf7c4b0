/**
 * Windows events as JSON. `recognise` looks at the beginning of a file, `JsonSplitter` cuts its bytes into records, and `eventsOf` turns a record into
 * events, in any thread.
 */
export { eventsOf } from "./read.js";
export { recognise } from "./recognise.js";
export { JsonSplitter } from "./splitter.js";
