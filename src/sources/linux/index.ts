/** Logs of Linux hosts: `recognise` looks at the beginning of a file, `LinuxReader` turns its lines into events, in any thread. */
export { LinuxReader } from "./reader.js";
export { recognise } from "./recognise.js";
