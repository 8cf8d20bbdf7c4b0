/** Characters of a body that are looked at. */
const LOOKED_AT = 1 << 20;
const MOST_LINKS = 100;
const LONGEST_LINK = 2048;

/** Addresses behind links, as they stand; each once, those of `href` first. `text` and `html` are the two forms of one body. */
export function linksOf(text: string, html: string): string[] {
  const links = new Set<string>();
  const take = (found: string | undefined): void => {
    const link = (found ?? "").trim();
    if (links.size < MOST_LINKS && /^(?:https?|ftp|file):\/\/|^\\\\/i.test(link))
      links.add(link.slice(0, LONGEST_LINK));
  };
  const hrefs =
    /\b(?:href|action|src)\s{0,8}=\s{0,8}(?:"([^"]{0,4096})|'([^']{0,4096})|([^\s"'>]{1,4096}))/gi;
  for (const [, double, single, plain] of html.slice(0, LOOKED_AT).matchAll(hrefs))
    take(unescaped(double ?? single ?? plain ?? ""));
  const addresses = /\b(?:https?|ftp):\/\/[^\s<>"'`]{1,4096}/gi;
  for (const [address] of text.slice(0, LOOKED_AT).matchAll(addresses))
    take(address.replace(/[).,;:!?\]]{1,8}$/, ""));
  return [...links];
}

const unescaped = (text: string): string => text.replaceAll(/&amp;/gi, "&");

/** Text of HTML, near enough for looking for words: tags are blanks. */
export function plainText(html: string): string {
  return html
    .slice(0, LOOKED_AT)
    .replaceAll(/<[^<>]{0,4096}>/g, " ")
    .replaceAll(/&nbsp;|&#160;/gi, " ");
}

/** "Password" in the languages of the region and of its neighbours, and of those who write to it. */
const WORD = [
  ...["pass ?word", "pass ?code", "pass ?phrase", "passwd", "pwd", "pin code", "unlock code", "archive key"],
  ...[
    "密码",
    "密碼",
    "口令",
    "解压码",
    "解壓碼",
    "mật khẩu",
    "mat khau",
    "ពាក្យសម្ងាត់",
    "លេខសម្ងាត់",
    "รหัสผ่าน",
    "ລະຫັດຜ່ານ",
    "စကားဝှက်",
  ],
  ...[
    "kata sandi",
    "kata laluan",
    "パスワード",
    "비밀번호",
    "암호",
    "пароль",
    "mot de passe",
    "passwort",
    "kennwort",
    "contraseña",
    "senha",
  ],
].join("|");
/** The word, then, before the sentence ends, a sign or verb of naming and a word without blanks: `Password: x`, `the password is x`, `密码：x`. */
const NAMES_PASSWORD = new RegExp(
  `(?:${WORD})[^\\n\\r.!?]{0,40}?(?:[:：=](?!\\/)|\\bis\\b|\\bare\\b|为|為|是|là|គឺ|คือ|adalah|ialah)(?!\\s{0,8}["'“”«(【\\[]{0,2}https?:)\\s{0,8}["'“”«(【\\[]{0,2}[^\\s"'<>]{3,64}`,
  "iu",
);

/** Whether a body names a password, as it does where the attachment is locked with one. The password itself is not kept. */
export function namesPassword(text: string): boolean {
  return NAMES_PASSWORD.test(text.slice(0, LOOKED_AT));
}
