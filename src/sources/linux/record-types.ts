/**
 * Numbers of the types of audit records by their names: of each run of numbers the first, and the names from there on. Sources: the kernel's
 * include/uapi/linux/audit.h, and libaudit.h for those that programs write (1100 to 1199, 2100 on).
 */
const RUNS: Readonly<Record<number, string>> = {
  1006: "LOGIN",
  1100: [
    "USER_AUTH USER_ACCT USER_MGMT CRED_ACQ CRED_DISP USER_START USER_END USER_AVC USER_CHAUTHTOK USER_ERR",
    "CRED_REFR USYS_CONFIG USER_LOGIN USER_LOGOUT ADD_USER DEL_USER ADD_GROUP DEL_GROUP DAC_CHECK CHGRP_ID TEST",
    "TRUSTED_APP USER_SELINUX_ERR USER_CMD USER_TTY CHUSER_ID GRP_AUTH SYSTEM_BOOT SYSTEM_SHUTDOWN SYSTEM_RUNLEVEL",
    "SERVICE_START SERVICE_STOP GRP_MGMT GRP_CHAUTHTOK MAC_CHECK ACCT_LOCK ACCT_UNLOCK USER_DEVICE SOFTWARE_UPDATE",
  ].join(" "),
  1200: "DAEMON_START DAEMON_END DAEMON_ABORT DAEMON_CONFIG",
  1300: "SYSCALL",
  1302: "PATH IPC SOCKETCALL CONFIG_CHANGE SOCKADDR CWD",
  1309: "EXECVE",
  1311: [
    "IPC_SET_PERM MQ_OPEN MQ_SENDRECV MQ_NOTIFY MQ_GETSETATTR KERNEL_OTHER FD_PAIR OBJ_PID TTY EOE BPRM_FCAPS",
    "CAPSET MMAP NETFILTER_PKT NETFILTER_CFG SECCOMP PROCTITLE FEATURE_CHANGE REPLACE KERN_MODULE FANOTIFY",
    "TIME_INJOFFSET TIME_ADJNTPVAL BPF EVENT_LISTENER URINGOP OPENAT2 DM_CTRL DM_EVENT",
  ].join(" "),
  1400: [
    "AVC SELINUX_ERR AVC_PATH MAC_POLICY_LOAD MAC_STATUS MAC_CONFIG_CHANGE MAC_UNLBL_ALLOW MAC_CIPSOV4_ADD",
    "MAC_CIPSOV4_DEL MAC_MAP_ADD MAC_MAP_DEL MAC_IPSEC_ADDSA MAC_IPSEC_DELSA MAC_IPSEC_ADDSPD MAC_IPSEC_DELSPD",
    "MAC_IPSEC_EVENT MAC_UNLBL_STCADD MAC_UNLBL_STCDEL MAC_CALIPSO_ADD MAC_CALIPSO_DEL",
  ].join(" "),
  1700: "ANOM_PROMISCUOUS ANOM_ABEND ANOM_LINK ANOM_CREAT",
  1800: [
    "INTEGRITY_DATA INTEGRITY_METADATA INTEGRITY_STATUS INTEGRITY_HASH INTEGRITY_PCR INTEGRITY_RULE",
    "INTEGRITY_EVM_XATTR INTEGRITY_POLICY_RULE",
  ].join(" "),
  2000: "KERNEL",
  2100: "ANOM_LOGIN_FAILURES ANOM_LOGIN_TIME ANOM_LOGIN_SESSIONS ANOM_LOGIN_ACCT ANOM_LOGIN_LOCATION",
  2400: [
    "CRYPTO_TEST_USER CRYPTO_PARAM_CHANGE_USER CRYPTO_LOGIN CRYPTO_LOGOUT CRYPTO_KEY_USER CRYPTO_FAILURE_USER",
    "CRYPTO_REPLAY_USER CRYPTO_SESSION CRYPTO_IKE_SA CRYPTO_IPSEC_SA",
  ].join(" "),
  2500: "VIRT_CONTROL VIRT_RESOURCE VIRT_MACHINE_ID",
};

const NUMBERS = new Map<string, number>();
for (const [first, names] of Object.entries(RUNS))
  for (const [at, name] of names.split(" ").entries()) NUMBERS.set(name, Number(first) + at);

/** The number of a type; undefined for one that we do not know. `UNKNOWN[1337]` is how auditd writes a type that it does not know. */
export function typeNumber(type: string): number | undefined {
  const unknown = /^UNKNOWN\[(\d{1,5})\]$/.exec(type)?.[1] ?? (/^\d{4}$/.test(type) ? type : undefined);
  return unknown === undefined ? NUMBERS.get(type) : Number(unknown);
}

/** The name of a type that stands as a number, as in the kernel's own log. */
export function typeName(type: string): string {
  if (!/^\d{4}$/.test(type)) return type;
  for (const [name, number] of NUMBERS) if (number === Number(type)) return name;
  return `UNKNOWN[${type}]`;
}
