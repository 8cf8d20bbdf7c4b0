/** What a command leaves for the process: its exit code where it is not 0. */
export interface Outcome {
  exitCode: number;
}
