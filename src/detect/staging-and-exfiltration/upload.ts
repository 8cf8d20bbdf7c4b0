import type { Upload } from "./act.js";
import { type Names, wordBehind } from "./packing.js";

/** What sends files away. A server without a dot or colon is a name of the organisation's own network. */
export function uploadOf(words: readonly string[], names: Names): Upload | undefined {
  const [, ...rest] = words;
  const name = PROGRAMS.has(names.file)
    ? names.file
    : PROGRAMS.has(names.original)
      ? names.original
      : names.file;
  const sent = (way: Upload["way"], file: string, server: string): Upload => ({
    kind: "upload",
    file: cleaned(file),
    server: serverOf(server),
    way,
    isPlain: way === "ftp" ? !/^(?:ftps|sftp):/i.test(server) : /^http:/i.test(server),
    program: names.file,
  });
  switch (name) {
    case "curl":
      return curl(rest, sent);
    case "ftp": {
      const server = rest.find((word) => !word.startsWith("-")) ?? "";
      return server === "" && !rest.some((word) => /^-s:/i.test(word)) ? undefined : sent("ftp", "", server);
    }
    case "bitsadmin": {
      const at = rest.findIndex((word) => /^\/upload$/i.test(word));
      const url = rest.find((word, n) => n > at && isUrl(word)) ?? "";
      return at < 0 || url === "" ? undefined : sent("bits", rest[rest.indexOf(url) + 1] ?? "", url);
    }
    case "start-bitstransfer":
      return /^upload/i.test(wordBehind(rest, /^-transfertype$/i) ?? "")
        ? sent("bits", wordBehind(rest, /^-source$/i) ?? "", wordBehind(rest, /^-dest(?:ination)?$/i) ?? "")
        : undefined;
    case "rclone": {
      if (!/^(?:copy|copyto|sync|move|moveto)$/i.test(rest[0] ?? "")) return undefined;
      const [source = "", target = ""] = rest.slice(1).filter((word) => !word.startsWith("-"));
      return /^(?:[^:\\/]{2,}|:[^:]+):/.test(target) ? sent("cloud", source, "") : undefined;
    }
    case "mega-put":
    case "megatools":
    case "megacopy":
    case "megaput":
      return sent("cloud", rest.find((word) => !word.startsWith("-") && word !== "put") ?? "", "mega.nz");
    case "aws":
      return rest[0] === "s3" && /^(?:cp|sync|mv)$/.test(rest[1] ?? "") && /^s3:/i.test(rest[3] ?? "")
        ? sent("cloud", rest[2] ?? "", "s3.amazonaws.com")
        : undefined;
    case "azcopy":
      return /^(?:copy|cp|sync)$/.test(rest[0] ?? "") && isUrl(rest[2] ?? "")
        ? sent("cloud", rest[1] ?? "", rest[2] ?? "")
        : undefined;
    case "winscp":
      return winscp(rest, sent);
    case "pscp":
    case "scp":
    case "psftp":
    case "sftp":
      return ssh(rest, sent);
    case "certreq":
      return rest.some((word) => /^-post$/i.test(word)) && rest.some(isUrl)
        ? sent(
            "http",
            rest.filter((word) => !word.startsWith("-") && !isUrl(word))[0] ?? "",
            rest.find(isUrl) ?? "",
          )
        : undefined;
    case "invoke-webrequest":
    case "invoke-restmethod":
    case "iwr":
    case "irm": {
      const file = wordBehind(rest, /^-infile$/i);
      const url = wordBehind(rest, /^-uri$/i) ?? rest.find(isUrl);
      return file === undefined || url === undefined ? undefined : sent("http", file, url);
    }
    default:
      return byMethod(words, sent);
  }
}

const PROGRAMS = new Set(
  "curl ftp bitsadmin start-bitstransfer rclone mega-put megatools megacopy megaput aws azcopy winscp pscp scp psftp sftp certreq invoke-webrequest invoke-restmethod iwr irm".split(
    " ",
  ),
);

/** Whether a command of this name can send anything. */
export const sends = (name: string): boolean => PROGRAMS.has(name);

type Sent = (way: Upload["way"], file: string, server: string) => Upload;

const isUrl = (word: string): boolean => /^(?:https?|ftps?|sftp|scp):\/\//i.test(word);

/** Options of curl that take the word behind them. */
const CURL_TAKES =
  /^(?:-[uHAebcmxoXKdE]|--(?:user|header|user-agent|referer|cookie|cookie-jar|max-time|proxy|output|request|config|connect-timeout|retry|limit-rate|data|cert|key|cacert|resolve))$/;

function curl(rest: readonly string[], sent: Sent): Upload | undefined {
  const attached = rest.find((word) => /^-T.+/.test(word))?.slice(2);
  const whole = wordBehind(rest, /^(?:-T|--upload-file)$/) ?? attached;
  const form = rest.find((word, at) => /^(?:-F|--form)$/.test(rest[at - 1] ?? "") && /=[@<]/.test(word));
  const body = rest.find(
    (word, at) => /^(?:--data-binary|--data|-d|--data-raw)$/.test(rest[at - 1] ?? "") && word.startsWith("@"),
  );
  const file = whole ?? form?.replace(/^[^=]*=[@<]/, "").replace(/;.*$/, "") ?? body?.slice(1);
  if (file === undefined || file === "" || file === "-") return undefined;
  const url =
    rest.find(isUrl) ??
    rest.find(
      (word, at) =>
        /^[\w-]+(?:\.[\w-]+)+(?:[:/]|$)/.test(word) &&
        word !== file &&
        !word.startsWith("-") &&
        !CURL_TAKES.test(rest[at - 1] ?? "") &&
        !/^(?:-T|--upload-file|-F|--form|--data-binary)$/.test(rest[at - 1] ?? ""),
    );
  return url === undefined ? undefined : sent(/^s?ftps?:/i.test(url) ? "ftp" : "http", file, url);
}

function winscp(rest: readonly string[], sent: Sent): Upload | undefined {
  const text = rest.join(" ");
  const put = /\b(?:put|synchronize remote)\s+(?:-\S+\s+)*(\S+)/i.exec(text)?.[1];
  const url = /\b(?:s?ftps?|scp|s3|davs?):\/\/\S+/i.exec(text)?.[0] ?? "";
  if (put !== undefined) return sent("ssh", put, url);
  return sent("started", "", url);
}

function ssh(rest: readonly string[], sent: Sent): Upload | undefined {
  const given = rest.filter(
    (word, at) => !word.startsWith("-") && !/^-(?:P|i|pw|l|b|F|o|c|hostkey)$/.test(rest[at - 1] ?? ""),
  );
  const target = given.at(-1) ?? "";
  if (/^(?:[^\\/:@]+@)?[^\\/:@]{2,}:/.test(target) && given.length > 1)
    return sent("ssh", given[0] ?? "", target.slice(0, target.indexOf(":")));
  return rest.some((word) => word === "-b") && given.length > 0 ? sent("ssh", "", target) : undefined;
}

/** `(New-Object Net.WebClient).UploadFile('https://…', 'C:\x')`. */
function byMethod(words: readonly string[], sent: Sent): Upload | undefined {
  const at = words.findIndex((word) => /\.upload(?:file|data)(?:async|taskasync)?$/i.test(word));
  const behind = at < 0 ? [] : words.slice(at + 1);
  const url = behind.find(isUrl);
  if (url === undefined) return undefined;
  return sent(
    /^ftp/i.test(url) ? "ftp" : "http",
    behind.findLast((word) => /[\\/]/.test(word) && !isUrl(word)) ?? "",
    url,
  );
}

const cleaned = (file: string): string => file.replaceAll(/^['"]|['"]$/g, "");

/** Name or address of a URL, of `user@host`, or of itself; '' where it is none. */
export function serverOf(text: string): string {
  const authority = text.replace(/^[a-z0-9+.-]+:\/\//i, "").split(/[/?#]/, 1)[0] ?? "";
  const host = authority.slice(authority.lastIndexOf("@") + 1).toLowerCase();
  const bare = host.startsWith("[") ? host.slice(1, host.indexOf("]")) : host.replace(/:\d+$/, "");
  return /^[\w.:-]{1,253}$/.test(bare) ? bare.replace(/\.$/, "") : "";
}
