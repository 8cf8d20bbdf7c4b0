/** What Sysmon says of a signature. `unknown`: it says nothing, which is not unsigned. `doubtful`: there is one, and it does not hold. */
export type Signature = "valid" | "doubtful" | "unsigned" | "unknown";

/** SQL: state of the signature of a row of `module_activity`. */
export const signatureSql = `multiIf(module_signed = 'true', if(lower(module_signature_status) IN ('valid', ''), 'valid', 'doubtful'), module_signed = 'false', 'unsigned', 'unknown')`;
