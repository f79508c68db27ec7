# The whole suite: on SQLite always, on PostgreSQL where one can be reached. What is left out is said loudly.
set -eu
workers=${DUDAO_TEST_WORKERS:-2}
postgres=${DUDAO_TEST_POSTGRES:-postgres://postgres@127.0.0.1:5432/postgres}
left_out=""
unset DATABASE_URL

( cd frontend && PATH="$PWD/../.venv/node/bin:$PATH" npm test --silent )

echo "== suite on SQLite"
"$BIN/python" -m pytest -n "$workers" --dist loadgroup -q

if "$BIN/python" -c "import psycopg, sys; psycopg.connect(sys.argv[1], connect_timeout=3).close()" "$postgres" 2>/dev/null; then
  echo "== suite on PostgreSQL"
  DATABASE_URL=$postgres "$BIN/python" -m pytest -n "$workers" --dist loadgroup -q -m "not one_database"
else
  left_out="$left_out\n  - everything on PostgreSQL (none at $postgres; set DUDAO_TEST_POSTGRES)"
fi
if ! command -v "${DUDAO_CHROMIUM:-chromium}" >/dev/null 2>&1; then
  left_out="$left_out\n  - everything in a browser (no Chromium; install it or set DUDAO_CHROMIUM)"
fi

if [ -n "$left_out" ]; then
  printf '\n*** LEFT OUT ON THIS MACHINE ***%b\n' "$left_out"
  if [ -n "${CI:-}" ]; then
    exit 1
  fi
fi
