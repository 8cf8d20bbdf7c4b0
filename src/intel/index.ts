/** What the user brings: who owns which addresses, what is watched, what is allowed. The unit's one index. */
export { buildAllowList, buildDirectory, loadWatchlists } from "./build.js";
export { checkDetectors, findConfig, loadConfig } from "./config-file.js";
export { readHijackLibs } from "./hijacklibs.js";
export { hostDirectory } from "./hosts/directory.js";
export { HostNames } from "./hosts/names.js";
export { initTemplate } from "./init-template.js";
export { canonicalAddress, formatAddress } from "./net/address.js";
export { rangesOfScope, type SpecialScope } from "./net/scope.js";
export { isExcluded, sensorFor } from "./sensors.js";
export { readYaml } from "./yaml-file.js";
