/** Machines, shells and folders in which somebody types `npm run bench`, and what has to come of it: a result, or one sentence. */

export interface Environment {
  id: string
  /** In a few words, with what is odd about it. */
  what: string
  /**
   * Shell code that makes it so, in a folder of its own with `$HERE` as its path. The command follows as `"$@"`, and `$PROJECT` is
   * the checkout.
   */
  shell: string
  /** `result`: the run is carried out. Else the one line that is printed instead. */
  expects: 'result' | RegExp
  /** `mounts`: file systems and networks of its own; `user`: not root, whom rights do not bind. */
  needs?: 'mounts' | 'user'
}

const RUN = 'exec "$@"'
const inTmp = (name: string) => `mkdir -p "$HERE/"${name} && TMPDIR="$HERE/"${name} ${RUN}`

/** The checkout once more at another path, and the command as it is called there. */
const inProject = (name: string) =>
  `P="$HERE/"${name} && mkdir -p -- "$P" && mount --bind "$PROJECT" "$P" && shift 2 && exec "$NODE" "$P/bench/authscale.cjs" "$@"`

const small = (options: string) =>
  `mkdir -p "$HERE/small" && mount -t tmpfs -o ${options},mode=777 tmpfs "$HERE/small"`

export const ENVIRONMENTS: readonly Environment[] = [
  { id: 'plain', what: 'nothing odd', shell: RUN, expects: 'result' },
  { id: 'tmp-space', what: 'TMPDIR with a space', shell: inTmp("'a b'"), expects: 'result' },
  { id: 'tmp-quotes', what: 'TMPDIR with quotes', shell: inTmp(`'a"b'"'"'c'`), expects: 'result' },
  { id: 'tmp-colon', what: 'TMPDIR with a colon', shell: inTmp("'a:b;c,d'"), expects: 'result' },
  { id: 'tmp-dollar', what: 'TMPDIR with a dollar', shell: inTmp("'a$b%c'"), expects: 'result' },
  { id: 'tmp-newline', what: 'TMPDIR with a line break', shell: inTmp('"a\nb"'), expects: 'result' },
  {
    id: 'tmp-relative',
    what: 'TMPDIR relative to where the command is typed',
    shell: `mkdir -p rel && TMPDIR=rel ${RUN}`,
    expects: 'result',
  },
  {
    id: 'tmp-missing',
    what: 'TMPDIR that is not there',
    shell: `TMPDIR=/nonexistent/tmp ${RUN}`,
    expects: /temporary folder: \/nonexistent\/tmp cannot be written \(ENOENT\).*set TMPDIR/,
  },
  {
    id: 'tmp-long',
    what: 'TMPDIR too long for sockets',
    shell: `D="$HERE/$(printf 'x%.0s' $(seq 80))" && mkdir -p "$D" && TMPDIR="$D" ${RUN}`,
    expects: /has a path of \d+ bytes, and sockets leave it 61: set TMPDIR/,
  },
  {
    id: 'tmp-full',
    what: 'TMPDIR on a full disk',
    shell: `${small('size=3m')} && TMPDIR="$HERE/small" ${RUN}`,
    expects: /temporary folder: .* has \d+ MB free and a run needs 50 MB/,
    needs: 'mounts',
  },
  {
    id: 'tmp-no-inodes',
    what: 'TMPDIR without room for files',
    shell: `${small('size=500m,nr_inodes=60')} && TMPDIR="$HERE/small" ${RUN}`,
    expects: /temporary folder: .*(ENOSPC|room for \d+ more files)/,
    needs: 'mounts',
  },
  {
    id: 'home-missing',
    what: 'HOME that is not there',
    shell: `HOME=/nonexistent ${RUN}`,
    expects: 'result',
  },
  { id: 'home-proc', what: 'HOME below /proc', shell: `HOME=/proc/nobody ${RUN}`, expects: 'result' },
  { id: 'home-unset', what: 'no HOME', shell: `unset HOME; ${RUN}`, expects: 'result' },
  {
    id: 'out-full',
    what: 'results on a full disk',
    shell: `${small('size=3m')} && ${RUN} --out "$HERE/small/run"`,
    expects: /results: .* has \d+ MB free and a run needs 50 MB.*--out/,
    needs: 'mounts',
  },
  {
    id: 'out-proc',
    what: 'results below /proc',
    shell: `${RUN} --out /proc/run`,
    expects: /results: \/proc\/run cannot be written \(ENOENT\)/,
  },
  {
    id: 'out-file',
    what: 'results in a file',
    shell: `touch file && ${RUN} --out file`,
    expects: /results: .*file cannot be written \(EEXIST\)/,
  },
  {
    id: 'out-forbidden',
    what: 'results where nobody may write',
    shell: `mkdir -m 500 closed && ${RUN} --out closed/run`,
    expects: /results: .*closed\/run cannot be written \(EACCES\)/,
    needs: 'user',
  },
  {
    id: 'path-space',
    what: 'a checkout whose path has a space',
    shell: inProject("'a b'"),
    expects: 'result',
    needs: 'mounts',
  },
  {
    id: 'path-apostrophe',
    what: 'a checkout whose path has an apostrophe',
    shell: inProject(`"a'b"`),
    expects: 'result',
    needs: 'mounts',
  },
  {
    id: 'path-dollar',
    what: 'a checkout whose path has a dollar and a percent sign',
    shell: inProject("'a$b%c#d'"),
    expects: 'result',
    needs: 'mounts',
  },
  {
    id: 'path-quote',
    what: 'a checkout whose path has a quote',
    shell: inProject(`'a"b'`),
    expects: /the path of authscale, .*holds "\\"".*move it/,
    needs: 'mounts',
  },
  {
    id: 'path-newline',
    what: 'a checkout whose path has a line break',
    shell: inProject('"a\nb"'),
    expects: /the path of authscale, .*holds "\\n".*move it/,
    needs: 'mounts',
  },
  {
    id: 'path-backslash',
    what: 'a checkout whose path has a backslash',
    shell: inProject(`'a\\b'`),
    expects: /the path of authscale, .*holds "\\\\".*move it/,
    needs: 'mounts',
  },
  {
    id: 'path-star',
    what: 'a checkout whose path has a star',
    shell: inProject("'a*b'"),
    expects: /the path of authscale, .*holds "\*".*move it/,
    needs: 'mounts',
  },
  {
    id: 'read-only',
    what: 'a checkout that cannot be written',
    shell: `P="$HERE/ro" && mkdir "$P" && mount --bind "$PROJECT" "$P" && mount -o remount,ro,bind "$P" && shift 2 && exec "$NODE" "$P/bench/authscale.cjs" "$@"`,
    expects: /private folder: .*cannot be written \(EROFS\)/,
    needs: 'mounts',
  },
  {
    id: 'inspector',
    what: 'NODE_OPTIONS=--inspect',
    shell: `NODE_OPTIONS=--inspect=0 ${RUN}`,
    expects: 'result',
  },
  {
    id: 'coverage',
    what: 'NODE_V8_COVERAGE and options of Node',
    shell: `NODE_V8_COVERAGE="$HERE/coverage" NODE_OPTIONS=--max-old-space-size=512 ${RUN}`,
    expects: 'result',
  },
  {
    id: 'proxy',
    what: 'proxies of a company that are not there, and a certificate that is none',
    shell: `NODE_USE_ENV_PROXY=1 HTTP_PROXY=http://127.0.0.1:9 HTTPS_PROXY=http://127.0.0.1:9 http_proxy=http://127.0.0.1:9 ${RUN}`,
    expects: 'result',
  },
  {
    id: 'locale',
    what: 'another language, and an odd time zone',
    shell: `LC_ALL=tr_TR.UTF-8 LANG=tr_TR TZ=Pacific/Chatham ${RUN}`,
    expects: 'result',
  },
  {
    id: 'redis-dead',
    what: 'REDIS_URL of a Redis that is not there',
    shell: `REDIS_URL=redis://127.0.0.1:1 ${RUN}`,
    expects: /REDIS_URL redis:\/\/127\.0\.0\.1:1 does not answer/,
  },
  {
    id: 'redis-none',
    what: 'REDIS_SERVER that is no Redis',
    shell: `REDIS_SERVER=/bin/false ${RUN}`,
    expects: /REDIS_SERVER=\/bin\/false does not run as redis-server/,
  },
  {
    id: 'haproxy-none',
    what: 'HAPROXY that is not there',
    shell: `HAPROXY=/nonexistent ${RUN}`,
    expects: /HAPROXY=\/nonexistent does not run as haproxy/,
  },
  {
    id: 'few-processes',
    what: 'ulimit -u 60',
    shell: `ulimit -u 60; ${RUN}`,
    expects: /processes: \d+ more can be started: a run needs 85/,
    needs: 'user',
  },
  {
    id: 'few-files',
    what: 'ulimit -n 128',
    shell: `ulimit -n 128; ${RUN}`,
    expects: /(open files: 128 are allowed|too many open files).*ulimit -n/,
  },
  {
    id: 'small-files',
    what: 'ulimit -f 1',
    shell: `ulimit -f 1; ${RUN}`,
    expects: /cannot be written \(EFBIG\)/,
  },
  { id: 'mask-all', what: 'umask 777', shell: `umask 777; ${RUN}`, expects: 'result' },
  { id: 'mask-none', what: 'umask 000', shell: `umask 000; ${RUN}`, expects: 'result' },
  {
    id: 'no-loopback',
    what: 'a network without loopback',
    shell: `exec unshare --net "$@"`,
    expects: /loopback: 127\.0\.0\.1 cannot be reached/,
    needs: 'mounts',
  },
  {
    id: 'few-programs',
    what: 'a PATH with sh and nothing else',
    shell: `mkdir bin && ln -s "$(command -v sh)" bin/sh && PATH="$HERE/bin" ${RUN}`,
    expects: 'result',
  },
  {
    id: 'folder-gone',
    what: 'a folder that was removed under the shell',
    shell: `mkdir gone && cd gone && rmdir ../gone && ${RUN}`,
    expects: /the folder that you stand in is gone/,
  },
  { id: 'no-input', what: 'standard input closed', shell: `exec <&-; ${RUN}`, expects: 'result' },
  {
    id: 'reader-left',
    what: 'a reader of its output that leaves',
    shell: `"$@" | true`,
    expects: 'result',
  },
]
