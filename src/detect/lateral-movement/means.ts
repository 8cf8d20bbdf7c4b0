/** How one host acts on another, by what that says of remote control. */
export interface MeansInfo {
  /** 0 none, up to 0.6: judgements (docs/detectors/lateral-movement.md). */
  strength: number;
  words: string;
  attack: readonly string[];
}

export const MEANS = {
  replication: {
    strength: 0.6,
    words: "a domain's secrets read as by a domain controller (DCSync), which it is not known to be",
    attack: ["T1003.006"],
  },
  remote_shell: {
    strength: 0.6,
    words: "a remote shell through a service (as PsExec)",
    attack: ["T1021.002", "T1569.002"],
  },
  service: {
    strength: 0.55,
    words: "a service created over the network",
    attack: ["T1021.002", "T1569.002"],
  },
  dcom: { strength: 0.55, words: "a program started over DCOM", attack: ["T1021.003"] },
  wmi: { strength: 0.5, words: "a program started over WMI", attack: ["T1047"] },
  task: { strength: 0.5, words: "a task registered over the network", attack: ["T1053.005"] },
  process: { strength: 0.45, words: "a program started in a session over the network", attack: ["T1021"] },
  winrm: { strength: 0.4, words: "commands over WinRM", attack: ["T1021.006"] },
  copy: {
    strength: 0.35,
    words: "a program copied to a share of the system",
    attack: ["T1021.002", "T1570"],
  },
  task_pipe: { strength: 0.3, words: "the task scheduler opened over the network", attack: ["T1053.005"] },
  wmi_call: {
    strength: 0.25,
    words: "a method called, or an object written, over WMI",
    attack: ["T1047"],
  },
  registry: { strength: 0.3, words: "the registry opened or changed over the network", attack: ["T1112"] },
  service_pipe: {
    strength: 0.25,
    words: "the service control manager opened, or a service started or changed, over the network",
    attack: ["T1569.002"],
  },
  listing: {
    strength: 0.15,
    words: "lists of accounts, groups or sessions read over the network",
    attack: ["T1069.002", "T1087.002"],
  },
  share: { strength: 0.1, words: "an administrative share", attack: ["T1021.002"] },
  desktop: { strength: 0.1, words: "remote desktop", attack: ["T1021.001"] },
  credentials: { strength: 0.05, words: "credentials given for it", attack: ["T1078"] },
  logon: { strength: 0, words: "a logon over the network", attack: ["T1078"] },
} as const satisfies Record<string, MeansInfo>;

export type Means = keyof typeof MEANS;

/** From here on it is remote control: something was made to run, or put there to run. */
export const CONTROL = 0.35;

export function isMeans(text: string): text is Means {
  return Object.hasOwn(MEANS, text);
}

/** Several ways are little more than one: a remote shell leaves a copy, a service and a process. */
export function controlOf(means: Iterable<Means>): number {
  const strengths = [...means].map((each) => MEANS[each].strength);
  const most = Math.max(0, ...strengths);
  return most + (strengths.filter((strength) => strength >= 0.3).length > 1 ? 0.1 : 0);
}
