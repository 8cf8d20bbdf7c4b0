/** What one source says about dates: holidays, weekend days that are worked, and days that say nothing either way. */
export interface DayList {
  /** Name of the statutory holiday on that date. */
  holiday(date: string): string | undefined;
  /** Whether the date is a day of the weekend that is worked in exchange. */
  worked(date: string): boolean;
  /** Why the date is neither a holiday nor an ordinary day. */
  partial(date: string): string | undefined;
}

export const noDays: DayList = { holiday: () => undefined, worked: () => false, partial: () => undefined };
