#!/usr/bin/env bash
# Measures what the design promises (docs, "Speed that it must reach") on this machine: `make bench`.
# SQLite always; PostgreSQL when its programs are here, on a private server in a temporary folder.
# SECONDS_DOOR and SECONDS_FINDING set how long the two runs over HTTP take. Under five minutes as it stands.
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=0 GOFLAGS=-buildvcs=false
DOOR=${SECONDS_DOOR:-30}
FINDING=${SECONDS_FINDING:-15}
BIN=${BIN:-bin/mingjing}
[ -x "$BIN" ] || go build -trimpath -o "$BIN" ./cmd/mingjing
work=$(mktemp -d)
chmod 755 "$work"
pg=

# as_postgres runs a command as the user postgres when we are root, whom PostgreSQL refuses.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

finish() {
  if [ -n "$pg" ]; then as_postgres "$pgbin/pg_ctl" -D "$pg/data" -m immediate stop >/dev/null 2>&1 || true; fi
  rm -rf "$work"
}
trap finish EXIT

# start_postgres makes a server that listens on a socket in the folder only; fsync stays on, as in production.
start_postgres() {
  local initdb
  initdb=$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -1 || true)
  if [ -z "$initdb" ]; then initdb=$(command -v initdb || true); fi
  pgbin=$(dirname "$(readlink -f "$initdb")")
  [ -x "$pgbin/initdb" ] || return 1
  if [ "$(id -u)" = 0 ] && ! id postgres >/dev/null 2>&1; then return 1; fi
  pg=$work/pg
  mkdir "$pg"
  if [ "$(id -u)" = 0 ]; then chown postgres "$pg"; fi
  as_postgres "$pgbin/initdb" -D "$pg/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
  as_postgres "$pgbin/pg_ctl" -D "$pg/data" -w -l "$pg/log" -o "-k $pg -c listen_addresses= -c shared_buffers=256MB -c max_wal_size=4GB" start >/dev/null
}

# fresh_database makes a database and prints its address.
fresh_database() {
  as_postgres "$pgbin/createdb" -h "$pg" -U postgres "$1"
  echo "postgres://postgres@/$1?host=$pg"
}

results=$work/results
: >"$results"

# gobench PACKAGE PATTERN [TIME [TIMES]]: runs Go benchmarks and keeps their lines, which benchstat reads.
gobench() {
  echo "== $1: $2"
  go test -run '^$' -bench "$2" -benchtime "${3:-1s}" -count "${4:-1}" -timeout 4m "./internal/$1" 2>&1 | tee "$work/out" | grep -E '^(Benchmark|FAIL|---)' || true
  grep -E '^Benchmark' "$work/out" | sed "s|^|$1 |" >>"$results" || true
}

# program runs the bench of the program and keeps its line of JSON.
program() {
  echo "== mingjing bench $*"
  "$BIN" bench "$@" | tee -a "$work/json"
}
: >"$work/json"

gobench ledger 'BenchmarkCommit$|BenchmarkPrepare$|BenchmarkAppend/1000$'
gobench standard 'BenchmarkCheck|BenchmarkDecode'
gobench docket 'BenchmarkFold40$'
gobench detect 'BenchmarkEvaluate$'
gobench cardinal 'BenchmarkAnalyze|BenchmarkSkip$|BenchmarkStandardValid$' 1s 5
gobench store 'BenchmarkAppend$/^sqlite$|BenchmarkBareInsert$' 40x

program door --data "$work/d1" --seconds "$DOOR" --no-worker
program door --data "$work/d2" --seconds "$DOOR"
program finding --data "$work/d3" --seconds "$FINDING"

if start_postgres; then
  gobench store 'BenchmarkAppend$/^postgres$|BenchmarkBareCopy$' 40x
  program door --data "$work/p1" --seconds "$DOOR" --no-worker --store "$(fresh_database door)"
  program door --data "$work/p2" --seconds "$DOOR" --store "$(fresh_database worker)"
  program finding --data "$work/p3" --seconds "$FINDING" --store "$(fresh_database finding)"
else
  echo "PostgreSQL's programs (initdb, pg_ctl) are not here: measured on SQLite only"
fi

echo
echo "$(uname -sm), $(nproc) CPUs, $(go version | cut -d' ' -f3), load $(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo '?')"
echo "binary: $(($(stat -c %s "$BIN" 2>/dev/null || stat -f %z "$BIN") / 1048576)) MiB ($BIN)"
echo
awk '{ name = $1 "/" $2; sub("Benchmark", "", name); rest = ""; for (i = 4; i < NF; i += 2) rest = rest "  " $i " " $(i + 1); printf "%-36s%s\n", name, rest }' "$results"
echo
printf '%-9s %-10s %-7s %9s %10s %9s %9s %13s %13s %9s\n' run store worker records records/s p50_ms p99_ms finding_p50_ms finding_p99_ms backlog
field() { sed -E "s/.*\"$1\":\"?([^,\"}]*).*/\1/" <<<"$line"; }
while read -r line; do
  printf '%-9s %-10s %-7s %9s %10.0f %9.1f %9.1f %13.0f %13.0f %9s\n' "$(field bench)" "$(field store)" "$(field worker)" "$(field records)" \
    "$(field records_per_second)" "$(field batch_p50_ms)" "$(field batch_p99_ms)" "$(field finding_p50_ms)" "$(field finding_p99_ms)" "$(field backlog_codes)"
done <"$work/json"
