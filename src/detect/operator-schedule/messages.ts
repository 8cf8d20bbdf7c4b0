export const messages: Record<string, string> = {
  "operator-schedule.people":
    "{0}: of {1} connections with {2} hosts in {3} organisations, {4} in {5} half-hours on {6} days are neither check-ins nor jobs. {7}",
  "operator-schedule.account":
    "{0}: of {1} logons that the logs of {2} hosts show, {3} in {4} half-hours on {5} days are neither services', tasks' nor scripts'. {6}",
};
