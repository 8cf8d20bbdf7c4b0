/**
 * What web servers run, and where they have their pages. Endings, folders and programs after MITRE ATT&CK T1505.003, NSA and ASD, "Detect and Prevent Web Shell Malware"
 * (nsacyber/Mitigating-Web-Shells), and the default folders of IIS, Exchange, SharePoint, Apache httpd, nginx, Tomcat and XAMPP. Patterns are of RE2 and JavaScript alike, over lower case.
 */
const ENDINGS = "aspx|ashx|asmx|asp|cer|cdx|php[0-9]?|phtml|phar|jspx?|jspf|jsw|cfm|cgi|pl";

/** A file that a web server runs when it is asked for. */
export const SCRIPT = `\\.(?:${ENDINGS})$`;
/** A script with more of a path behind it, which is the script's own matter: `index.php/shop/cart`. */
export const SCRIPT_WITH_PATH = `(?i)^(.*?\\.(?:${ENDINGS}))/`;

export const isScript = (path: string): boolean => new RegExp(SCRIPT, "i").test(path);

/** Folders below which pages lie; backslashes for slashes. */
export const WEB_ROOT =
  "\\\\(?:inetpub|wwwroot|htdocs|webapps|public_html|web server extensions)\\\\|\\\\exchange server\\\\v[0-9]+\\\\(?:frontend|clientaccess)\\\\|^\\\\(?:var|srv)\\\\www\\\\|^\\\\usr\\\\share\\\\nginx\\\\";

/** Where ASP.NET leaves a note of each page that it compiled, which it does when the page is first asked for: `…\page.aspx.0a1b2c3d.compiled`. */
export const COMPILED =
  "\\\\temporary asp\\.net files\\\\.*\\\\[^\\\\]+\\.(?:aspx|ashx|asmx|asp)\\.[0-9a-f]{6,8}\\.compiled$";

/** Programs that serve pages, and Exchange's services that an intruder comes in by. */
export const WEB_SERVERS = [
  "w3wp.exe",
  "httpd.exe",
  "apache.exe",
  "nginx.exe",
  "php-cgi.exe",
  "php.exe",
  "php-fpm",
  "umworkerprocess.exe",
  "umservice.exe",
  "coldfusion.exe",
  "jrun.exe",
  "caddy.exe",
  "lighttpd.exe",
  "httpd",
  "apache2",
  "nginx",
  "php-cgi",
  "lighttpd",
];

/** Tomcat's own service, of any version, and worker processes of PHP. */
export const WEB_SERVER_NAME = "^(?:tomcat[0-9]*w?\\.exe|php-fpm[0-9.]*|php[0-9.]+-cgi)$";

/** Java that serves pages, by its command line. */
export const JAVA_SERVER =
  "catalina|tomcat|jetty|jboss|wildfly|weblogic|websphere|glassfish|payara|coldfusion|confluence|manageengine|zimbra";

/** Accounts of web servers on Linux, and the numbers of www-data (Debian) and apache (Red Hat). */
export const WEB_ACCOUNTS = [
  "www-data",
  "apache",
  "nginx",
  "httpd",
  "http",
  "wwwrun",
  "tomcat",
  "jboss",
  "weblogic",
  "33",
  "48",
];

/** What web servers start for themselves: compilers of ASP.NET, consoles, reports of crashes, other workers. */
export const OWN_CHILDREN = [
  "w3wp.exe",
  "csc.exe",
  "vbc.exe",
  "vbcscompiler.exe",
  "cvtres.exe",
  "jsc.exe",
  "conhost.exe",
  "werfault.exe",
  "wermgr.exe",
  "dw20.exe",
  "httpd.exe",
  "nginx.exe",
  "php-cgi.exe",
  "rotatelogs.exe",
  "umworkerprocess.exe",
  "apache2",
  "httpd",
  "nginx",
  "php-fpm",
];

export function isWebServer(program: string): boolean {
  const name = baseName(program);
  return WEB_SERVERS.includes(name) || new RegExp(WEB_SERVER_NAME).test(name);
}

/** Last part of a path of Windows or Linux, or of a URL; lower case. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("\\"), path.lastIndexOf("/")) + 1).toLowerCase();
}
