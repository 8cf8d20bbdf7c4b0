import { removeProgram } from "./compiled.js";

/** What the test files of one run share is gone when it ends, and made anew when it runs again. */
export default function setup(project: { onTestsRerun(run: () => void): void }): () => void {
  project.onTestsRerun(removeProgram);
  return removeProgram;
}
