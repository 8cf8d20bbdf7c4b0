/** A library that programs can be made to load from the wrong place, after an entry of a HijackLibs catalogue. */
export interface DllHijack {
  /** File name of the library, lower case, e.g. `jli.dll`. */
  library: string;
  /**
   * Folders in which the library belongs, as the catalogue writes them (`%PROGRAMFILES%\Vendor\%VERSION%`). Empty: it belongs nowhere, Windows looks
   * for it and does not have it (phantom).
   */
  expected: readonly string[];
  /** Programs that load it. */
  programs: readonly VulnerableProgram[];
}

export interface VulnerableProgram {
  /** File name, lower case. */
  name: string;
  /** Folder in which it usually stands, as the catalogue writes it; '' where that is not known. */
  home: string;
}

export interface HijackCatalogue {
  entries: readonly DllHijack[];
  /** Files of the catalogue that are no entry. */
  unreadable: number;
}
